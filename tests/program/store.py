#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The store: what a killed program leaves, older files, limits, full disks, and what comes back."""
import contextlib
import json
import os
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import talk  # noqa: E402
from tap import PROGRAM, ROOT, Skip, environment, run, sniff  # noqa: E402

FOLDER = tempfile.TemporaryDirectory(prefix='cors-sniff-test-')
LEGS = os.path.join(ROOT, 'pcaps', 'legs.pcapng')
DEMO = os.path.join(ROOT, 'pcaps', 'demo.pcapng')
# The tables as the first version had them.
VERSION_1 = '''
CREATE TABLE head(id INTEGER PRIMARY KEY, lines BLOB NOT NULL);
CREATE TABLE exchange(
 id INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL,
 end_packet INTEGER NOT NULL, client TEXT, server TEXT, source TEXT,
 connection INTEGER NOT NULL, stream INTEGER NOT NULL, number INTEGER NOT NULL,
 outcome TEXT NOT NULL, is_pairing_unsure INTEGER NOT NULL,
 method TEXT, target TEXT, host TEXT,
 request_version INTEGER, request_packet INTEGER, request_packet_last INTEGER,
 request_flaws INTEGER, request_auth INTEGER, is_tls INTEGER, is_target_cut INTEGER,
 request_head INTEGER REFERENCES head(id),
 status INTEGER, response_version INTEGER, response_time_ns INTEGER,
 response_packet INTEGER, response_packet_last INTEGER, response_flaws INTEGER,
 informational INTEGER, response_head INTEGER REFERENCES head(id),
 kind TEXT NOT NULL, verdict TEXT NOT NULL, error TEXT, code TEXT,
 confidence TEXT NOT NULL, credentials TEXT NOT NULL, unknown TEXT,
 is_browser INTEGER NOT NULL);
CREATE INDEX exchange_time ON exchange(time_ns);
CREATE TABLE finding(
 exchange INTEGER NOT NULL REFERENCES exchange(id), number INTEGER NOT NULL,
 rule TEXT NOT NULL, confidence TEXT NOT NULL, cause INTEGER NOT NULL,
 components INTEGER NOT NULL, subject TEXT, evidence TEXT NOT NULL,
 PRIMARY KEY(exchange, number)) WITHOUT ROWID;
CREATE TABLE cause(
 id INTEGER PRIMARY KEY, name TEXT NOT NULL, rule TEXT NOT NULL, explained_by TEXT,
 host TEXT NOT NULL, detail TEXT NOT NULL, console TEXT, fix TEXT NOT NULL,
 platform TEXT NOT NULL, curl TEXT NOT NULL, example TEXT NOT NULL,
 first_packet INTEGER NOT NULL);
CREATE TABLE traffic(
 minute INTEGER NOT NULL, kind TEXT NOT NULL, verdict TEXT NOT NULL,
 unknown TEXT NOT NULL, is_browser INTEGER NOT NULL, exchanges INTEGER NOT NULL,
 PRIMARY KEY(minute, kind, verdict, unknown, is_browser)) WITHOUT ROWID;
INSERT INTO exchange VALUES(1, 1795445174000400000, 1795445174000500000, 6, '10.9.0.1:50000',
 '10.9.0.2:80', 'old.pcap', 1, 0, 0, 'response', 0, 'GET', '/old', 'api.example.com', 11, 4, 4, 0, 0,
 0, 0, 1, 200, 11, 1795445174000500000, 6, 6, 0, 0, 2, 'actual', 'block', 'AllowOriginMismatch',
 'acao-port', 'certain', 'unknown', NULL, 1);
INSERT INTO head VALUES(1, 'Origin: https://app.example.com' || char(10));
INSERT INTO head VALUES(2, 'Vary: Origin' || char(10));
INSERT INTO finding VALUES(1, 0, 'acao-port', 'certain', 1234567890123456789, 4, NULL, '4 6');
INSERT INTO finding VALUES(1, 1, 'rule-of-another-version', 'certain', 1, 0, NULL, '');
INSERT INTO cause VALUES(1234567890123456789, 'c-11221cf0', 'acao-port', NULL, 'api.example.com', 'the old detail',
 NULL, 'the old fix', 'nginx', 'curl', 'GET /old', 6);
INSERT INTO traffic VALUES(29924086, 'actual', 'block', '', 1, 1);
INSERT INTO traffic VALUES(29924086, 'actual', 'pass', '', 1, 41);
PRAGMA user_version = 1;
'''


