#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The JSON lines against their schema, and what they say of captures made for the purpose."""
import glob
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import talk  # noqa: E402
from tap import ROOT, Skip, run, sniff  # noqa: E402

FOLDER = tempfile.TemporaryDirectory(prefix='cors-sniff-test-')


def save(name, capture):
    path = os.path.join(FOLDER.name, name)
    with open(path, 'wb') as f:
        f.write(capture.bytes())
    return path


def lines(*args):
    code, out, err = sniff('--json', *args)
    assert code == 0 and err == b'', (code, err)
    assert out.endswith(b'\n')
    return [json.loads(line) for line in out.decode('utf-8').splitlines()]


def exchanges(*args):
    return [line for line in lines(*args) if line['type'] == 'exchange']


def close(node):
    """Forbid members that the schema does not name, so that a forgotten one shows."""
    if isinstance(node, dict):
        if 'properties' in node:
            node.setdefault('additionalProperties', False)
        for value in node.values():
            close(value)
    elif isinstance(node, list):
        for value in node:
            close(value)


def validator():
    try:
        import jsonschema
    except ImportError as missing:
        raise Skip('python3-jsonschema is not installed') from missing
    with open(os.path.join(ROOT, 'user/report/schema.json'), encoding='utf-8') as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    close(schema)
    # One object's own schema tells what is wrong better than "none of five".
    return {kind: jsonschema.Draft202012Validator({**schema, 'oneOf': [{'$ref': f'#/$defs/{kind}'}]})
            for kind in ('exchange', 'taken-back', 'cause', 'policy', 'summary')}


def check(validators, objects):
    for o in objects:
        error = next(validators[o['type']].iter_errors(o), None)
        while error and error.context:
            error = error.context[0]
        assert error is None, f'{error.json_path}: {error.message}: {o}'


def test_shipped_captures_are_as_the_schema_says():
    validators = validator()
    captures = [p for p in glob.glob(os.path.join(ROOT, 'pcaps', '*.pcap*'))
                if not p.endswith('.expect')]
    if not captures:
        raise Skip('no shipped captures')
    for path in captures:
        _, out, _ = sniff('--json', '-r', path)
        objects = [json.loads(line) for line in out.decode('utf-8').splitlines()]
        check(validators, objects)
        assert [o['type'] for o in objects].count('summary') == 1
        assert objects[-1]['type'] == 'summary'


def test_a_wrong_schema_would_be_noticed():
    validators = validator()
    for spoil in ({'duration_ms': 'x'}, {'time': '2026-11-23'}, {'surprise': 1}, {'outcome': 'gone'}):
        o = exchanges('-r', save('wrong.pcap', talk.wrong()))[0]
        o.update(spoil)
        try:
            check(validators, [o])
        except AssertionError:
            continue
        raise RuntimeError(f'{spoil} went unnoticed')


def test_an_exchange_says_what_was_on_the_wire():
    x, = exchanges('-r', save('wrong.pcap', talk.wrong()))
    assert x['time'] == '2026-11-23T14:46:14.000400000Z'
    assert x['client'] == '10.9.0.1:50000' and x['server'] == '10.9.0.2:80'
    assert x['duration_ms'] == 0.1 and x['protocol'] == 'http/1.1' and x['index'] == 0
    assert x['request']['method'] == 'GET' and x['request']['target'] == '/s.json'
    assert x['request']['host'] == 'api.example.com' and x['request']['scheme'] == 'http'
    assert ['Origin', 'https://app.example.com'] in x['request']['headers']
    assert ['Access-Control-Allow-Origin', 'https://app.example.com:8443'] in x['response']['headers']
    assert x['outcome'] == 'response' and x['response']['status'] == 200
    assert x['cors']['kind'] == 'actual' and x['cors']['verdict'] == 'block'
    assert x['cors']['code'] == 'acao-port' and x['cors']['error'] == 'AllowOriginMismatch'
    assert 'acao-port' in [f['rule'] for f in x['findings']]


def test_evidence_names_packets_of_the_capture():
    for x in exchanges('-r', save('wrong.pcap', talk.wrong())):
        for f in x['findings']:
            assert f['evidence'] and all(1 <= int(e[1:]) <= 8 for e in f['evidence']), f


