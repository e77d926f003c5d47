#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The web server: routes, negotiation, TLS, passwords, clients that behave badly; the metrics by Prometheus' own tools."""
import base64
import contextlib
import fcntl
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import termios
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import talk  # noqa: E402
from json_lines import close  # noqa: E402
from tap import PROGRAM, ROOT, Skip, environment, run, sniff  # noqa: E402

FOLDER = tempfile.TemporaryDirectory(prefix='cors-sniff-test-')
DEMO = os.path.join(ROOT, 'pcaps/demo.pcapng')
START_S = 30
OPENMETRICS = 'application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'


def save(name, data):
    path = os.path.join(FOLDER.name, name)
    with open(path, 'wb') as f:
        f.write(data)
    return path


def take_terminal():
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # which nohup leaves ignored
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Serving:
    """The program while it serves; stdin is what -r - reads, or its terminal. Without one it has none, whoever tests."""

    def __init__(self, *args, address='127.0.0.1:0', stdin=None, terminal=None, env=None):
        self.child = subprocess.Popen([PROGRAM, '--listen', address, '-q', *args],
                                      stdin=terminal or stdin or subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.PIPE, env=env or environment(), start_new_session=True,
                                      preexec_fn=take_terminal if terminal else None)
        self.said = []
        while True:
            line = self.child.stderr.readline().decode()
            assert line, (self.child.wait(), self.said)
            self.said.append(line)
            found = re.search(r'serving on (https?)://(\S+):(\d+)/', line)
            if found:
                break
        self.scheme, self.host, self.port = found.group(1), found.group(2).strip('[]'), int(found.group(3))

    def ask(self, path, method='GET', headers=None, tls=None, body=None):
        """Status, headers and body."""
        if tls:
            c = http.client.HTTPSConnection(self.host, self.port, timeout=START_S, context=tls)
        else:
            c = http.client.HTTPConnection(self.host, self.port, timeout=START_S)
        try:
            c.request(method, path, body=body, headers=headers or {})
            r = c.getresponse()
            return r.status, {k.lower(): v for k, v in r.getheaders()}, r.read()
        finally:
            c.close()

    def json(self, path):
        status, headers, body = self.ask(path)
        assert status == 200 and headers['content-type'] == 'application/json', (path, status)
        return json.loads(body)

    def stop(self, number=signal.SIGTERM):
        self.child.send_signal(number)
        begin = time.monotonic()
        code = self.child.wait(timeout=START_S)
        self.said.append(self.child.stderr.read().decode())
        self.child.stderr.close()
        return code, time.monotonic() - begin


@contextlib.contextmanager
def serving(*args, **more):
    s = Serving(*args, **more)
    try:
        anyone = ssl._create_unverified_context() if s.scheme == 'https' else None
        for _ in range(300):  # until it is ready
            if s.ask('/-/ready', tls=anyone)[0] != 503:
                break
            time.sleep(0.1)
        # Editions of a read that goes on differ.
        while not {'--web-config', '--replay-speed', '-'} & set(args) and s.json('/api/summary')['state'] != 'done':
            time.sleep(0.1)
        yield s
    finally:
        if s.child.poll() is None:
            s.stop(signal.SIGKILL)


def test_it_serves_after_the_read_until_it_is_asked_to_stop():
    for number in (signal.SIGINT, signal.SIGTERM):
        with serving('-r', DEMO) as s:
            time.sleep(0.5)
            assert s.child.poll() is None
            assert s.json('/api/summary')['state'] == 'done'
            code, took_s = s.stop(number)
            assert code == 0 and took_s < 5, (code, took_s, s.said)


def test_statistics_are_told_while_it_only_serves():
    db = os.path.join(FOLDER.name, 'asked.db')
    assert sniff('-r', DEMO, '--store', db)[0] == 0
    for args in (['-r', DEMO], ['-r', DEMO, '-j', '2'], ['--from-store', db]):
        with serving(*args) as s:
            os.set_blocking(s.child.stderr.fileno(), False)
            said = b''
            for times in (1, 2):
                s.child.send_signal(signal.SIGUSR1)
                deadline = time.monotonic() + START_S
                while said.count(b'86 exchanges') < times and time.monotonic() < deadline:
                    time.sleep(0.05)
                    said += s.child.stderr.read() or b''
                assert said.count(b'86 exchanges') == times, (args, said)
            os.set_blocking(s.child.stderr.fileno(), True)
            assert s.stop()[0] == 0


