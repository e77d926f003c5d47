#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The forms of a report: each is read back by another program's reader, whatever was on the wire."""
import collections
import csv
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import talk  # noqa: E402
from tap import ROOT, Skip, run, sniff  # noqa: E402

FOLDER = tempfile.TemporaryDirectory(prefix='cors-sniff-test-')
LEGS = os.path.join(ROOT, 'pcaps', 'legs.pcapng')
DEMO = os.path.join(ROOT, 'pcaps', 'demo.pcapng')
# What breaks a reader that was not written with care: ends of CDATA, elements, quotes, formulas,
# terminal controls, bytes that are no UTF-8, characters that XML cannot hold, bidi marks.
NASTY = [b"https://]]>.test", b'https://"><script>alert(1)</script>&amp;', b"=cmd|'/c calc'!A1",
         b'+1', b'-2+3', b'@SUM(A1)', b'\xef\xbc\x9d1', b'a\x00b', b'\x1b[31m', b'\xff\xfe\x80',
         b'\xef\xbf\xbf', b'\xed\xa0\x80', b'\xe2\x80\xaex', b'a\tb', b'","', b'{"a":1}', b"'; DROP TABLE exchange; --"]


def path_of(name):
    return os.path.join(FOLDER.name, name)


def save(name, capture):
    with open(path_of(name), 'wb') as f:
        f.write(capture.bytes())
    return path_of(name)


def nasty():
    capture = talk.Capture()
    for i, value in enumerate(NASTY):
        target = b'/' + re.sub(rb'[\x00-\x20]', b'', value) + b'?q=' + value.replace(b' ', b'').replace(b'\0', b'')
        capture.talk((talk.get(origin=value, target=target.replace(b'\t', b'')),
                      talk.reply(b'https://x' + value, extra=b'Location: ' + value + b'\r\n')),
                     port=50000 + i)
    return save('nasty.pcap', capture)


def reports(*args, code=0):
    """Every form of one run, as bytes, by its name."""
    forms = ('text', 'json', 'har', 'sarif', 'junit', 'csv')
    files = [word for f in forms for word in ('--also', f'{f}:{path_of("out." + f)}')]
    got, _, err = sniff(*args, *files, '-q')
    assert got == code, (got, err)
    return {f: open(path_of('out.' + f), 'rb').read() for f in forms}


def both():
    return [reports('-r', DEMO), reports('-r', nasty())]


def no_raw_controls(data):
    return not re.search(rb'[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]', data)


def test_every_form_is_utf8_without_control_characters():
    for out in both():
        for form, data in out.items():
            data.decode('utf-8')
            assert data and no_raw_controls(data), form


def test_a_report_beside_the_main_one_is_the_same_as_alone():
    for form in ('json', 'har', 'sarif', 'junit', 'csv'):
        beside = reports('-r', DEMO)[form]
        code, alone, _ = sniff('-r', DEMO, '--format', form, '-q')
        assert code == 0 and alone == beside, form


