#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The program and its peers on the same captures, in turn: one table of ratios.

usage: tests/bench/bench.py [full]

Every round runs each program once; a ratio is of two runs of the same round, and the table shows
its median and its spread, so that a machine that gets slower in between does not count. Captures
are written one at a time to BENCH_DIR (/var/tmp), read from the page cache, and removed. The results
stay in build/bench/, and the next run shows what has changed since.
"""
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
from tap import PROGRAM, ROOT, Skip, environment, traffic  # noqa: E402

FULL = 'full' in sys.argv[1:]
ROUNDS = 5 if FULL else 3
PACKETS = 2_000_000 if FULL else 300_000
RECORD_S = 40 if FULL else 4
# A capture must leave so much room on the disk.
ROOM_BYTES = 4 << 30
RESULTS = os.path.join(ROOT, 'build/bench', 'full.json' if FULL else 'short.json')
HERE = os.path.dirname(os.path.abspath(__file__))
US = 'cors-sniff'
TSHARK = ['-Y', 'http', '-T', 'fields', '-E', 'separator=/t'] + [
    word for field in ('frame.number', 'http.request.method', 'http.host', 'http.request.uri',
                       'http.response.code', 'http.request.line', 'http.response.line') for word in ('-e', field)]

# name: the words that read {file}; every capture is read with these.
READERS = {
    US: [PROGRAM, '-j', '1', '-r', '{file}'],
    '--json': [PROGRAM, '-j', '1', '--json', '-r', '{file}'],
    'one core': ['taskset', '-c', '0', PROGRAM, '-j', '1', '-r', '{file}'],
    'two lanes': [PROGRAM, '-j', '2', '-r', '{file}'],
    'cat': ['cat', '{file}'],
    'count': ['tcpdump', '-r', '{file}', '--count'],
    'write': ['tcpdump', '-r', '{file}', '-w', '/dev/null'],
}
# These are slow: they read the recorded capture alone, once, which is held against each round.
SLOW = {
    'httpry': ['httpry', '-q', '-r', '{file}', '-o', '/dev/null'],
    'tcpflow': ['tcpflow', '-q', '-r', '{file}', '-o', '{folder}'],
    'tshark': ['tshark', '-r', '{file}', *TSHARK],
}
# shape of tests/bench/traffic.c: packets
SHAPES = {'body-1k': PACKETS, 'body-10k': PACKETS, 'body-1m': PACKETS, 'chunked': PACKETS,
          'conns-1': PACKETS, 'conns-1k': PACKETS, 'conns-1m': 6_000_000 if FULL else PACKETS,
          'lossy': PACKETS, 'foreign': PACKETS, 'distinct-urls': PACKETS}
GROWTH = {'brief-1x': PACKETS // 2, 'brief-4x': 2 * PACKETS, 'brief-16x': 8 * PACKETS}

# What is aimed at: capture, figure, text, limit; a limit below 0 is the least, else the most.
AIMS = [
    ('recorded', lambda r: r['ratios']['count'][0], 'of the time of tcpdump --count', 1.0),
    ('recorded', lambda r: 1 / r['ratios']['tshark'][0], 'times as fast as tshark', -150),
    ('recorded', lambda r: r['json_to_write'][0], 'of the time of tcpdump -w, with --json', 1.5),
    ('recorded', lambda r: 1 / r['ratios']['one core'][0], 'times as fast as on one core', -1.6),
    ('recorded', lambda r: r['ratios']['cat'][0], 'of the time of cat', 2.0),
    ('body-1m', lambda r: r['bytes'] / r['seconds'] / 1e9, 'GB/s', -5),
    ('lossy', lambda r: r['per_packet_to']['body-10k'], 'of a clean file\'s time for a packet', 1.5),
    ('brief-16x', lambda r: r['seconds_to']['brief-1x'], 'times the time of a 16th', 17),
    ('brief-16x', lambda r: r['rss_to']['brief-1x'], 'of its memory', 1.05),
]


def run(words):
    """Wall seconds and peak memory in bytes."""
    start = time.monotonic()
    with open(os.devnull, 'wb') as null:
        child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=null, stderr=null,
                                 env=environment())
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - start
    if child.returncode:
        raise RuntimeError(f'{" ".join(words)} ended with {child.returncode}')
    return seconds, usage.ru_maxrss * 1024


def spread(ours, theirs):
    """Median, least and most of the ratios of paired runs."""
    ratios = [a / b for a, b in zip(ours, theirs)]
    return statistics.median(ratios), min(ratios), max(ratios)


def measure(path, slow):
    """Read path with all that is installed, in turn."""
    readers = {name: words for name, words in READERS.items() if shutil.which(words[0])}
    times, rss = {name: [] for name in readers}, 0
    run(['cat', path])
    for _ in range(ROUNDS):
        for name, words in readers.items():
            seconds, peak = run([w.format(file=path) for w in words])
            times[name].append(seconds)
            rss = peak if name == US else rss
    for name, words in SLOW.items() if slow else ():
        if shutil.which(words[0]):
            with tempfile.TemporaryDirectory(prefix='cors-sniff-bench-', dir=FOLDER) as folder:
                seconds, _ = run([w.format(file=path, folder=folder) for w in words])
                times[name] = [seconds] * ROUNDS
    return {
        'bytes': os.path.getsize(path), 'packets': packets_of(path), 'rss': rss,
        'seconds': statistics.median(times[US]),
        'ratios': {name: spread(times[US], t) for name, t in times.items() if name != US},
        'json_to_write': spread(times['--json'], times['write']) if 'write' in times else None,
    }


def packets_of(path):
    out = subprocess.run([PROGRAM, '-r', path], capture_output=True, env=environment(),
                         check=True).stdout.decode()
    return int(re.search(r'traffic +([\d,]+) packets', out).group(1).replace(',', ''))


def write_shape(shape, packets):
    def write(path):
        with open(path, 'wb') as f:
            subprocess.run([traffic(), shape, str(packets)], stdout=f, check=True)
    return write


def record(path):
    done = subprocess.run([os.path.join(HERE, 'record.sh'), path, str(RECORD_S)], capture_output=True,
                          stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise Skip(done.stderr.decode().strip().splitlines()[-1])


def captures():
    """name, and what writes it."""
    yield 'recorded', record
    for shape, packets in SHAPES.items():
        yield shape, write_shape(shape, packets)
    for name, packets in GROWTH.items():
        yield name, write_shape('brief', packets)


def compare(results):
    """What takes two captures."""
    if {'lossy', 'body-10k'} <= results.keys():
        lossy, clean = results['lossy'], results['body-10k']
        lossy['per_packet_to'] = {
            'body-10k': lossy['seconds'] / lossy['packets'] * clean['packets'] / clean['seconds']}
    if {'brief-1x', 'brief-16x'} <= results.keys():
        most, least = results['brief-16x'], results['brief-1x']
        most['seconds_to'] = {'brief-1x': most['seconds'] / least['seconds']}
        most['rss_to'] = {'brief-1x': most['rss'] / least['rss']}


def version(words):
    if not shutil.which(words[0]):
        return f'{words[0]} is not installed'
    done = subprocess.run(words, capture_output=True, env=environment(), check=False)
    lines = (done.stdout + done.stderr).decode('utf-8', 'replace').splitlines()
    return next((line for line in lines if re.search(r'\d\.\d', line)), words[0])[:70]


def machine():
    with open('/proc/cpuinfo', encoding='utf-8') as f:
        model = re.search(r'model name\s*: (.*)', f.read())
    return f'{model.group(1) if model else platform.machine()}, {os.cpu_count()} processors, ' \
        f'Linux {platform.release()}, load {os.getloadavg()[0]:.1f}'


def change(now, before):
    return f'{(now / before - 1) * 100:+.0f} %' if before else ''


def table(results, before):
    peers = [*READERS][2:] + [*SLOW]
    print(f'\n{"capture":14}{"GB":>6}{"s":>8}{"GB/s":>6}{"Mpkt/s":>7}{"MB":>6}  time as a ratio to')
    print(f'{"":48}' + ''.join(f'{p:>20}' for p in peers) + f'{"change":>9}')
    for name, r in results.items():
        cells = ''.join(' {:>19}'.format('{:.3f} ({:.2f}-{:.2f})'.format(*r['ratios'][p])
                                        if p in r['ratios'] else '') for p in peers)
        old = before.get(name, {}).get('ratios', {}).get('count')
        print(f'{name:14}{r["bytes"] / 1e9:6.2f}{r["seconds"]:8.3f}{r["bytes"] / r["seconds"] / 1e9:6.1f}'
              f'{r["packets"] / r["seconds"] / 1e6:7.2f}{r["rss"] / 1e6:6.0f} {cells}'
              f'{change(r["ratios"]["count"][0], old[0]) if old and "count" in r["ratios"] else "":>9}')
    print('count: tcpdump --count; write: tcpdump -w /dev/null; change: of the ratio to count since '
          'the run before')


def aims(results):
    print()
    for name, figure, text, limit in AIMS:
        try:
            value = figure(results[name])
        except (KeyError, TypeError):
            print(f'not measured  {name}: {text}')
            continue
        is_met = value >= -limit if limit < 0 else value <= limit
        print(f'{"met" if is_met else "missed":14}{name}: {value:.2f} {text} '
              f'(at {"least" if limit < 0 else "most"} {abs(limit)})')


def main():
    print(f'{machine()}\n{"full" if FULL else "short (BENCH=full for all)"}: {ROUNDS} rounds')
    for words in ([PROGRAM, '--version'], ['tcpdump', '--version'], ['tshark', '--version'],
                  ['tcpflow', '--version'], ['httpry', '-h'], ['cat', '--version']):
        print(f'  {version(words)}')
    before = {}
    if os.path.exists(RESULTS):
        with open(RESULTS, encoding='utf-8') as f:
            before = json.load(f)['results']
    results = {}
    for name, write in captures():
        path = os.path.join(FOLDER, f'{name}.pcap')
        try:
            if shutil.disk_usage(FOLDER).free < 2 * ROOM_BYTES:
                raise Skip(f'less than {2 * ROOM_BYTES >> 30} GiB are free in {FOLDER}')
            write(path)
            results[name] = measure(path, name == 'recorded')
        except Skip as why:
            print(f'{name}: left out, {why}')
        if os.path.exists(path):
            os.unlink(path)
    compare(results)
    table(results, before)
    aims(results)
    os.makedirs(os.path.dirname(RESULTS), exist_ok=True)
    with open(RESULTS, 'w', encoding='utf-8') as f:
        json.dump({'machine': machine(), 'time': time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime()),
                   'rounds': ROUNDS, 'results': results}, f, indent=1)


if __name__ == '__main__':
    with tempfile.TemporaryDirectory(prefix='cors-sniff-bench-',
                                     dir=os.environ.get('BENCH_DIR', '/var/tmp')) as FOLDER:
        main()