def test_a_reload_does_not_end_who_serves():
    db = os.path.join(FOLDER.name, 'reload.db')
    assert sniff('-r', DEMO, '--store', db)[0] == 0
    for args in (['-r', DEMO], ['--from-store', db]):
        with serving(*args) as s:
            s.child.send_signal(signal.SIGHUP)
            time.sleep(0.5)
            assert s.child.poll() is None and s.json('/api/summary')['state'] == 'done'
            assert s.stop()[0] == 0


def test_a_terminal_that_closes_ends_who_serves():
    ours, theirs = os.openpty()
    with serving('-r', DEMO, terminal=theirs) as s:  # what it says goes elsewhere
        os.close(theirs)
        os.close(ours)
        assert s.child.wait(timeout=START_S) == -signal.SIGHUP


def test_findings_are_still_the_exit_code():
    with serving('-r', DEMO, '--fail-on', 'error') as s:
        assert s.stop()[0] == 1


def metric_lines(s, *names):
    """The lines of these series."""
    text = s.ask('/metrics')[2].decode()
    return sorted(line for line in text.splitlines() if line.startswith(tuple(f'cors_sniff_{n}' for n in names)))


def test_a_store_counts_what_it_does_not_tell():
    db = os.path.join(FOLDER.name, 'told.db')
    capture = talk.Capture()
    for i in range(400):  # one in four is blocked, and none in the first and the last minutes
        capture.time_us = i * 2000000
        wrong = i % 4 == 0 and 100 <= i < 300
        capture.talk((talk.get(), talk.reply(b'null' if wrong else b'https://app.example.com')), port=20000 + i)
    assert sniff('-r', save('told.pcap', capture.bytes()), '--store', db)[0] == 0
    series = ('cors_requests_total', 'findings_total', 'incomplete_exchanges_total', 'causes')
    with serving('-r', os.path.join(FOLDER.name, 'told.pcap')) as s:
        direct, wanted = s.json('/api/summary'), metric_lines(s, *series)
        wanted_all = sum(int(line.split()[-1]) for line in metric_lines(s, 'exchanges_total'))
    with serving('--from-store', db) as s:
        told, lines = s.json('/api/summary'), metric_lines(s, *series)
        assert sum(int(line.split()[-1]) for line in metric_lines(s, 'exchanges_total')) == wanted_all == 400
    for member in ('exchanges', 'not_browser', 'cors', 'unknown', 'findings'):
        assert direct[member] == told[member], member
    assert lines == wanted and any('verdict="pass"} 350' in line for line in lines)
    for name in ('pass', 'block', 'unknown', 'not_cors'):
        assert sum(direct['trend'][name]) == sum(told['trend'][name]), name
    # Minutes without findings stand where they were, too.
    assert told['trend']['pass'][0] and told['trend']['pass'][-1] and not told['trend']['block'][-1]
    db = os.path.join(FOLDER.name, 'well.db')
    assert sniff('-r', save('well.pcap', talk.right().bytes()), '--store', db)[0] == 0
    with serving('--from-store', db) as s:
        told = s.json('/api/summary')
        assert sum(told['trend']['pass']) == told['cors']['preflight']['pass'] + told['cors']['actual']['pass'] > 0


def test_every_path_answers_with_its_type():
    with serving('-r', DEMO) as s:
        for path, kind in (('/', 'text/html'), ('/app.js', 'text/javascript'), ('/chart.js', 'text/javascript'),
                           ('/style.css', 'text/css'), ('/icon.svg', 'image/svg+xml'), ('/metrics', 'text/plain; version=0.0.4'),
                           ('/api', 'application/json'), ('/api/schema', 'application/schema+json'),
                           ('/-/healthy', 'text/plain'), ('/-/ready', 'text/plain')):
            status, headers, body = s.ask(path)
            assert status == 200 and headers['content-type'].startswith(kind) and body, (path, status, headers)
            assert int(headers['content-length']) == len(body)
            status, again, nothing = s.ask(path, 'HEAD')
            assert (status, nothing) == (200, b'') and again['content-length'] == headers['content-length'], path
        for path in s.json('/api')['paths']:
            if path not in ('/api/events',) and '{' not in path:
                assert s.ask(path)[0] == 200, path