def har_check(har):
    log = har['log']
    assert log['version'] == '1.2' and log['creator']['name'] == 'cors-sniff'
    for e in log['entries']:
        assert re.match(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d', e['startedDateTime'])
        assert e['time'] == e['timings']['send'] + e['timings']['wait'] + e['timings']['receive']
        assert e['cache'] == {} and isinstance(e['_cors']['findings'], list)
        for m in (e['request'], e['response']):
            assert isinstance(m['httpVersion'], str) and m['cookies'] == []
            assert m['headersSize'] == -1 and m['bodySize'] == -1
            for h in m['headers']:
                assert isinstance(h['name'], str) and isinstance(h['value'], str)
        assert re.match(r'https?://', e['request']['url']) and isinstance(e['request']['method'], str)
        for q in e['request']['queryString']:
            assert set(q) == {'name', 'value'}
        r = e['response']
        assert isinstance(r['status'], int) and isinstance(r['statusText'], str)
        assert isinstance(r['redirectURL'], str)
        assert isinstance(r['content']['size'], int) and isinstance(r['content']['mimeType'], str)
    return log['entries']


def test_har_has_what_its_standard_demands():
    for out in both():
        assert har_check(json.loads(out['har']))
    entries = har_check(json.loads(reports('-r', save('wrong.pcap', talk.wrong()))['har']))
    e, = entries
    assert e['request']['url'] == 'http://api.example.com/s.json' and e['response']['status'] == 200
    assert e['_cors']['verdict'] == 'block' and e['_cors']['findings'][0]['rule'] == 'acao-port'
    assert e['serverIPAddress'] == '10.9.0.2'


def test_har_of_a_request_without_response_has_status_0():
    path = save('none.pcap', talk.Capture().talk((talk.get(target=b'/a?b=c&d'), None)))
    e, = har_check(json.loads(reports('-r', path)['har']))
    assert e['response']['status'] == 0
    assert e['request']['queryString'] == [{'name': 'b', 'value': 'c'}, {'name': 'd', 'value': ''}]


def sarif_check(sarif):
    """The parts of the standard's schema that this document uses."""
    assert sarif['version'] == '2.1.0' and set(sarif) == {'$schema', 'version', 'runs'}
    r, = sarif['runs']
    rules = r['tool']['driver']['rules']
    ids = [rule['id'] for rule in rules]
    assert len(set(ids)) == len(ids) > 50
    for rule in rules:
        assert rule['shortDescription']['text'] and rule['fullDescription']['text']
        assert rule['defaultConfiguration']['level'] in ('error', 'warning', 'note')
        assert 'helpUri' not in rule or re.match(r'https://', rule['helpUri'])
    for result in r['results']:
        assert result['ruleId'] in ids and result['message']['text']
        assert result['level'] in ('error', 'warning', 'note') and result['occurrenceCount'] >= 1
        place, = result['locations']
        uri = place['physicalLocation']['artifactLocation']['uri']
        assert re.fullmatch(r"([A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri), uri
        assert re.fullmatch('c-[0-9a-f]{16}', result['partialFingerprints']['corsSniffCause/v1'])
        assert all(isinstance(v, str) for v in result['webRequest']['headers'].values())
        response = result['webResponse']
        assert response.get('noResponseReceived') or 100 <= response['statusCode'] <= 999
    return r['results']


def test_sarif_has_what_its_standard_demands():
    for out in both():
        assert sarif_check(json.loads(out['sarif']))
    result, = sarif_check(json.loads(reports('-r', save('wrong.pcap', talk.wrong()))['sarif']))
    assert result['ruleId'] == 'acao-port' and result['level'] == 'error'
    assert result['webRequest']['target'] == 'http://api.example.com/s.json'
    assert result['webRequest']['method'] == 'GET'
    assert result['webResponse']['headers']['Vary'] == 'Origin'


def test_sarif_joins_doubled_lines():
    extra = b'Access-Control-Allow-Origin: https://app.example.com\r\n'
    capture = talk.Capture().talk((talk.get(), talk.reply(b'https://app.example.com', extra=extra)))
    results = sarif_check(json.loads(reports('-r', save('two.pcap', capture))['sarif']))
    value = results[0]['webResponse']['headers']['Access-Control-Allow-Origin']
    assert value == 'https://app.example.com, https://app.example.com'


def test_junit_counts_what_it_holds():
    for out in both():
        root = ElementTree.fromstring(out['junit'])
        suite, = root.findall('testsuite')
        cases = suite.findall('testcase')
        for node in (root, suite):
            assert int(node.get('tests')) == len(cases)
            assert int(node.get('failures')) == len(suite.findall('.//failure')) > 0
            assert int(node.get('skipped')) == len(suite.findall('.//skipped')) == 0
        assert all(c.get('classname') and c.get('name') for c in cases)


def test_csv_is_a_table_without_formulas():
    for out in both():
        assert out['csv'].count(b'\r\n') == out['csv'].count(b'\n')
        rows = list(csv.reader(io.StringIO(out['csv'].decode(), newline=''), strict=True))
        assert len(rows) == out['csv'].count(b'\r\n') and len({len(r) for r in rows}) == 1
        assert rows[0][:5] == ['time', 'client', 'server', 'method', 'url']
        for row in rows[1:]:
            assert not any(re.match(r'\s*[=+\-@＝＋－＠]', cell) for cell in row), row
    assert "'=cmd|" in reports('-r', nasty())['csv'].decode()


def test_findings_only_holds_for_har_and_csv():
    capture = talk.right()
    capture.talk((talk.get(target=b'/w'), talk.reply(b'null')), port=50001)
    path = save('both.pcap', capture)
    code, har, _ = sniff('-r', path, '--format', 'har')
    assert code == 0 and len(json.loads(har)['log']['entries']) == 2
    code, har, _ = sniff('-r', path, '--format', 'har', '--findings-only')
    assert len(json.loads(har)['log']['entries']) == 1
    code, table, _ = sniff('-r', path, '--format', 'csv', '--findings-only')
    assert b'/w' in table and b'/s.json' not in table


def final_causes(*args):
    """Findings of each cause as the JSON lines have them in the end."""
    _, out, _ = sniff(*args, '--json')
    objects = [json.loads(line) for line in out.splitlines()]
    return {o['cause']: o['count'] for o in objects if o['type'] == 'cause' and o['state'] == 'final'}


def test_what_was_taken_back_is_in_no_report():
    out, wanted = reports('-r', LEGS), final_causes('-r', LEGS)
    found = [f for e in json.loads(out['har'])['log']['entries'] for f in e['_cors']['findings']]
    assert collections.Counter(f['cause'] for f in found) == wanted
    rows = list(csv.DictReader(io.StringIO(out['csv'].decode(), newline='')))
    assert collections.Counter(r['cause'] for r in rows if r['rule']) == wanted
    # Nine exchanges were seen on both sides: one side of each is no browser's.
    assert sum(r['kind'] == 'none' for r in rows) == 9
    results = json.loads(out['sarif'])['runs'][0]['results']
    assert sum(r['occurrenceCount'] for r in results) == sum(wanted.values())


def test_lines_that_were_written_are_unsaid_by_others():
    wanted = final_causes('-r', LEGS)
    with open(LEGS, 'rb') as f:
        data = f.read()
    _, table, _ = sniff('-r', '-', '--format', 'csv', stdin=data)  # a pipe: somebody waits
    said = collections.Counter()
    for row in csv.DictReader(io.StringIO(table.decode(), newline='')):
        if row['rule']:
            said[row['cause']] += -1 if row['verdict'] == 'taken-back' else 1
    assert +said == wanted and not -said
    assert len({len(r) for r in csv.reader(io.StringIO(table.decode(), newline=''))}) == 1
    _, out, _ = sniff('-r', LEGS, '--json')
    objects = [json.loads(line) for line in out.splitlines()]
    said = collections.Counter(f['cause'] for o in objects if o['type'] == 'exchange' for f in o['findings'])
    judged = {(o['connection'], o['stream'], o['index']) for o in objects if o['type'] == 'exchange'}
    back = [o for o in objects if o['type'] == 'taken-back']
    assert {(o['connection'], o['stream'], o['index']) for o in back} <= judged and len(back) == 9
    said.subtract(f['cause'] for o in back for f in o['findings'])
    assert +said == wanted and not -said
    cors = objects[-1]['cors']
    assert (cors['actual']['pass'], cors['actual']['block'], cors['none']['none']) == (4, 5, 9)


def test_counters_never_go_down_for_what_was_taken_back():
    prom = path_of('back.prom')
    assert sniff('-r', LEGS, '--metrics-file', prom)[0] == 0
    text = open(prom, encoding='utf-8').read()
    for line in ('findings_total{rule="acao-missing",severity="error"} 7',
                 'findings_taken_back_total{rule="acao-missing",severity="error"} 5',
                 'cors_requests_total{kind="actual",verdict="block"} 10',
                 'cors_requests_taken_back_total{kind="actual",verdict="block"} 5',
                 'cors_requests_taken_back_total{kind="preflight",verdict="block"} 0'):
        assert f'\ncors_sniff_{line}\n' in text, line


def test_a_baseline_lets_only_new_causes_fail():
    wrong, base = save('wrong.pcap', talk.wrong()), path_of('base.txt')
    code, _, err = sniff('-r', wrong, '--fail-on', 'error', '--write-baseline', base)
    assert code == 1, err
    code, out, err = sniff('-r', wrong, '--fail-on', 'error', '--baseline', base)
    assert code == 0 and b'in the baseline' in out and b'0 new, 1 in the baseline' in err, err
    capture = talk.wrong()
    capture.talk((talk.get(host=b'other.example.com'), talk.reply(b'null')), port=50001)
    more = save('more.pcap', capture)
    code, _, err = sniff('-r', more, '--fail-on', 'error', '--baseline', base)
    assert code == 1 and b'1 new, 1 in the baseline' in err, err
    out = reports('-r', more, '--fail-on', 'error', '--baseline', base, code=1)
    states = [r['baselineState'] for r in json.loads(out['sarif'])['runs'][0]['results']]
    assert sorted(s for s in states if s != 'unchanged') == ['new'] * (len(states) - 1)
    suite = ElementTree.fromstring(out['junit']).find('testsuite')
    assert len(suite.findall('.//skipped')) == 1 and len(suite.findall('.//failure')) == 1


def test_a_cause_is_the_same_in_every_run_and_order():
    first, second = path_of('first.txt'), path_of('second.txt')
    pairs = [(talk.get(host=f'h{i}.example.com'.encode()), talk.reply(b'null')) for i in range(5)]
    for path, order in ((first, pairs), (second, pairs[::-1])):
        capture = talk.Capture()
        for i, pair in enumerate(order):
            capture.talk(pair, port=50000 + i)
        sniff('-r', save('order.pcap', capture), '--write-baseline', path)
    assert open(first).read() == open(second).read()
    assert open(first).read().count('\nc-') == 5


def test_a_baseline_takes_short_names_and_refuses_others():
    wrong, base = save('wrong.pcap', talk.wrong()), path_of('short.txt')
    _, out, _ = sniff('-r', wrong, '--json')
    name = [json.loads(line)['cause'] for line in out.splitlines() if b'"type":"cause"' in line][0]
    with open(base, 'w', encoding='ascii') as f:
        f.write(f'# known\n\n{name} as reports show it\n')
    assert sniff('-r', wrong, '--fail-on', 'error', '--baseline', base)[0] == 0
    with open(base, 'a', encoding='ascii') as f:
        f.write('acao-port\n')
    code, _, err = sniff('-r', wrong, '--fail-on', 'error', '--baseline', base)
    assert code != 0 and b'line 4 names no cause' in err, err
    code, _, err = sniff('-r', wrong, '--fail-on', 'error', '--baseline', path_of('nowhere'))
    assert code == 3 and b'No such file' in err


def test_hostile_text_in_a_baseline_stays_on_its_line():
    base = path_of('nasty.txt')
    sniff('-r', nasty(), '--write-baseline', base)
    lines = open(base, 'rb').read().splitlines()
    assert all(re.match(rb'#|c-[0-9a-f]{16} ', line) for line in lines)
    assert sniff('-r', nasty(), '--fail-on', 'info', '--baseline', base)[0] == 0


def test_one_output_that_fails_does_not_end_the_others():
    wrong = save('wrong.pcap', talk.wrong())
    if not os.path.exists('/dev/full'):
        raise Skip('no /dev/full')
    code, out, err = sniff('-r', wrong, '--also', 'sarif:/dev/full')
    assert code == 3 and b'/dev/full: No space left on device' in err and b'acao-port' in out


def test_a_metrics_file_is_replaced_whole():
    prom = path_of('cors.prom')
    with open(prom, 'w', encoding='ascii') as f:
        f.write('old')
    code, _, err = sniff('-r', DEMO, '--metrics-file', prom)
    assert (code, err) == (0, b'')
    text = open(prom, 'rb').read()
    assert b'cors_sniff_findings_total{rule="acao-port",severity="error"} 3' in text
    assert not [n for n in os.listdir(FOLDER.name) if n.startswith('cors.prom.')]
    assert sniff('-r', DEMO, '--metrics-file', prom, '--metrics-label', 'host:2')[0] == 0
    text = open(prom, 'rb').read()
    assert re.search(rb'\ncors_sniff_cors_requests_by_host_total\{host="[a-z.]+",verdict="block"\} [1-9]', text)
    try:
        done = subprocess.run(['promtool', 'check', 'metrics'], input=text, capture_output=True, check=False)
    except FileNotFoundError as missing:
        raise Skip('no promtool (Debian: prometheus)') from missing
    assert done.returncode == 0 and not done.stdout + done.stderr, done.stdout + done.stderr


if __name__ == '__main__':
    run(sys.modules[__name__])