def path_of(name):
    return os.path.join(FOLDER.name, name)


def save(name, data):
    with open(path_of(name), 'wb') as f:
        f.write(data)
    return path_of(name)


def ask(db, sql):
    # A connection that is not closed would hold its file.
    with contextlib.closing(sqlite3.connect(db)) as connection:
        return connection.execute(sql).fetchall()


def lines(*args):
    code, out, err = sniff('--json', *args)
    assert code == 0, (code, err)
    return [json.loads(line) for line in out.splitlines()]


def stored(name, *args, capture=DEMO):
    db = path_of(name)
    code, _, err = sniff('-r', capture, '--store', db, *args)
    assert code == 0 and err == b'', (code, err)
    return db


def many(cnt, first_s=0, port=20000):
    """cnt exchanges with one finding each, a second apart, each on a host of its own in turn."""
    capture = talk.Capture()
    for i in range(cnt):
        capture.time_us = (first_s + i) * 1000000
        host = f'h{i % 50}.example.com'.encode()
        capture.talk((talk.get(host=host, target=f'/{i}'.encode()), talk.reply(b'null')), port=port + i % 40000)
    return capture


def test_what_was_stored_comes_back_as_it_was_judged():
    for capture in (DEMO, save('nul.pcap', talk.Capture().talk(
            (talk.get(origin=b'https://\xff\xe4.test', target=b'/\xff?a\\n=\xe2\x82\xac'),
             talk.reply(b'a\x00b', extra=b'Location: \xffx\r\nAccess-Control-Allow-Origin : z\\\r\n')),
            (talk.get(), None)).bytes())):
        db = path_of('back.db')
        if os.path.exists(db):
            os.unlink(db)
        direct = lines('-r', capture, '--store', f'sqlite:{db}')
        back = lines('--from-store', db)
        wanted = [o for o in direct if o['type'] == 'exchange' and o['findings']]
        assert wanted and wanted == [o for o in back if o['type'] == 'exchange']
        for kind in ('cause', 'policy'):
            assert [o for o in direct if o['type'] == kind] == [o for o in back if o['type'] == kind]
        for member in ('cors', 'unknown', 'severities', 'findings', 'causes'):
            assert direct[-1][member] == back[-1][member], member
        assert direct[-1]['counters']['http'] == back[-1]['counters']['http']
        assert ask(db, 'PRAGMA integrity_check') == [('ok',)]


def test_every_form_can_be_written_from_a_store():
    db = stored('forms.db')
    for form in ('text', 'har', 'sarif', 'junit', 'csv'):
        _, direct, _ = sniff('-r', DEMO, '--format', form, '--findings-only', '-q')
        code, back, err = sniff('--from-store', db, '--format', form, '--findings-only', '-q')
        assert (code, err) == (0, b'')
        if form != 'junit':  # which tells when the capture began
            assert direct == back, form
    assert sniff('--from-store', db, '--fail-on', 'error')[0] == 1


def test_what_was_taken_back_is_taken_out():
    db = stored('legs.db', capture=LEGS)
    direct, back = lines('-r', LEGS), lines('--from-store', db)
    finals = [o for o in direct if o['type'] == 'cause' and o['state'] == 'final']
    assert len(finals) == 10 and finals == [o for o in back if o['type'] == 'cause' and o['state'] == 'final']
    for member in ('cors', 'unknown', 'severities', 'findings', 'causes'):
        assert direct[-1][member] == back[-1][member], member
    taken = [o for o in direct if o['type'] == 'taken-back' and o['findings']]
    assert back[-1]['counters']['store']['taken_back'] == len(taken) == 5
    assert back[-1]['counters']['store']['taken_back_late'] == 0
    assert not {o['connection'] for o in taken} & {o['connection'] for o in back if o['type'] == 'exchange'}
    for form in ('har', 'csv'):
        assert sniff('-r', LEGS, '--format', form, '--findings-only')[1] == \
            sniff('--from-store', db, '--format', form, '--findings-only')[1]


def test_sql_can_read_it():
    db = stored('sql.db')
    name, rule, findings = ask(db, "SELECT name, rule, findings FROM causes WHERE rule = 'acao-port'")[0]
    assert name.startswith('c-') and findings == 3
    assert ask(db, "SELECT sum(exchanges) FROM resources")[0][0] == ask(db, 'SELECT count(*) FROM exchange')[0][0]
    assert ask(db, 'SELECT sum(exchanges) FROM traffic')[0][0] == 86
    assert os.stat(db).st_mode & 0o777 == 0o600


