#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Whatever the number of lanes, the output is the same, byte for byte."""
import glob
import gzip
import os
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
from tap import PROGRAM, ROOT, Skip, environment, run, sniff  # noqa: E402

# With sanitizers, one number takes long enough.
LANES = ('3',) if os.environ.get('QUICK') else ('2', '3', '8')
CAPTURES = sorted(p for p in glob.glob(os.path.join(ROOT, 'pcaps', '*.pcap*')) if not p.endswith('.expect'))


def same(*args, stdin=b'', lanes=LANES):
    """Assert that all numbers of lanes do the same as one; what that is."""
    one = sniff(*args, '-j', '1', stdin=stdin)
    for n in lanes:
        several = sniff(*args, '-j', n, stdin=stdin)
        assert several == one, f'-j {n} {args}: {first_difference(one, several)}'
    return one


def first_difference(one, several):
    if one[0] != several[0]:
        return f'exit codes {one[0]} and {several[0]}'
    for what, a, b in (('stdout', one[1], several[1]), ('stderr', one[2], several[2])):
        for n, (x, y) in enumerate(zip(a.splitlines(), b.splitlines()), 1):
            if x != y:
                return f'{what}, line {n}:\n{x}\n{y}'
    return f'lengths {len(one[1])} and {len(several[1])}'


def packet(time_s, client, port, flags, seq, ack, data=b'', to_server=True):
    """A frame of raw IPv4, and its record."""
    ends = [bytes([10, 0, client >> 8, client & 255]), bytes([192, 0, 2, 1])]
    ports = [port, 80]
    if not to_server:
        ends.reverse()
        ports.reverse()
    tcp = struct.pack('!HHIIBBHHH', *ports, seq, ack, 5 << 4, flags, 65535, 0, 0) + data
    ip = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + ends[0] + ends[1] + tcp
    return struct.pack('<IIII', int(time_s), int(time_s % 1 * 1e6), len(ip), len(ip)) + ip


def capture(records):
    return struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 101) + b''.join(records)


def pcapng(records):
    """The same records as microseconds of pcapng, whose times reach further than ours; u64 of time, frame."""
    def block(kind, body):
        body += bytes(-len(body) % 4)
        return struct.pack('<II', kind, len(body) + 12) + body + struct.pack('<I', len(body) + 12)
    return block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1)) + block(1, struct.pack('<HHI', 101, 0, 0)) + b''.join(
        block(6, struct.pack('<IIIII', 0, at >> 32, at & 0xffffffff, len(frame), len(frame)) + frame)
        for at, frame in records)


def crowd(cnt=700, begin_s=1000):
    """Connections that all wait for an answer; some get one, some none until the clock leaps far
    enough for them to be given up together, some are open when the capture ends."""
    records = []
    for i in range(cnt):
        ask = (f'GET /item?{i} HTTP/1.1\r\nHost: api.example.com\r\nOrigin: https://app.example.com\r\n'
               'Sec-Fetch-Mode: cors\r\nSec-Fetch-Site: cross-site\r\n\r\n').encode()
        say = (f'HTTP/1.1 200 OK\r\nContent-Length: {i % 9}\r\nAccess-Control-Allow-Origin: '
               f'https://{("app", "other")[i % 2]}.example.com\r\n\r\n').encode() + b'x' * (i % 9)
        at, port = begin_s + i / 1000, 1024 + i * 7 % 60000
        records.append((at, packet(at, i, port, 2, 99, 0)))
        records.append((at, packet(at, i, port, 0x12, 499, 100, to_server=False)))
        records.append((at + .1, packet(at + .1, i, port, 0x18, 100, 500, ask)))
        if i % 5 == 1:  # lost: only what came after it shows
            say, lost = say[30:], 30
        else:
            lost = 0
        if i % 5 != 4:
            records.append((at + .2, packet(at + .2, i, port, 0x18, 500 + lost, 100 + len(ask), say, False)))
        if i % 5 == 2:
            records.append((at + .3, packet(at + .3, i, port, 4, 100 + len(ask), 0)))
        if i % 5 == 3:
            records.append((at + .3, packet(at + .3, i, port, 0x11, 100 + len(ask), 500 + len(say))))
    records.sort(key=lambda r: r[0])
    return [r for _, r in records]


def written(folder, name, data):
    path = os.path.join(folder, name)
    with open(path, 'wb') as f:
        f.write(data)
    return path


def test_every_shipped_capture_as_text_and_as_json():
    for path in CAPTURES:
        same('-r', path, '--json')
        same('-r', path)


def test_all_captures_in_a_row():
    args = [word for path in CAPTURES for word in ('-r', path)]
    assert same(*args, '--json')[1].count(b'"type":"exchange"') > 400


def test_many_connections_that_end_at_one_packet():
    with tempfile.TemporaryDirectory() as folder:
        path = written(folder, 'crowd', capture(crowd() + crowd(begin_s=1400) + crowd(300, begin_s=2500)))
        code, out, _ = same('-r', path, '--json')
        assert code == 0 and out.count(b'"outcome":"timeout"') > 100 and out.count(b'"outcome":"pending"') > 50
        # The clock goes back: everything that is open ends between two files.
        same('-r', path, '-r', path, '--json')
        same('-r', path, '--summary-only')


