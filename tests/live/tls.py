#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Captures inside TLS, live: the key log grows while the traffic is there."""
import collections
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from lab import CLIENT, FOLDER, SERVER, SERVER4, STORY, Live, Skip, tcpdump  # noqa: E402
from tap import run, sniff  # noqa: E402

PLAYED = [r for r in STORY if r[0] != 'HEAD']
# The kernel hands packets over after 20 ms; then the program has to find the new lines.
PAUSE_S = 0.3


def asked(lines):
    return collections.Counter(f"{x['request']['method']} {x['request']['target']}" for x in lines
                               if x['type'] == 'exchange' and x['response'])


def live_with(keylog, *args):
    open(keylog, 'w', encoding='ascii').close()
    return Live(SERVER, '-i', 'eth0', '--json', '--keylog', keylog, *args).ready()


def test_a_key_log_that_grows():
    keylog = os.path.join(FOLDER, 'grows.keys')
    live = live_with(keylog)
    path = os.path.join(FOLDER, 'grows.pcap')
    with tcpdump(SERVER, 'eth0', path):
        for _ in range(2):
            lab.curl(CLIENT, f'https://{SERVER4}', PLAYED, keylog)
            time.sleep(PAUSE_S)
    lines = live.end()
    assert sum(asked(lines).values()) == 2 * len(PLAYED), asked(lines)
    assert all(x['request']['scheme'] == 'https' for x in lines if x['type'] == 'exchange')
    # The default ports have 443 when there is a key log.
    code, out, err = sniff('-r', path, '--json', '--keylog', keylog, '--port', '80,443')
    assert code == 0, err
    lab.differ(lines, [lab.json.loads(line) for line in out.splitlines()])


def test_secrets_that_come_too_late_make_nothing_up():
    keylog = os.path.join(FOLDER, 'late.keys')
    elsewhere = os.path.join(FOLDER, 'elsewhere.keys')
    live = live_with(keylog)
    lab.curl(CLIENT, f'https://{SERVER4}', PLAYED, elsewhere)
    time.sleep(PAUSE_S)
    with open(elsewhere, 'rb') as late, open(keylog, 'ab') as log:
        log.write(late.read())
    lab.curl(CLIENT, f'https://{SERVER4}', PLAYED, keylog)
    time.sleep(PAUSE_S)
    lines = live.end()
    assert sum(asked(lines).values()) == len(PLAYED), asked(lines)
    assert lab.summary(lines)['counters']['tls']['no_key'] == 1, lab.summary(lines)['counters']['tls']


def test_a_key_log_that_is_begun_anew():
    keylog = os.path.join(FOLDER, 'anew.keys')
    live = live_with(keylog)
    for _ in range(3):
        lab.curl(CLIENT, f'https://{SERVER4}', PLAYED[:2], keylog)
        time.sleep(PAUSE_S)
        os.truncate(keylog, 0)
    lines = live.end()
    assert sum(asked(lines).values()) == 6, asked(lines)


if __name__ == '__main__':
    try:
        lab.begin()
    except Skip as reason:
        print(f'1..1\nok 1 - live captures inside TLS # SKIP {reason}')
        sys.exit(0)
    run(sys.modules[__name__])