def test_a_killed_program_loses_nothing_that_was_committed():
    db = path_of('killed.db')
    data = many(20000).bytes()
    child = subprocess.Popen([PROGRAM, '-r', '-', '--store', db], stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
    before, at = 0, 0
    deadline = time.monotonic() + 60
    # The pipe stays open, so that the program is in the middle of it whenever it is killed.
    while before < 8000 and time.monotonic() < deadline:
        child.stdin.write(data[at:at + 200000])
        child.stdin.flush()
        at += 200000
        if os.path.exists(db) and at % 1000000 == 0:
            try:
                before = ask(db, 'SELECT count(*) FROM exchange')[0][0]
            except sqlite3.OperationalError:  # the tables are being made
                before = 0
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdin.close()
    assert before >= 8000 and at < len(data), before
    assert ask(db, 'PRAGMA integrity_check') == [('ok',)]
    after = ask(db, 'SELECT count(*) FROM exchange')[0][0]
    assert after >= before and after == ask(db, 'SELECT count(DISTINCT exchange) FROM finding')[0][0]
    assert ask(db, 'SELECT count(*) FROM finding WHERE cause NOT IN (SELECT id FROM cause)') == [(0,)]
    back = lines('--from-store', db, '--quiet')
    assert len([o for o in back if o['type'] == 'exchange']) == after
    code, _, err = sniff('-r', DEMO, '--store', db)
    assert (code, err) == (0, b'')


def test_an_older_store_is_brought_up_to_date():
    db = path_of('old.db')
    with contextlib.closing(sqlite3.connect(db)) as connection:
        connection.executescript(VERSION_1)
    objects = lines('--from-store', db)
    x, = [o for o in objects if o['type'] == 'exchange']
    assert x['request']['target'] == '/old' and x['findings'][0]['evidence'] == ['#4', '#6']
    assert x['request']['headers'] == [['Origin', 'https://app.example.com']]
    cause = [o for o in objects if o['type'] == 'cause'][-1]
    assert cause['detail'] == 'the old detail' and cause['count'] == 1 and cause['fix'] == 'the old fix'
    assert objects[-1]['cors']['actual']['pass'] == 41
    assert any('1 findings of rules' in note for note in objects[-1]['notes'])
    assert ask(db, 'PRAGMA user_version')[0][0] > 1
    assert sniff('-r', DEMO, '--store', db)[0] == 0
    assert ask(db, 'SELECT count(*) FROM exchange')[0][0] > 1


def test_a_file_of_somebody_else_is_left_alone():
    newer, other = path_of('newer.db'), path_of('other.db')
    ask(newer, 'PRAGMA user_version = 999')
    ask(other, 'CREATE TABLE mine(x)')
    text = save('text.db', b'not a database, but longer than the header of one' * 40)
    for db, why in ((newer, b'newer cors-sniff'), (other, b'another program'), (text, b'not a database'),
                    (path_of('no/such.db'), b'unable to open')):
        before = open(db, 'rb').read() if os.path.exists(db) else None
        for args in (['-r', DEMO, '--store', db], ['--from-store', db]):
            code, _, err = sniff(*args)
            assert code in (2, 3) and why in err, (db, err)
        assert before is None or open(db, 'rb').read() == before
    code, _, err = sniff('-r', DEMO, '--store', 'postgres://x')
    assert code == 2 and b'sqlite:FILE' in err


def test_a_range_of_time_has_the_counts_of_that_range():
    capture = save('range.pcap', many(300).bytes())
    db = stored('range.db', capture=capture)
    hours = talk.START_S
    start = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(hours + 100))
    end = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(hours + 199))
    objects = lines('--from-store', db, '--since', start, '--until', end)
    targets = [int(o['request']['target'][1:]) for o in objects if o['type'] == 'exchange']
    assert targets == list(range(100, 199)), targets
    causes = [o for o in objects if o['type'] == 'cause' and o['state'] == 'final']
    assert sum(c['count'] for c in causes) == 99 and len(causes) == 50
    assert all(start[:-1] <= c['first'] <= c['last'] <= end for c in causes)
    for bad in ('yesterday', '2026-13-01', '-5d'):
        assert sniff('--from-store', db, '--since', bad)[0] == 2