def test_times_that_no_clock_reaches():
    records = [((1000 << 20) + i, r[16:]) for i, r in enumerate(crowd(300))]
    for i in (5, 250, 400, 401, 600):
        records[i] = (2**64 - 1, records[i][1])
    with tempfile.TemporaryDirectory() as folder:
        path = written(folder, 'times', pcapng(records))
        assert same('-r', path, '--json')[1].count(b'"exchange"') > 200
        same('-r', path, '-r', path, '--json', 'greater 41')


def test_ports_filters_and_platforms():
    with tempfile.TemporaryDirectory() as folder:
        path = written(folder, 'crowd', capture(crowd()))
        same('-r', path, '--json', '--port', '80', 'net', '10.0.1.0/24')
        same('-r', path, '--json', '--port', '81')
        same('-r', path, '--json', 'ether host 02:00:00:00:00:01')
        same('-r', path, '--platform', 'nginx', '--fail-on', 'error')


def test_damage_is_told_once_and_what_came_before_is_reported():
    with tempfile.TemporaryDirectory() as folder:
        whole = capture(crowd())
        for name, data in (('cut', whole[:-5]), ('head', whole[:20]), ('empty', b''), ('broken', whole[:90000] + b'\xff' * 99),
                           ('gz', gzip.compress(whole)[:-2000]), ('bad-gz', gzip.compress(whole)[:30000] + bytes(999))):
            path = written(folder, name, data)
            code, _, err = same('-r', path, '-r', CAPTURES[0], '--json')
            assert code in (3, 4) and err.count(b'\n') == 1, (name, code, err)
        same('-r', os.path.join(folder, 'no such file'), '-r', CAPTURES[0], '--json')


def test_compressed_captures_and_standard_input():
    with tempfile.TemporaryDirectory() as folder:
        data = capture(crowd(2500))
        one = same('-r', written(folder, 'gz', gzip.compress(data)), '--json')
        piped = same('-r', '-', '--json', stdin=data)
        assert one[1].count(b'"exchange"') == piped[1].count(b'"exchange"') > 2000
        path = written(folder, 'plain', data)
        for n in ('1', *LANES):
            with open(path, 'rb') as f:
                done = subprocess.run([PROGRAM, '-r', '-', '--json', '-j', n], stdin=f, capture_output=True,
                                      env=environment(), check=True, timeout=60)
            assert done.stdout == piped[1], n


def test_a_number_of_exchanges_is_exact():
    with tempfile.TemporaryDirectory() as folder:
        path = written(folder, 'crowd', capture(crowd()))
        out = same('-r', path, '--json', '--count', '77')[1]
        assert out.count(b'"type":"exchange"') == 77


def test_records_larger_than_a_block_of_the_file():
    with tempfile.TemporaryDirectory() as folder:
        big = struct.pack('<IIII', 1000, 0, 900000, 900000) + bytes(900000)
        records = crowd(300)
        records[100:100] = [big, big]
        records[700:700] = [big]
        assert same('-r', written(folder, 'big', capture(records)), '--json')[1].count(b'"exchange"') > 200


def test_a_large_capture():
    """CORS_SNIFF_LARGE names one; else it is made of many small connections, beyond what one lane reads."""
    path = os.environ.get('CORS_SNIFF_LARGE')
    if path and not os.path.exists(path):
        raise Skip(f'{path} is not there')
    with tempfile.TemporaryDirectory() as folder:
        if not path:
            records = []
            for turn in range(8):
                records += crowd(9000, begin_s=1000 + 60 * turn)
            path = written(folder, 'large', capture(records))
            assert os.path.getsize(path) > 8 << 20
        for args in (['--json'], []):
            one = subprocess.run([PROGRAM, '-r', path, *args, '-j', '1'], capture_output=True, env=environment(),
                                 check=True, timeout=300).stdout
            for n in ('2', '3', '8', None):
                lanes = ['-j', n] if n else []
                several = subprocess.run([PROGRAM, '-r', path, *args, *lanes], capture_output=True,
                                         env=environment(), check=True, timeout=300).stdout
                assert several == one, first_difference((0, one, b''), (0, several, b''))
            # A pipe is read by the lane itself.
            with open(path, 'rb') as f, subprocess.Popen(['cat'], stdin=f, stdout=subprocess.PIPE) as cat:
                piped = subprocess.run([PROGRAM, '-r', '-', *args], stdin=cat.stdout, capture_output=True,
                                       env=environment(), check=True, timeout=300).stdout
            told = one.replace(path.encode(), b'stdin')
            assert piped == told, first_difference((0, told, b''), (0, piped, b''))


def test_a_reader_that_goes_away_ends_it():
    with tempfile.TemporaryDirectory() as folder:
        path = written(folder, 'crowd', capture(crowd(5000) * 3))
        for n in ('1', *LANES):
            child = subprocess.Popen([PROGRAM, '-r', path, '--json', '-j', n], stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE, env=environment())
            child.stdout.read(1000)
            child.stdout.close()
            assert child.wait(30) in (0, 3, 4), child.returncode
            child.stderr.close()


if __name__ == '__main__':
    run(sys.modules[__name__])