def test_what_is_not_there_and_what_may_not_be_done():
    with serving('-r', DEMO) as s:
        for path in ('/nothing', '/api/nothing', '/api/causes/c-00000000', '/../etc/passwd', '/metrics%23open', '/app.js/x'):
            assert s.ask(path)[0] == 404, path
        for method in ('POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'):
            status, headers, _ = s.ask('/metrics', method, body=b'x' if method == 'POST' else None)
            assert status == 405 and headers['allow'] == 'GET, HEAD', (method, status)


def test_every_answer_is_for_no_other_page():
    with serving('-r', DEMO) as s:
        for path in ('/', '/api/causes', '/metrics', '/nothing'):
            headers = s.ask(path, headers={'Origin': 'https://evil.example'})[1]
            policy = headers['content-security-policy']
            for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"):
                assert part in policy, (path, policy)
            assert 'unsafe' not in policy
            assert headers['x-content-type-options'] == 'nosniff' and headers['referrer-policy'] == 'no-referrer'
            assert not any(name.startswith('access-control-') for name in headers), headers


def test_a_name_that_was_made_to_lead_here_is_not_answered():
    with serving('-r', DEMO) as s:
        for host in ('evil.example', 'evil.example:9', 'localhost.evil.example', '127.0.0.1.evil.example', '[::1', ''):
            assert s.ask('/api/causes', headers={'Host': host})[0] in (400, 421), host
        for host in ('localhost', 'localhost:1', '127.0.0.1', '[::1]:80', 'LocalHost'):
            assert s.ask('/api/causes', headers={'Host': host})[0] == 200, host


def test_what_a_client_has_is_not_sent_again():
    with serving('-r', DEMO) as s:
        for path in ('/api/causes', '/api/summary', '/metrics'):
            tag = s.ask(path)[1]['etag']
            for given in (tag, f'"x", {tag}', f'W/{tag}', '*'):
                status, headers, body = s.ask(path, headers={'If-None-Match': given})
                assert (status, body, headers['etag']) == (304, b'', tag), (path, given, status)
            assert s.ask(path, headers={'If-None-Match': '"x"'})[0] == 200


def test_the_documents_are_as_the_schema_says():
    try:
        import jsonschema
    except ImportError as missing:
        raise Skip('python3-jsonschema is not installed') from missing
    captures = [os.path.join(ROOT, 'pcaps', name) for name in
                ('demo.pcapng', 'policies.pcap', 'cache-varnish-wrong.pcap', 'loss-capture.pcap', 'snaplen.pcap', 'ipv6.pcap')]
    with serving(*[word for path in captures for word in ('-r', path)]) as s:
        schema = json.loads(s.ask('/api/schema')[2])
        jsonschema.Draft202012Validator.check_schema(schema)
        close(schema)

        def check(kind, path):
            document = s.json(path)
            jsonschema.Draft202012Validator({**schema, '$ref': f'#/$defs/{kind}'}).validate(document)
            return document
        summary, causes = check('summary', '/api/summary'), check('causes', '/api/causes')
        assert summary['causes'] == len(causes['causes']) > 20
        assert len(check('policies', '/api/policies')['policies']) == summary['policies'] > 2
        conflicts = check('conflicts', '/api/conflicts')
        assert conflicts['total'] == summary['conflicts'] > 0
        for cause in causes['causes']:
            full = check('cause', '/api/causes/' + cause['cause'])
            assert full['exchange']['type'] == 'exchange' and full['count'] == cause['count']
            assert sum(full['trend']) == full['count'], full['cause']
        total = sum(sum(summary['trend'][key]) for key in ('pass', 'block', 'unknown', 'not_cors'))
        assert total == summary['exchanges'] > 0


def test_the_page_and_the_text_report_count_the_same():
    out = [json.loads(line) for line in sniff('-r', DEMO, '--json')[1].splitlines()]
    final = {line['cause']: line for line in out if line['type'] == 'cause' and line['state'] == 'final'}
    with serving('-r', DEMO) as s:
        causes = s.json('/api/causes')['causes']
        assert {c['cause']: c['count'] for c in causes} == {c: line['count'] for c, line in final.items()}
        assert s.json('/api/summary')['cors'] == out[-1]['cors']