def test_doubled_lines_stay_doubled():
    both = b'Access-Control-Allow-Origin: https://app.example.com\r\n'
    capture = talk.Capture().talk((talk.get(), talk.reply(b'https://app.example.com', extra=both)))
    x, = exchanges('-r', save('doubled.pcap', capture))
    names = [name for name, _ in x['response']['headers']]
    assert names.count('Access-Control-Allow-Origin') == 2
    assert x['cors']['code'] == 'acao-multiple-headers'


def test_private_values_are_never_shown():
    secret = b'Cookie: id=hunter2\r\nAuthorization: Bearer hunter2\r\n'
    answer = talk.reply(b'https://app.example.com', extra=b'Set-Cookie: id=hunter2\r\n')
    capture = save('secret.pcap', talk.Capture().talk((talk.get(extra=secret), answer)))
    for args in (['--json'], []):
        assert b'hunter2' not in sniff('-r', capture, *args)[1]
    x, = exchanges('-r', capture)
    assert ['Cookie', '(present)'] in x['request']['headers']
    assert ['Authorization', '(present)'] in x['request']['headers']
    assert ['Set-Cookie', '(present)'] in x['response']['headers']


def test_a_missing_response_is_null_with_its_reason():
    capture = talk.Capture().talk((talk.get(), None))
    x, = exchanges('-r', save('none.pcap', capture))
    assert x['response'] is None and x['duration_ms'] is None
    assert x['outcome'] in ('closed', 'reset', 'pending'), x['outcome']


def test_bytes_that_are_no_utf8_are_code_points():
    capture = talk.Capture().talk((talk.get(origin=b'https://\xe4\xff.test'), talk.reply(b'*')))
    x, = exchanges('-r', save('latin1.pcap', capture))
    assert ['Origin', 'https://\xe4\xff.test'] in x['request']['headers']


def test_findings_only_leaves_the_others_out():
    capture = talk.right()
    capture.talk((talk.get(target=b'/w'), talk.reply(b'null')), port=50001)
    path = save('both.pcap', capture)
    assert len(exchanges('-r', path)) == 2
    x, = exchanges('-r', path, '--findings-only')
    assert x['request']['target'] == '/w' and x['findings']


def test_causes_open_once_and_end_with_their_counts():
    capture = talk.Capture()
    for port in range(50000, 50005):
        capture.talk((talk.get(), talk.reply(b'https://app.example.com:8443')), port=port)
    objects = lines('-r', save('five.pcap', capture))
    causes = [o for o in objects if o['type'] == 'cause' and o['rule'] == 'acao-port']
    assert [c['state'] for c in causes] == ['opened', 'final']
    assert causes[0]['cause'] == causes[1]['cause'] and causes[1]['count'] == 5
    named = {f['cause'] for o in objects if o['type'] == 'exchange' for f in o['findings']
             if f['rule'] == 'acao-port'}
    assert named == {causes[0]['cause']}
    assert causes[1]['origins'] == {'values': [{'text': 'https://app.example.com', 'count': 5}],
                                    'others': 0}


def test_the_summary_agrees_with_the_lines():
    capture = talk.right()
    capture.talk((talk.get(target=b'/w'), talk.reply(b'null')), port=50001)
    objects = lines('-r', save('both.pcap', capture))
    summary = objects[-1]
    findings = {}
    for o in objects:
        for f in o.get('findings', []) if o['type'] == 'exchange' else []:
            findings[f['rule']] = findings.get(f['rule'], 0) + 1
    assert summary['findings'] == findings
    assert sum(summary['severities'].values()) == sum(findings.values())
    assert summary['cors']['actual']['pass'] == 1 and summary['cors']['actual']['block'] == 1
    assert summary['causes'] == len([o for o in objects if o.get('state') == 'final'])
    assert summary['counters']['http']['exchanges'] == 2
    assert summary['counters']['cors']['exchanges_judged'] == 2
    assert summary['first'] == '2026-11-23T14:46:14.000100000Z'


def test_inputs_are_named_with_their_packets():
    path = save('wrong.pcap', talk.wrong())
    summary = lines('-r', path)[-1]
    assert [(i['name'], i['packets'], i['damage']) for i in summary['inputs']] == [(path, 8, None)]


def test_quiet_and_summary_only():
    path = save('wrong.pcap', talk.wrong())
    assert {o['type'] for o in lines('-r', path, '-q')} == {'exchange', 'cause'}
    assert [o['type'] for o in lines('-r', path, '--summary-only')] == ['summary']


if __name__ == '__main__':
    run(sys.modules[__name__])
