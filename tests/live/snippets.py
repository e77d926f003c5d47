#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The configuration snippets that the program prints mend the fault, on the servers themselves.

For each fault: a server is started with it and recorded while a page's requests are played. The
program reads the recording; the snippet that it prints goes into the server's configuration. Then
the server's own check accepts it, the same requests pass without a finding, and the printed curl
line prints what it promises. Arguments choose servers by the program's names for them.
"""
import os
import re
import signal
import sys
import tempfile
import types

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), 'support')]
from tap import Skip, run  # noqa: E402
from wire import PAGE, Recording, Request, free_port, get, send  # noqa: E402
from advice import Reading, broken_promises, run_curl, snippet  # noqa: E402
from servers.apache import Apache  # noqa: E402
from servers.backend import Backend  # noqa: E402
from servers.express import Express  # noqa: E402
from servers.nginx import Nginx  # noqa: E402
from servers.php import Php  # noqa: E402
from servers.varnish import Varnish  # noqa: E402

SERVERS = (Nginx, Apache, Php, Express, Varnish)
TESTS = types.ModuleType('tests')
READY = {}  # class: None, or why it cannot be tested
FOLDER = tempfile.TemporaryDirectory(prefix='cors-sniff-live-')
# Servers leave root behind and have to reach their folders all the same.
os.chmod(FOLDER.name, 0o755)
# Each would end a string, a directive or a command somewhere. The last would leave a file behind.
HOSTILE_ORIGINS = ('https://evil"; } location / { return 200; } #',
                   "https://evil'); system('id'); //", 'https://{headers}',
                   'https://evil.example#', 'https://evil.example;',
                   "https://evil'$(touch canary)`touch canary`;touch canary;'")
HOSTILE_TOKEN = 'X"; } #'


def prepare(cls):
    """Raise Skip when this server cannot be tested here; find out once."""
    if cls not in READY:
        folder = os.path.join(FOLDER.name, cls.NAME)
        os.mkdir(folder, 0o755)
        try:
            cls.prepare(folder)
            with Recording(os.path.join(folder, 'trial.pcap'), free_port()):
                READY[cls] = None
        except Skip as reason:
            READY[cls] = reason
    if READY[cls]:
        raise READY[cls]


def new_folder(cls):
    folder = tempfile.mkdtemp(dir=os.path.join(FOLDER.name, cls.NAME))
    os.chmod(folder, 0o755)
    return folder


def played(server, name, requests, platform=None):
    """Record the requests; what the program says of the recording."""
    path = os.path.join(server.folder, name)
    with Recording(path, server.port):
        for request in requests:
            send(server.port, request)
    return Reading(path, platform)


def strangers(origin):
    """Origins that a careless pattern or a server without a list would allow."""
    host = origin.partition('//')[2]
    return (None, 'https://evil.example', origin + '.evil.example', origin.replace('.', 'x', 1),
            f'https://evil-{host}', 'null')


def strangers_allowed(server, request):
    """Those that the mended server allows, or whose answer would be cached for all."""
    bad = []
    for origin in strangers(request.origin):
        response = send(server.port, request.of(origin))
        allowed = response.headers.get_all('Access-Control-Allow-Origin', [])
        vary = ','.join(response.headers.get_all('Vary', [])).lower()
        if allowed or (request.method == 'GET' and 'origin' not in vary):
            bad.append(f'{origin}: {response.headers.items()}')
    return bad


def names_an_origin(text, origin):
    return origin in text or re.sub(r'([.\[\]])', r'\\\1', origin) in text


def mend(server, fault):
    """The story of one fault, to its end."""
    server.configure(fault.wrong, fault.kept)
    server.start()
    first = [r for r in fault.requests if not r.is_actual]
    before = played(server, 'before.pcap', first, fault.platform)
    cause = before.cause(fault.rule)
    text = snippet(cause, server.NAME)
    try:
        server.mend(text, fault.kept)
        after = played(server, 'after.pcap', fault.requests)
        assert set(after.verdicts()) == {'pass'} and len(after.exchanges) == len(fault.requests), \
            (after.verdicts(), after.findings())
        assert not after.findings(), after.findings()
        broken = broken_promises(cause, server.port)
        assert not broken, f"{cause['curl']}\nbreaks its promise: {broken}"
        if names_an_origin(text, fault.requests[0].origin):
            bad = strangers_allowed(server, fault.requests[0])
            assert not bad, f'strangers: {bad}'
    except AssertionError as failure:
        raise AssertionError(f'{failure}\nwith the snippet:\n{text}') from None


def mending(cls, fault):
    def test():
        with Backend() as backend:
            server = cls(new_folder(cls), backend)
            try:
                mend(server, fault)
            finally:
                server.stop()
    return test


def no_byte_of_it(cause, bad):
    """Nothing of the hostile origin is in the fix; the placeholder is."""
    fix = cause['fix']
    assert 'https://app.example.com' in fix or 'https://app\\.example\\.com' in fix, fix
    assert bad not in fix and 'evil' not in fix and 'system' not in fix, fix
    assert 'stands for the origin that you trust' in fix, fix


def only_curl_runs(cause, server):
    """The printed command starts nothing but curl, whatever it quotes."""
    run_curl(cause['curl'], server.port, server.folder)
    assert not os.path.exists(os.path.join(server.folder, 'canary')), cause['curl']


def test_no_byte_of_a_hostile_origin_gets_into_a_snippet():
    prepare(Nginx)
    with Backend() as backend:
        server = Nginx(new_folder(Nginx), backend)
        try:
            server.configure('', '')
            server.start()
            for bad in HOSTILE_ORIGINS:
                path = os.path.join(server.folder, 'hostile.pcap')
                with Recording(path, server.port):
                    send(server.port, get(origin=bad))
                for cls in SERVERS:
                    no_byte_of_it(Reading(path, cls.NAME).cause('acao-missing'), bad)
                only_curl_runs(Reading(path, 'nginx').cause('acao-missing'), server)
            cause = Reading(path, 'nginx').cause('acao-missing')
            server.mend(snippet(cause, 'nginx'), '')
            assert send(server.port, get()).headers['Access-Control-Allow-Origin'] == PAGE
        finally:
            server.stop()


def test_no_hostile_method_or_header_name_gets_into_a_snippet():
    prepare(Nginx)
    request = Request('OPTIONS', fields=(
        ('Access-Control-Request-Method', HOSTILE_TOKEN),
        ('Access-Control-Request-Headers', HOSTILE_TOKEN + ',x-good')))
    with Backend() as backend:
        server = Nginx(new_folder(Nginx), backend)
        try:
            server.configure('', '')
            server.start()
            path = os.path.join(server.folder, 'hostile.pcap')
            with Recording(path, server.port):
                send(server.port, request)
            for cls in SERVERS:
                reading = Reading(path, cls.NAME)
                for cause in reading.causes.values():
                    assert HOSTILE_TOKEN not in cause['fix'], cause['fix']
        finally:
            server.stop()


def collect(chosen):
    """In TESTS: one test for each fault of the chosen servers, and those of this file."""
    for cls in [s for s in SERVERS if not chosen or s.NAME in chosen]:
        try:
            prepare(cls)
        except Skip:
            # Once is enough to say why.
            name = f'test_{cls.NAME}: the snippets mend their faults'
            setattr(TESTS, name, lambda c=cls: prepare(c))
            continue
        for fault in cls.FAULTS:
            name = f'test_{cls.NAME}: the snippet for {fault.rule} mends it'
            setattr(TESTS, name + (f' ({fault.name})' if fault.name else ''), mending(cls, fault))
    for name, value in globals().items():
        if name.startswith('test_'):
            setattr(TESTS, name, value)


if __name__ == '__main__':
    # Whoever stops the test wants its servers and files gone too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    collect(sys.argv[1:])
    run(TESTS)
