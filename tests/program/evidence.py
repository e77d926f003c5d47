#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The evidence: read back by tshark, packet by packet, from files and from a pipe."""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import talk  # noqa: E402
from tap import PROGRAM, ROOT, Skip, environment, run, sniff  # noqa: E402

FOLDER = tempfile.TemporaryDirectory(prefix='cors-sniff-test-')
LEGS = os.path.join(ROOT, 'pcaps', 'legs.pcapng')
DEMO = os.path.join(ROOT, 'pcaps', 'demo.pcapng')


def path_of(name):
    return os.path.join(FOLDER.name, name)


def save(name, capture):
    with open(path_of(name), 'wb') as f:
        f.write(capture.bytes())
    return path_of(name)


def packets(path, *fields):
    """What tshark shows of each packet."""
    fields = fields or ('frame.time_epoch', 'frame.comment')
    wanted = [word for f in fields for word in ('-e', f)]
    try:
        done = subprocess.run(['tshark', '-n', '-r', path, '-T', 'fields', *wanted], capture_output=True,
                              check=False)
    except FileNotFoundError as missing:
        raise Skip('no tshark') from missing
    assert done.returncode == 0, done.stderr
    return [tuple(line.split('\t')) for line in done.stdout.decode().splitlines()]


def times_of(capture):
    return [time for time, in packets(capture, 'frame.time_epoch')]


def wanted_of(capture):
    """Numbers of the packets that findings' exchanges name, by the JSON lines."""
    _, out, _ = sniff('-r', capture, '--json', '--findings-only')
    numbers = set()
    for o in map(json.loads, out.splitlines()):
        if o['type'] == 'exchange':
            numbers.add(int(o['connection'][1:]))
            numbers |= {int(m['packet'][1:]) for m in (o['request'], o['response']) if m}
            numbers |= {int(e[1:]) for f in o['findings'] for e in f['evidence']}
    return numbers


def evidence(*args, stdin=b''):
    path = path_of('evidence.pcapng')
    code, out, err = sniff(*args, '--json', '--evidence', path, stdin=stdin)
    assert code == 0 and err == b'', (code, err)
    return path, json.loads(out.splitlines()[-1])['counters']['evidence']


def test_only_the_packets_of_findings_are_there():
    capture = talk.right()
    capture.talk((talk.get(target=b'/w'), talk.reply(b'null')), port=50001)
    path, counters = evidence('-r', save('both.pcap', capture))
    found = packets(path, 'http.request.uri', 'http.response.code', 'frame.comment')
    assert [f[:2] for f in found] == [('', ''), ('/w', ''), ('', '200')], found
    assert all(f[2] == 'cors-sniff block: acao-null-literal (error)' for f in found), found
    assert counters == {'packets': 3, 'packets_gone': 0, 'taken_back_late': 0, 'packets_over_limit': 0}


def test_the_program_reads_it_back_to_the_same_findings():
    capture = talk.right()
    for i in range(3):
        capture.talk((talk.get(target=b'/w%d' % i), talk.reply(b'null')), port=50001 + i)
    direct = save('many.pcap', capture)
    path, _ = evidence('-r', direct)
    found = [[(o['request']['target'], o['cors'], [f['rule'] for f in o['findings']])
              for o in map(json.loads, sniff('-r', p, '--json', '--findings-only')[1].splitlines())
              if o['type'] == 'exchange'] for p in (direct, path)]
    assert len(found[0]) == 3 and found[0] == found[1]


def test_what_was_taken_back_is_no_evidence():
    wanted = wanted_of(LEGS)
    _, out, _ = sniff('-r', LEGS, '--json')
    objects = [json.loads(line) for line in out.splitlines()]
    back = {o['connection'] for o in objects if o['type'] == 'taken-back'}
    behind = {int(o[side]['packet'][1:]) for o in objects if o['type'] == 'exchange' and o['connection'] in back
              for side in ('request', 'response')} | {int(name[1:]) for name in back}
    # What is behind the proxy proves what the proxy did to it.
    proof = {int(e[1:]) for o in objects if o['type'] == 'exchange' and o['connection'] not in back
             for f in o['findings'] for e in f['evidence']}
    times = times_of(LEGS)
    wanted = [times[n - 1] for n in sorted(wanted - behind | proof)]
    assert len(proof & behind) == 5 and len(wanted) == 16
    with open(LEGS, 'rb') as f:
        data = f.read()
    for path, counters in (evidence('-r', LEGS), evidence('-r', '-', stdin=data)):
        assert [t for t, _ in packets(path)] == wanted and counters['taken_back_late'] == 0