def test_what_is_too_old_goes():
    capture = save('old.pcap', many(300).bytes())
    db = stored('age.db', '--store-keep', '100s', capture=capture)
    left = [int(t[0][1:]) for t in ask(db, 'SELECT target FROM exchange ORDER BY id')]
    assert left == list(range(199, 300)), left
    assert ask(db, 'SELECT count(*) FROM finding')[0][0] == len(left)
    assert ask(db, 'PRAGMA integrity_check') == [('ok',)]
    # A later run's causes come back though the former run's went.
    later = save('later.pcap', many(10, first_s=10000).bytes())
    assert sniff('-r', later, '--store', db, '--store-keep', '100s')[0] == 0
    assert ask(db, 'SELECT count(*) FROM exchange') == [(10,)]
    assert ask(db, 'SELECT count(*) FROM cause') == [(10,)]
    assert all(o['detail'] for o in lines('--from-store', db) if o['type'] == 'cause')


def test_it_stays_below_its_size():
    capture = save('size.pcap', many(30000).bytes())
    db = stored('size.db', '--store-size', '2M', capture=capture)
    size = os.stat(db).st_size
    assert 1 << 20 < size <= 2 << 20, size
    newest = ask(db, 'SELECT target FROM exchange ORDER BY id DESC LIMIT 1')[0][0]
    assert newest == '/29999' and ask(db, 'PRAGMA integrity_check') == [('ok',)]
    summary = lines('--from-store', db, '--summary-only')[-1]
    assert summary['counters']['store']['pruned'] > 0


@contextlib.contextmanager
def disk(size):
    """A folder with room for so many bytes."""
    if os.geteuid() != 0:
        raise Skip('mounting a small file system needs root')
    with tempfile.TemporaryDirectory(dir=FOLDER.name) as place:
        done = subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={size}', 'cors-sniff-test', place],
                              capture_output=True, check=False)
        if done.returncode:
            raise Skip('cannot mount a small file system here')
        try:
            yield place
        finally:
            subprocess.run(['umount', place], check=True)


def test_a_full_disk_is_told_and_counted():
    with disk('1m') as place:
        capture = save('full.pcap', many(20000).bytes())
        db = os.path.join(place, 'full.db')
        code, out, err = sniff('-r', capture, '--store', db, '--json', '--findings-only')
        summary = json.loads(out.splitlines()[-1])
        counters = summary['counters']['store']
        assert code == 3 and b'exchanges with findings are not in the store' in err, (code, err)
        assert counters['exchanges_lost'] > 0 and counters['errors'] > 0
        assert counters['exchanges'] + counters['exchanges_lost'] == 20000, counters
        kept = ask(db, 'SELECT count(*) FROM exchange')[0][0]
        assert kept == counters['exchanges'] and ask(db, 'PRAGMA integrity_check') == [('ok',)]


def test_a_disk_too_full_to_begin_is_told():
    with disk('64k') as place:
        code, _, err = sniff('-r', DEMO, '--store', os.path.join(place, 'full.db'))
        assert code == 3 and err.endswith(b'full.db: database or disk is full\n'), (code, err)


def test_what_is_taken_back_in_a_lost_batch_is_not_taken_out():
    # Room for the empty store, and not for the one batch, whose size is SQLite's own matter.
    for size in range(96, 192, 8):
        with disk(f'{size}k') as place:
            code, out, err = sniff('-r', LEGS, '--store', os.path.join(place, 'full.db'), '--json', '--findings-only')
            counters = json.loads(out.splitlines()[-1])['counters']['store'] if out else {}
        if counters.get('exchanges_lost'):
            break
    assert code == 3 and counters['exchanges'] == 0, (code, counters, err)
    assert counters['taken_back'] == 0 and counters['taken_back_late'] == 5, counters


def test_two_programs_share_a_store():
    db = path_of('shared.db')
    capture = save('shared.pcap', many(3000).bytes())
    children = [subprocess.Popen([PROGRAM, '-r', capture, '--store', db, '-q'], env=environment(),
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(2)]
    for child in children:
        _, err = child.communicate(timeout=60)
        assert child.returncode == 0 and err == b'', err
    assert ask(db, 'SELECT count(*) FROM exchange') == [(6000,)]


if __name__ == '__main__':
    run(sys.modules[__name__])
