#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""--keylog and secrets inside captures: what is read with them, and what is said where they are missing."""
import collections
import json
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
from tap import ROOT, run, sniff  # noqa: E402

FOLDER = tempfile.TemporaryDirectory(prefix='cors-sniff-test-')
TLS12 = os.path.join(ROOT, 'pcaps', 'tls12.pcapng')
TLS13 = os.path.join(ROOT, 'pcaps', 'tls13.pcap')
KEYS13 = TLS13 + '.keys'


def lines(*args):
    code, out, err = sniff('--json', *args)
    assert code == 0 and err == b'', (code, err)
    return [json.loads(line) for line in out.decode('utf-8').splitlines()]


def exchanges(objects):
    return [x for x in objects if x['type'] == 'exchange']


def counters(objects):
    return objects[-1]['counters']


def write(name, text):
    path = os.path.join(FOLDER.name, name)
    with open(path, 'w', encoding='ascii') as f:
        f.write(text)
    return path


def keys_with(*labels):
    """The key log of TLS13 with the lines of these kinds only."""
    with open(KEYS13, encoding='ascii') as f:
        return [line for line in f if line.split()[0] in labels]


def test_what_is_inside_tls_is_https():
    for x in exchanges(lines('-r', TLS13, '--keylog', KEYS13)):
        assert x['request']['scheme'] == 'https', x
        assert x['client'].startswith('198.51.100.10:') and x['server'].startswith('203.0.113.20:'), x


def test_alpn_decides_the_protocol():
    seen = collections.Counter(x['protocol'] for x in exchanges(lines('-r', TLS13, '--keylog', KEYS13)))
    assert seen == {'http/1.1': 18, 'h2': 6}, seen


def test_everything_that_was_sent_is_counted():
    tls = counters(lines('-r', TLS13, '--keylog', KEYS13))['tls']
    assert tls['tls_followed'] == tls['tls_opened'] == 18, tls
    assert tls['key_updates'] == 4 and tls['early_data'] == 1 and tls['early_refused'] == 1, tls
    for name in ('no_key', 'no_hello', 'bad_records', 'holes', 'early_unread'):
        assert tls[name] == 0, (name, tls)


def test_without_secrets_tls_is_counted_as_such():
    objects = lines('-r', TLS13)
    assert not exchanges(objects)
    assert counters(objects)['http']['tls_connections'] == 18, counters(objects)
    assert not any(counters(objects)['tls'].values()), counters(objects)
    code, out, _ = sniff('-r', TLS13)
    assert code == 0 and b'--keylog FILE' in out, out


def test_the_wrong_secrets_are_said_to_be_missing():
    objects = lines('-r', TLS13, '--keylog', write('other', 'CLIENT_RANDOM ' + '00' * 32 + ' ' + '00' * 48 + '\n'))
    assert not exchanges(objects)
    assert counters(objects)['tls']['no_key'] == 18, counters(objects)
    assert counters(objects)['http']['other_connections'] == 0, counters(objects)


def test_secrets_that_do_not_fit_give_nothing():
    text = re.sub(r'[0-9a-f]{6}\n', '123456\n', ''.join(keys_with(
        'CLIENT_TRAFFIC_SECRET_0', 'SERVER_TRAFFIC_SECRET_0',
        'CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'SERVER_HANDSHAKE_TRAFFIC_SECRET')))
    objects = lines('-r', TLS13, '--keylog', write('false', text))
    assert not exchanges(objects)
    assert counters(objects)['tls']['bad_records'] > 0, counters(objects)
    assert counters(objects)['tls']['tls_opened'] == 0, counters(objects)


def test_without_handshake_secrets_the_data_is_found():
    keys = write('data-only', ''.join(keys_with('CLIENT_TRAFFIC_SECRET_0', 'SERVER_TRAFFIC_SECRET_0')))
    whole = {x['request']['target'] for x in exchanges(lines('-r', TLS13, '--keylog', KEYS13))}
    objects = lines('-r', TLS13, '--keylog', keys)
    found = {x['request']['target'] for x in exchanges(objects) if x['request']}
    # Early data has a key of its own.
    assert whole - found <= {'/early'}, whole - found
    assert found <= whole, found


def test_early_data_without_its_key_is_counted_and_not_guessed():
    keys = write('no-early', ''.join(keys_with(
        'CLIENT_TRAFFIC_SECRET_0', 'SERVER_TRAFFIC_SECRET_0',
        'CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'SERVER_HANDSHAKE_TRAFFIC_SECRET')))
    objects = lines('-r', TLS13, '--keylog', keys)
    assert counters(objects)['tls']['early_unread'] > 0, counters(objects)
    assert counters(objects)['tls']['bad_records'] == 0, counters(objects)
    assert '/early' not in {x['request']['target'] for x in exchanges(objects) if x['request']}


def test_one_end_s_secrets_show_that_end_only():
    keys = write('client-only', ''.join(keys_with('CLIENT_TRAFFIC_SECRET_0', 'CLIENT_HANDSHAKE_TRAFFIC_SECRET')))
    for x in exchanges(lines('-r', TLS13, '--keylog', keys)):
        assert x['response'] is None and x['outcome'] == 'lost', x
        assert x['cors']['verdict'] in ('unknown', 'none'), x


def test_a_key_log_goes_on_after_a_line_that_is_none():
    with open(KEYS13, encoding='ascii') as f:
        keys = write('noise', '# made by hand\r\n\r\nCLIENT_RANDOM 12 34\n' + f.read().replace('\n', '\r\n'))
    objects = lines('-r', TLS13, '--keylog', keys)
    assert len(exchanges(objects)) == 24
    assert counters(objects)['keylog']['lines_bad'] == 1, counters(objects)


def test_a_key_log_that_cannot_be_read_is_said():
    for path, word in ((os.path.join(FOLDER.name, 'none'), b'No such file'), (FOLDER.name, b'directory'),
                       ('/dev/null', b'')):
        code, out, err = sniff('-r', TLS13, '--keylog', path)
        assert code == 3 and out == b'' and err.count(b'\n') == 1, (path, code, out, err)
        assert path.encode() in err and word in err, err


def test_bad_usage_is_said():
    for args in (('--keylog', '-'), ('--keylog', ''), ('--keylog', KEYS13, '--keylog', KEYS13), ('--keylog',)):
        code, _, err = sniff('-r', TLS13, *args)
        assert code == 2 and b'keylog' in err, (args, code, err)


def test_no_secret_is_ever_told():
    with open(KEYS13, encoding='ascii') as f:
        secrets = [word for line in f for word in line.split()[1:]]
    for args in ((), ('--json',), ('--summary-only',)):
        code, out, err = sniff('-r', TLS13, '--keylog', KEYS13, *args)
        assert code == 0
        for secret in secrets:
            assert secret.encode() not in out.lower() + err.lower()


def test_secrets_are_not_copied_with_the_packets():
    kept = os.path.join(FOLDER.name, 'kept.pcapng')
    assert sniff('-r', TLS12, '-w', kept, '-q')[0] == 0
    objects = lines('-r', kept)
    assert not exchanges(objects) and counters(objects)['http']['tls_connections'] > 20, counters(objects)


run(sys.modules[__name__])
