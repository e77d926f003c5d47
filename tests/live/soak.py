#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A long run in small: connections open and close all the time; memory stays flat, no table fills, nothing
is lost, and everything is found that the server's log has.

    tests/live/soak.py [SECONDS [LANES]]    600 seconds and 2 lanes, unless said otherwise
"""
import os
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from lab import CLIENT, SERVER, SERVER4, SERVER6, Live, Skip  # noqa: E402

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 600
LANES = sys.argv[2] if len(sys.argv) > 2 else '2'

# A few requests on each connection, then it is closed, by either end; until standard input ends.
VISITOR = r"""
import select, socket, sys, time
host, begin, cnt = sys.argv[1], time.monotonic(), 0
paths = ("/right", "/none", "/big", "/missing", "/twice", "/constant", "/preflight")
while not select.select([sys.stdin], [], [], 0)[0]:
    s = socket.create_connection((host, 80))
    for i in range(cnt % 3 + 1):
        is_last = i == cnt % 3 and cnt % 2
        s.sendall((f"GET {paths[cnt % len(paths)]}?{cnt % 999} HTTP/1.1\r\nHost: api.example.com\r\n"
                   "Origin: https://app.example.com\r\nSec-Fetch-Mode: cors\r\n"
                   + ("Connection: close\r\n" if is_last else "") + "\r\n").encode())
        data = b""
        while b"\r\n\r\n" not in data:
            data += s.recv(1 << 16)
        head, _, body = data.partition(b"\r\n\r\n")
        left = next((int(l.split(b":")[1]) for l in head.lower().split(b"\r\n")
                     if l.startswith(b"content-length:")), 0) - len(body)
        while left > 0:
            left -= len(s.recv(1 << 20))
        cnt += 1
    s.close()
    time.sleep(max(0, begin + cnt / 150 - time.monotonic()))
print(cnt)
"""


def memory_kib(child):
    with open(f'/proc/{child.pid}/status', encoding='ascii') as f:
        return next(int(line.split()[1]) for line in f if line.startswith('VmRSS:'))


def main():
    live = Live(SERVER, '-i', 'eth0', '--json', '--summary-only', '--port', '80', '-j', LANES).ready()
    lab.logged()
    visitors = [lab.start(lab.inside(CLIENT, sys.executable, '-c', VISITOR, host), stdin=lab.subprocess.PIPE,
                          stdout=lab.subprocess.PIPE) for host in (SERVER4, SERVER6)]
    begin, memory = time.monotonic(), []
    while time.monotonic() < begin + SECONDS:
        time.sleep(min(5, SECONDS / 20))
        memory.append(memory_kib(live.child))
        assert live.child.poll() is None, live.errors()
        assert all(v.poll() is None for v in visitors), 'a visitor ended'
    asked = sum(int(v.communicate(b'\n', timeout=30)[0]) for v in visitors)
    time.sleep(1)
    lines = live.end(signal.SIGTERM)
    counters, logged = lab.summary(lines)['counters'], lab.logged()
    # Connections that closed are remembered for 30 s: until then memory grows.
    early, late = max(memory[len(memory) // 5:len(memory) // 2]), max(memory[len(memory) // 2:])
    seen = counters['cors']['exchanges_judged']
    print(f'# {SECONDS:.0f} s: {asked} requests on {counters["net"]["connections"]} connections, {logged} logged, {seen} seen; '
          f'memory {memory[0]} KiB at first, {early} KiB in the first half, {late} KiB in the second')
    assert asked == logged == seen, (asked, logged, seen)
    assert late <= early * 1.02 + 512, memory
    for layer, names in (('live', ('ring_dropped', 'interface_dropped')), ('lanes', ('dropped',)),
                         ('net', ('connections_evicted', 'gaps', 'hold_overflows', 'no_memory')),
                         ('http', ('held_over_limit', 'cut_lost', 'no_memory', 'responses_without_request')),
                         ('prefilter', ('untracked',))):
        for name in names:
            assert counters[layer][name] == 0, (layer, name, counters[layer])


if __name__ == '__main__':
    print('1..1')
    try:
        lab.begin()
        main()
        print('ok 1 - a long run in small')
    except Skip as reason:
        print(f'ok 1 - a long run in small # SKIP {reason}')
