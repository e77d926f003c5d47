#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Where a running capture writes to: a store that is killed, or locked by others, and evidence."""
import collections
import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from lab import APP, CLIENT, FOLDER, SERVER, SERVER4, Live, Skip  # noqa: E402
from tap import PROGRAM, environment, run  # noqa: E402


def ask(db, sql):
    with contextlib.closing(sqlite3.connect(db, timeout=10)) as connection:
        return connection.execute(sql).fetchall()


def stored(db):
    """Exchanges in a store that may not have its tables yet."""
    try:
        return ask(db, 'SELECT count(*) FROM exchange')[0][0]
    except sqlite3.OperationalError:
        return 0


def causes(*args):
    """Findings of each cause, in the end."""
    done = subprocess.run([PROGRAM, *args, '--json'], capture_output=True, env=environment(), check=True, timeout=60)
    objects = [json.loads(line) for line in done.stdout.splitlines()]
    return {o['cause']: o['count'] for o in objects if o['type'] == 'cause' and o['state'] == 'final'}


def final(lines):
    return {o['cause']: o['count'] for o in lines if o['type'] == 'cause' and o['state'] == 'final'}


def wrong(times):
    lab.curl(CLIENT, f'http://{SERVER4}', [('GET', '/none', APP)] * times)


def test_a_killed_capture_loses_no_batch_that_was_due():
    db = os.path.join(FOLDER, 'killed.db')
    live = Live(SERVER, '-i', 'eth0', '--json', '--store', db).ready()
    wrong(40)
    lab.wait_until(lambda: stored(db) == 40, 'findings in the store')
    # A batch is committed every second: what is older than two is there, whatever happens then.
    wrong(30)
    time.sleep(2)
    wrong(5)
    lab.stop(live.child, signal.SIGKILL)
    assert live.child.returncode == -signal.SIGKILL
    assert ask(db, 'PRAGMA integrity_check') == [('ok',)]
    assert 70 <= stored(db) <= 75, stored(db)
    assert sum(causes('--from-store', db).values()) == ask(db, 'SELECT count(*) FROM finding')[0][0]
    # It is of use to the next one, which adds to it.
    live = Live(SERVER, '-i', 'eth0', '--json', '--store', db).ready()
    before = stored(db)
    wrong(7)
    live.end()
    assert stored(db) == before + 7


def test_the_store_of_a_capture_tells_what_the_capture_told():
    db = os.path.join(FOLDER, 'told.db')
    live = Live(SERVER, '-i', 'eth0', '--json', '--store', db, '-j', '2').ready()
    lab.play(CLIENT, SERVER4)
    time.sleep(0.3)
    lines = live.end()
    assert len(final(lines)) > 3 and final(lines) == causes('--from-store', db)


def test_a_store_that_is_locked_does_not_hold_up_the_capture():
    db = os.path.join(FOLDER, 'locked.db')
    live = Live(SERVER, '-i', 'eth0', '--json', '--store', db).ready()
    wrong(3)
    lab.wait_until(lambda: stored(db) == 3, 'findings in the store')
    with contextlib.closing(sqlite3.connect(db, isolation_level=None)) as other:
        other.execute('BEGIN IMMEDIATE')
        seconds, end = 4, time.monotonic() + 4
        while time.monotonic() < end:
            wrong(200)
        # A cause whose first finding is lost.
        lab.curl(CLIENT, f'http://{SERVER4}', [('GET', '/constant', lab.EVIL)] * 2)
        time.sleep(1)
        other.execute('ROLLBACK')
    lab.wait_until(lambda: stored(db) > 3 or wrong(1), 'the store again')
    lab.curl(CLIENT, f'http://{SERVER4}', [('GET', '/constant', lab.EVIL)] * 2)
    lab.stop(live.child, signal.SIGINT)
    # What was not written is told, counted, and in the exit code.
    assert live.child.returncode == 3 and 'database is locked' in live.errors(), live.errors()
    lines = [json.loads(line) for line in live.output().splitlines()]
    counters = lab.summary(lines)['counters']
    found = sum(bool(o['findings']) for o in lines if o['type'] == 'exchange')
    store = counters['store']
    assert found == store['exchanges'] + store['exchanges_lost'] and store['exchanges'] == stored(db), (found, store)
    assert store['exchanges_lost'] > 100 and store['counts_lost'] == 0
    told = sum(o['type'] == 'exchange' for o in lines)
    assert ask(db, 'SELECT sum(exchanges) FROM traffic')[0][0] == told
    # The capture went on, and so did every other output.
    dropped, all_of_them = counters['lanes']['dropped'], counters['http']['exchanges']
    assert told == all_of_them and dropped == 0, (told, dropped, all_of_them)
    assert lab.summary(lines)['inputs'][0]['counters']['ring_dropped'] == 0
    print(f'# locked for {seconds} s and more: {all_of_them} exchanges, {dropped} dropped, {store["exchanges_lost"]} not stored')
    assert ask(db, 'SELECT count(*) FROM finding WHERE cause NOT IN (SELECT id FROM cause)') == [(0,)]


def test_evidence_reads_back_to_the_same_findings():
    path = os.path.join(FOLDER, 'evidence.pcapng')
    live = Live(SERVER, '-i', 'eth0', '--json', '--evidence', path).ready()
    # Each on a connection of its own: see evidence.h.
    for port, requests in (('80', lab.STORY), ('8080', lab.CHUNKED)):
        for request in requests:
            if request[0] != 'HEAD':
                lab.curl(CLIENT, f'http://{SERVER4}:{port}', [request])
    time.sleep(0.3)
    lines = live.end()
    wanted = collections.Counter()
    for key, cnt in lab.exchanges([o for o in lines if o.get('findings')]).items():
        wanted[key[1:4] + key[7:10] + (tuple(rule for rule, _ in key[-1]),)] += cnt
    back = collections.Counter()
    for key, cnt in lab.exchanges(lab.offline(path)).items():
        back[key[1:4] + key[7:10] + (tuple(rule for rule, _ in key[-1]),)] += cnt
    # Advice that rests on other exchanges, which are no evidence, may be missing or new.
    blocked = lambda found: {k: n for k, n in found.items() if k[4] == 'block'}
    assert blocked(wanted) and blocked(wanted) == blocked(back), (wanted - back, back - wanted)
    counters = lab.summary(lines)['counters']['evidence']
    assert counters['packets_gone'] == 0, counters
    try:
        done = subprocess.run(['tshark', '-n', '-r', path, '-T', 'fields', '-e', 'frame.comment'], capture_output=True,
                              check=True)
    except FileNotFoundError as missing:
        raise Skip('no tshark') from missing
    comments = done.stdout.decode().splitlines()
    assert len(comments) == counters['packets'] > 0 and all(c.startswith('cors-sniff ') for c in comments), comments
    assert any('block: acao-missing (error)' in c for c in comments)


if __name__ == '__main__':
    try:
        lab.begin()
    except Skip as reason:
        print(f'1..1\nok 1 - where a capture writes to # SKIP {reason}')
        sys.exit(0)
    run(sys.modules[__name__])