def promtool(text):
    tool = shutil.which('promtool')
    if not tool:
        raise Skip('promtool is not installed')
    done = subprocess.run([tool, 'check', 'metrics'], input=text, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0 and not done.stdout and not done.stderr, (done.stdout, done.stderr)


def test_promtool_has_no_complaint_about_the_metrics():
    for args in (['-r', DEMO], ['-r', os.path.join(ROOT, 'pcaps/loss-capture.pcap'), '--metrics-label', 'origin:20',
                                '--metrics-label', 'host:5', '--metrics-label', 'path:5']):
        with serving(*args) as s:
            promtool(s.ask('/metrics')[2])


def samples(text):
    from prometheus_client.openmetrics.parser import text_string_to_metric_families
    return {(sample.name, tuple(sorted(sample.labels.items()))): sample
            for family in text_string_to_metric_families(text) for sample in family.samples}


def test_openmetrics_parses_strictly_and_says_the_same():
    try:
        import prometheus_client  # noqa: F401
    except ImportError as missing:
        raise Skip('python3-prometheus-client is not installed') from missing
    with serving('-r', DEMO) as s:
        status, headers, body = s.ask('/metrics', headers={'Accept': OPENMETRICS})
        assert status == 200 and headers['content-type'].startswith('application/openmetrics-text; version=1.0.0'), headers
        found = samples(body.decode())
        plain = dict(line.rsplit(' ', 1) for line in s.ask('/metrics')[2].decode().splitlines() if line[0] != '#')
        assert len(found) == len(plain) > 200
        port = found[('cors_sniff_findings_total', (('rule', 'acao-port'), ('severity', 'error')))]
        assert port.value == 3 and port.exemplar.labels['cause'].startswith('c-'), port
        assert s.ask('/api/causes/' + port.exemplar.labels['cause'])[0] == 200


def test_the_format_is_the_one_that_was_asked_for():
    with serving('-r', DEMO) as s:
        for accept, kind in ((None, 'text/plain'), ('*/*', 'text/plain'), ('text/html,*/*;q=0.8', 'text/plain'),
                             (OPENMETRICS, 'application/openmetrics-text'),
                             ('application/openmetrics-text', 'application/openmetrics-text'),
                             ('application/openmetrics-text;version=2.0.0', 'text/plain'),
                             ('application/openmetrics-text;q=0.1,text/plain;q=0.5', 'text/plain'),
                             ('application/openmetrics-text;q=0', 'text/plain')):
            headers = s.ask('/metrics', headers={'Accept': accept} if accept else {})[1]
            assert headers['content-type'].startswith(kind), (accept, headers['content-type'])


def event(file):
    """The next event's lines; comments are passed over."""
    lines = []
    while True:
        line = file.readline().decode().rstrip('\n')
        if not line and any(not text.startswith(':') for text in lines):
            return lines
        if line:
            lines.append(line)


def test_events_tell_of_what_comes_through_a_silent_pipe():
    steps = talk.Capture().talk((talk.get(), talk.reply(b'https://app.example.com:8443')))
    first, steps.records = steps.bytes(), []
    second = steps.talk((talk.get(host=b'b.example'), talk.reply()), port=50001).bytes()
    with serving('-r', '-', stdin=subprocess.PIPE) as s:
        def feed(data):
            s.child.stdin.write(data)
            s.child.stdin.flush()
        feed(first)
        stream = urllib.request.urlopen(f'http://127.0.0.1:{s.port}/api/events', timeout=START_S)
        assert stream.headers['content-type'] == 'text/event-stream'
        deadline = time.monotonic() + 10
        while not (s.ask('/-/ready')[0] == 200 and s.json('/api/causes')['causes']):  # the pipe says nothing more
            assert time.monotonic() < deadline
            time.sleep(0.1)
        begin = time.monotonic()
        feed(second)
        while len(s.json('/api/causes')['causes']) < 2:
            kind = event(stream)
            assert any(line == 'event: edition' for line in kind), kind
            assert time.monotonic() - begin < 10
        stream.close()
        s.child.stdin.close()
        s.child.stdin = None


def test_a_client_that_does_not_read_holds_up_nobody():
    with serving('-r', DEMO, '--replay-speed', '0.5') as s:
        stuck = []
        for _ in range(20):
            c = socket.create_connection(('127.0.0.1', s.port))
            c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            for _ in range(30):  # pipelined, and never read
                c.sendall(b'GET /chart.js HTTP/1.1\r\nHost: localhost\r\n\r\n')
            stuck.append(c)
        half = socket.create_connection(('127.0.0.1', s.port))
        half.sendall(b'GET /metr')
        for _ in range(20):
            begin = time.monotonic()
            assert s.ask('/api/summary')[0] == 200
            assert time.monotonic() - begin < 2
        deadline = time.monotonic() + 20  # the capture's 2.4 seconds, twice as slow
        while s.json('/api/summary')['state'] != 'done':
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert s.json('/api/summary')['exchanges'] == 86
        code, took_s = s.stop()
        assert code == 0 and took_s < 5, (code, took_s)
        for c in stuck + [half]:
            c.close()


def test_many_watch_and_metrics_still_answer():
    with serving('-r', DEMO) as s:
        watchers = []
        for _ in range(60):
            c = socket.create_connection(('127.0.0.1', s.port), timeout=START_S)
            c.sendall(b'GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n')
            watchers.append(c)
        answers = [c.recv(12) for c in watchers]
        assert answers.count(b'HTTP/1.1 200') == 32 and answers.count(b'HTTP/1.1 503') == 28, answers
        assert s.ask('/metrics')[0] == 200
        for c in watchers:
            c.close()
        deadline = time.monotonic() + 30  # they are missed at the next sign of life
        while True:
            c = socket.create_connection(('127.0.0.1', s.port), timeout=START_S)
            c.sendall(b'GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n')
            answer = c.recv(12)
            c.close()
            if answer == b'HTTP/1.1 200':
                break
            assert time.monotonic() < deadline
            time.sleep(0.5)
        assert s.stop()[0] == 0


def test_a_replay_takes_its_time_and_can_be_stopped():
    with serving('-r', DEMO, '--replay-speed', '1') as s:
        begin = time.monotonic()
        assert s.json('/api/summary')['state'] == 'reading'
        while s.json('/api/summary')['state'] == 'reading':
            time.sleep(0.05)
        assert 1.0 < time.monotonic() - begin < 6
    with serving('-r', DEMO, '--replay-speed', '0.001') as s:
        assert s.json('/api/summary')['state'] == 'reading'
        code, took_s = s.stop(signal.SIGINT)
        assert code == 0 and took_s < 3, (code, took_s)


def certificate(name):
    """A self-signed certificate for 127.0.0.1: its path and its key's."""
    cert, key = (os.path.join(FOLDER.name, f'{name}.{end}') for end in ('crt', 'key'))
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
                    '-subj', f'/CN={name}', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
                   check=True, capture_output=True)
    return cert, key