def test_a_file_and_a_pipe_give_the_same():
    all_times = times_of(DEMO)
    with open(DEMO, 'rb') as f:
        data = f.read()
    path, counters = evidence('-r', DEMO)
    from_file = packets(path)
    path, piped = evidence('-r', '-', stdin=data)
    assert packets(path) == from_file and counters == piped
    wanted = wanted_of(DEMO)
    kept = {all_times.index(time) + 1 for time, _ in from_file}
    assert wanted <= kept < set(range(1, len(all_times) + 1))
    assert len(kept) == len(from_file) == counters['packets']
    assert all(comment.startswith('cors-sniff ') for _, comment in from_file)
    assert [t for t, _ in from_file] == sorted(t for t, _ in from_file)


def test_a_file_as_standard_input_is_not_read_again():
    path = path_of('evidence.pcapng')
    assert sniff('-r', DEMO, '--evidence', path)[0] == 0
    expected = packets(path)
    for lanes in ('1', '3'):
        with open(DEMO, 'rb') as f:
            subprocess.run([PROGRAM, '-r', '-', '-j', lanes, '--evidence', path], stdin=f, stdout=subprocess.DEVNULL,
                           env=environment(), check=True, timeout=60)
        assert packets(path) == expected, lanes


def test_a_head_of_many_packets_is_there_without_its_neighbours():
    long = b'X-Long: ' + b'x' * 7000 + b'\r\n'
    capture = talk.Capture()
    other = talk.Capture().talk((talk.get(), talk.reply(b'https://app.example.com', extra=b'Vary: Origin\r\n')),
                                port=50009)
    capture.talk((talk.get(extra=long), talk.reply(b'null')))
    # A stranger's packets between every two of the others.
    mixed = talk.Capture()
    strangers = other.records[1:]
    for i, record in enumerate(capture.records[1:]):
        mixed.records += [record, strangers[i % len(strangers)]]
    for args, stdin in ((('-r', save('mixed.pcap', mixed)), b''), (('-r', '-'), mixed.bytes())):
        path, _ = evidence(*args, stdin=stdin)
        found = packets(path, 'tcp.port', 'tcp.len')
        assert {f[0] for f in found} <= {'50000,80', '80,50000'}, found
        sent = sum(int(f[1]) for f in found if f[0] == '50000,80')
        assert sent == len(talk.get(extra=long)), found


def test_a_seed_that_left_the_memory_is_counted():
    origins = (b'https://a.example.com', b'https://b.example.com')
    extra = b'Cache-Control: public, max-age=600\r\nX-Cache: HIT\r\nAge: 5\r\n'
    capture = talk.Capture()
    capture.talk((talk.get(origin=origins[0]), talk.reply(origins[0], extra=extra)), port=50000)
    for i in range(60):
        body = b'x' * (1300 * 1024)
        capture.talk((talk.get(target=b'/big'), talk.reply(b'https://app.example.com', body=body)),
                     port=51000 + i)
    capture.talk((talk.get(origin=origins[1]), talk.reply(origins[0], extra=extra)), port=50001)
    path, counters = evidence('-r', '-', stdin=capture.bytes())
    assert counters['packets_gone'] > 0, counters
    path, counters = evidence('-r', save('long.pcap', capture))
    assert counters['packets_gone'] == 0 and len(packets(path)) == counters['packets']


def test_what_cannot_be_written_is_told():
    wrong = save('wrong.pcap', talk.wrong())
    code, _, err = sniff('-r', wrong, '--evidence', '/no/such/folder/x.pcapng')
    assert code == 3 and b'/no/such/folder/x.pcapng: No such file' in err, err
    if os.path.exists('/dev/full'):
        code, out, err = sniff('-r', wrong, '--evidence', '/dev/full')
        assert code == 3 and b'/dev/full' in err, (code, err)


if __name__ == '__main__':
    run(sys.modules[__name__])