def trusting(cert):
    context = ssl.create_default_context(cafile=cert)
    return context


def peer_name(port):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(('127.0.0.1', port), timeout=START_S) as raw, context.wrap_socket(raw) as tls:
        der = tls.getpeercert(True)
    text = subprocess.run(['openssl', 'x509', '-inform', 'DER', '-noout', '-subject'], input=der, capture_output=True, check=True)
    return text.stdout.decode().strip().rsplit('=', 1)[1].strip()


def test_tls_serves_and_takes_up_a_new_certificate():
    old, new = certificate('old'), certificate('new')
    for path, end in zip(old, ('crt', 'key')):
        shutil.copy(path, os.path.join(FOLDER.name, f'server.{end}'))
    config = save('tls.yml', b'tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n')
    with serving('-r', DEMO, '--web-config', config) as s:
        assert s.scheme == 'https'
        assert s.ask('/metrics', tls=trusting(old[0]))[0] == 200
        plain = socket.create_connection(('127.0.0.1', s.port), timeout=START_S)
        plain.sendall(b'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n')
        assert b'200' not in plain.recv(100)
        plain.close()
        # A broken one is told, and the old one stays.
        save('server.key', b'no key at all')
        deadline = time.monotonic() + 10
        time.sleep(2.5)
        assert peer_name(s.port) == 'old'
        for path, end in zip(new, ('crt', 'key')):
            shutil.copy(path, os.path.join(FOLDER.name, f'server.{end}.new'))
            os.rename(os.path.join(FOLDER.name, f'server.{end}.new'), os.path.join(FOLDER.name, f'server.{end}'))
        while True:
            with contextlib.suppress(OSError):  # whoever comes in the moment of the change may be sent away
                if peer_name(s.port) == 'new':
                    break
            assert time.monotonic() < deadline + 10
            time.sleep(0.2)
        assert s.ask('/metrics', tls=trusting(new[0]))[0] == 200
        code, _ = s.stop()
        assert code == 0 and any('kept as it was' in line for line in s.said), s.said


def test_the_oldest_tls_is_the_configured_one():
    cert, key = certificate('versions')
    for word, refused in ((b'TLS13', (ssl.TLSVersion.TLSv1_2,)), (b'TLS12', ())):
        config = save('v.yml', b'tls_server_config:\n  cert_file: %s\n  key_file: %s\n  min_version: %s\n' %
                      (cert.encode(), key.encode(), word))
        with serving('-r', DEMO, '--web-config', config) as s:
            for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
                context = trusting(cert)
                context.minimum_version = context.maximum_version = version
                try:
                    answered = s.ask('/metrics', tls=context)[0] == 200
                except (ssl.SSLError, ConnectionError, http.client.HTTPException):
                    answered = False
                assert answered == (version not in refused), (word, version)


def hashed(user, password):
    tool = shutil.which('htpasswd')
    if not tool:
        raise Skip('htpasswd is not installed')
    done = subprocess.run([tool, '-nbB', '-C', '5', user, password], capture_output=True, check=True)
    return done.stdout.decode().strip().split(':', 1)[1]


def basic(user, password):
    return {'Authorization': 'Basic ' + base64.b64encode(f'{user}:{password}'.encode()).decode()}


def test_a_password_is_asked_for_everywhere():
    config = save('auth.yml', f'basic_auth_users:\n  alice: {hashed("alice", "s3cret:with:colons")}\n  bob: "{hashed("bob", "hörbar")}"\n'.encode())
    with serving('-r', DEMO, '--web-config', config) as s:
        for path in ('/', '/metrics', '/api/causes', '/api/events', '/-/healthy', '/app.js', '/nothing'):
            for headers in ({}, basic('alice', 'wrong'), basic('eve', 's3cret:with:colons'), basic('', ''), basic('alice', ''),
                            {'Authorization': 'Basic !!!'}, {'Authorization': 'Bearer x'}, basic('bob', 's3cret:with:colons')):
                status, answer, _ = s.ask(path, headers=headers)
                assert status == 401 and answer['www-authenticate'].startswith('Basic '), (path, headers, status)
        for _ in range(3):
            assert s.ask('/metrics', headers=basic('alice', 's3cret:with:colons'))[0] == 200
            assert s.ask('/metrics', headers=basic('bob', 'hörbar'))[0] == 200
        # Where a password is asked for, any name will do.
        assert s.ask('/metrics', headers={**basic('bob', 'hörbar'), 'Host': 'sniff.example.com'})[0] == 200
        # A user who is taken out is out.
        save('auth.yml', f'basic_auth_users:\n  alice: {hashed("alice", "other")}\n'.encode())
        deadline = time.monotonic() + 10
        while s.ask('/metrics', headers=basic('bob', 'hörbar'))[0] != 401:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert s.ask('/metrics', headers=basic('alice', 'other'))[0] == 200


def test_a_wrong_configuration_is_one_line_that_says_where():
    for text, words in ((b'tls_server_config:\n  client_ca_file: x\n', (':2:', 'client_ca_file')), (b'basic_auth_users: [a]\n', (':1:',)),
                        (b'basic_auth_users:\n  a: plain\n', (':2:', 'bcrypt')), (b'\t: [', ('.yml',)),
                        (b'tls_server_config:\n  cert_file: no.crt\n  key_file: no.key\n', ('no.crt', 'No such file'))):
        code, out, err = sniff('-r', DEMO, '--listen', ':0', '--web-config', save('bad.yml', text))
        assert (code, out) == (3 if b'no.crt' in text else 2, b'') and err.count(b'\n') == 1, (text, code, err)
        for word in words:
            assert word.encode() in err, (text, err)


def test_addresses_that_cannot_be_listened_on_are_told():
    for word in ('8080', 'localhost', '127.0.0.1:', ':99999', '::1:80', '[::1]', ':x', '[1.2.3.4]:80', 'a b:80'):
        code, out, err = sniff('-r', DEMO, '--listen', word)
        assert (code, out) == (2, b'') and err.count(b'\n') == 1 and b'--listen' in err, (word, code, err)
    with serving('-r', DEMO) as s:
        code, _, err = sniff('-r', DEMO, '--listen', f':{s.port}')
        assert code == 3 and b'in use' in err, (code, err)


def test_several_addresses_and_a_warning_for_a_public_one():
    args = ['-r', DEMO, '--listen', '0.0.0.0:0']
    if os.path.exists('/proc/net/if_inet6'):
        args += ['--listen', '[::1]:0']
    with serving(*args, address=':0') as s:
        s.stop()
        said = ''.join(s.said)
        assert said.count('serving on http://') == len(args) // 2, said
        assert 'http://0.0.0.0:' in said and 'whoever reaches it' in said and '127.0.0.1:' in said, said


def test_the_saved_page_has_its_data_and_no_way_out():
    path = os.path.join(FOLDER.name, 'report.html')
    code, _, err = sniff('-r', DEMO, '-q', '--report', path)
    assert (code, err) == (0, b'')
    with open(path, encoding='utf-8') as f:
        page = f.read()
    assert not os.path.exists(path + '.part')
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S).group(1))
    assert len(data['/api/causes']['causes']) == 18 and data['/api/summary']['state'] == 'done'
    assert all(f'/api/causes/{c["cause"]}' in data for c in data['/api/causes']['causes'])
    assert "default-src 'none'" in page and not re.search(r'<(script|link|img)[^>]+(src|href)=', page)
    code, _, err = sniff('-r', DEMO, '-q', '--report', '/nonexistent/x.html')
    assert code == 3 and b'/nonexistent/x.html' in err and err.count(b'\n') == 1, (code, err)


def series(text, name):
    return [line for line in text.decode().splitlines() if line.startswith(name + '{')]


def origins_capture(cnt):
    """cnt requests, each from another made-up origin, to made-up hosts and paths; after every hundred an honest one."""
    capture = talk.Capture()
    for i in range(cnt):
        pairs = [(talk.get(b'/p%d' % i, b'https://x%d.evil.example' % i, b'h%d.example' % i), talk.reply(b'https://y%d.example' % i))]
        if i % 100 == 0:
            pairs.append((talk.get(), talk.reply(b'https://app.example.com')))
        capture.talk(*pairs, port=1024 + i % 60000)
    return save('origins.pcap', capture.bytes())


def test_fifty_thousand_origins_add_no_series_and_little_memory():
    path = origins_capture(50000)
    with serving('-r', DEMO) as s:
        plain, before = s.ask('/metrics')[2], s.json('/api/summary')['memory_bytes']
    with serving('-r', path, '--metrics-label', 'origin:20', '--metrics-label', 'host:20') as s:
        text, summary = s.ask('/metrics')[2], s.json('/api/summary')
        assert summary['exchanges'] == 50500
        for label in ('origin', 'host'):
            assert len(series(text, f'cors_sniff_cors_requests_by_{label}_total')) <= 21 * 3
        honest = [line for line in series(text, 'cors_sniff_cors_requests_by_origin_total')
                  if 'origin="https://app.example.com",verdict="pass"' in line]
        assert honest and int(honest[0].split()[-1]) > 400, honest
        assert len(s.ask('/api/causes')[2]) < 2 << 20
        count = [len([line for line in t.decode().splitlines() if line[0] != '#']) for t in (plain, text)]
        print(f'# series: {count[0]} for the demonstration, {count[1]} for 50,000 origins with two labels; '
              f'memory: {before >> 20} MiB and {summary["memory_bytes"] >> 20} MiB')
        assert count[1] - count[0] <= 2 * 21 * 3 + 2 + 24 and summary['memory_bytes'] < 400 << 20
        assert b'evil.example' not in text


if __name__ == '__main__':
    run(sys.modules[__name__])
