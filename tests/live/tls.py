#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What is seen inside TLS, by probes, is what the servers themselves logged: every exchange, none
invented, each with its verdict, its addresses and its process."""
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from lab import APP, CLIENT, EVIL, FOLDER, SERVER, SERVER4, Live, Skip, inside  # noqa: E402
from tap import run  # noqa: E402

OWN = os.path.join(lab.HERE, 'tls')
KEY, CERTIFICATE = os.path.join(FOLDER, 'key.pem'), os.path.join(FOLDER, 'certificate.pem')
PARALLEL = 200

# What a browser makes of each, by path.
VERDICTS = {('/right', APP): 'pass', ('/big', APP): 'pass', ('/none', APP): 'block',
            ('/constant', EVIL): 'block', ('/constant', APP): 'pass', ('/preflight', APP): 'pass'}
STORY = [('GET', '/right', APP), ('GET', '/none', APP), ('OPTIONS', '/preflight', APP),
         ('PUT', '/preflight', APP), ('GET', '/constant', EVIL), ('GET', '/big', APP),
         ('GET', '/constant', APP), ('GET', '/right', APP)]


class Server:
    """A server in its namespace, and what it logged."""

    def __init__(self, name, port, words, env=None):
        self.name, self.port = name, port
        self.log = os.path.join(FOLDER, name + '.log')
        values = {'PORT': str(port), 'KEY': KEY, 'CERTIFICATE': CERTIFICATE, 'LOG': self.log,
                  'NAME': name, 'FOLDER': FOLDER}
        open(self.log, 'w').close()
        os.chmod(self.log, 0o666)
        self.child = lab.start(inside(SERVER, *[w.format(**values) for w in words]), cwd=FOLDER, env=env,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        lab.wait_until(lambda: lab.is_listening(port), f'{name} on port {port}')

    def logged(self):
        with open(self.log, encoding='utf-8') as f:
            return collections.Counter(tuple(line.split()) for line in f)

    def stop(self):
        lab.stop(self.child)


def filled(source, name, **values):
    """A configuration with its blanks filled in: its path."""
    path = os.path.join(FOLDER, name)
    with open(os.path.join(OWN, source), encoding='utf-8') as f:
        text = f.read()
    values.update(KEY=KEY, CERTIFICATE=CERTIFICATE, FOLDER=FOLDER)
    for word, value in values.items():
        text = text.replace(f'@{word}@', value)
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)
    return path


def nginx(port, more=''):
    name = f'nginx{port}'
    conf = filled('nginx.conf', name + '.conf', PORT=str(port), NAME=name, MORE=more,
                  LOG=os.path.join(FOLDER, name + '.log'))
    return Server(name, port, ['nginx', '-p', FOLDER + '/', '-c', conf])


def apache(port):
    conf = filled('apache.conf', 'apache.conf', PORT=str(port), LOG=os.path.join(FOLDER, 'apache.log'))
    return Server('apache', port, ['apache2', '-DFOREGROUND', '-f', conf])


def node(port, version='h1'):
    return Server(f'node{port}', port, ['node', os.path.join(OWN, 'node.js'), '{PORT}', '{KEY}',
                                         '{CERTIFICATE}', '{LOG}', version])


def python(name, port):
    return Server(name, port, ['/usr/bin/python3', os.path.join(OWN, name + '.py'), '{PORT}', '{KEY}',
                               '{CERTIFICATE}', '{LOG}'])


def begin_all():
    lab.begin()
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', KEY, '-out',
                    CERTIFICATE, '-days', '2', '-subj', '/CN=localhost'], check=True, capture_output=True)
    for path in (KEY, CERTIFICATE):
        os.chmod(path, 0o644)
    for name, size in (('ten', 10 << 20), ('small', 10)):
        with open(os.path.join(FOLDER, name), 'wb') as f:
            f.write(b'x' * size)


def watch(*args):
    """The program, probing. Skips where the machine does not allow it."""
    live = Live(SERVER, '--json', '-Z', 'root', *args)
    try:
        return live.ready()
    except AssertionError as error:
        if 'CAP_SYS_ADMIN' in str(error) or 'built without' in str(error):
            raise Skip(str(error).strip()) from None
        raise


def curl_words(base, requests, *options):
    words = ['curl']
    for method, path, origin in requests:
        words += ['--next'] if len(words) > 1 else []
        words += ['-s', '-k', '--noproxy', '*', *options, '-o', '/dev/null', '-X', method, '-H',
                  f'Origin: {origin}', '-H', 'Sec-Fetch-Mode: cors', '-H', 'Sec-Fetch-Site: cross-site',
                  '-H', 'User-Agent: Mozilla/5.0']
        words += ['-H', 'Access-Control-Request-Method: PUT'] if method == 'OPTIONS' else []
        words.append(base + path)
    return words


def play(server, version):
    base = f'https://{SERVER4}:{server.port}'
    subprocess.run(inside(CLIENT, *curl_words(base, STORY, version)), check=True, timeout=60)


def play_parallel(server, version):
    subprocess.run(inside(CLIENT, 'curl', '-s', '-k', '--noproxy', '*', version, '-Z',
                          '--parallel-max', str(PARALLEL), '--parallel-immediate', '-o', '/dev/null',
                          '-H', f'Origin: {APP}', '-H', 'Sec-Fetch-Mode: cors',
                          f'https://{SERVER4}:{server.port}/right?n=[1-{PARALLEL}]'),
                   check=True, timeout=60)


def of_server(lines, server):
    return [x for x in lines if x['type'] == 'exchange' and (x['server'] or '').endswith(f':{server.port}')]


def check(lines, server, command, is_server=True):
    """All that the server logged was seen, once, and judged."""
    found = of_server(lines, server)
    seen = collections.Counter((x['request']['method'], x['request']['target'],
                                str((x['response'] or {}).get('status'))) for x in found)
    logged = server.logged()
    assert seen == logged, f'only seen: {seen - logged}\nonly logged: {logged - seen}'
    for x in found:
        origin = {n.lower(): v for n, v in x['request']['headers']}['origin']
        path = x['request']['target'].split('?')[0]
        assert x['cors']['verdict'] == VERDICTS[(path, origin)], x
        assert not x['cors']['unknown'], x
        assert x['request']['scheme'] == 'https' and x['source'] == 'tls', x
        assert x['request']['packet'] is None and x['connection'].startswith('probe-'), x
        assert all(not f['evidence'] for f in x['findings']), x
        assert x['process']['command'] == command, x
        if is_server:
            assert x['client'].startswith('198.51.100.10:'), x
    return found


def losses(lines):
    counters = lab.summary(lines)['counters']
    return {n: counters['tlsprobe'][n] for n in ('lost_bytes', 'lost_ends', 'fault_bytes', 'frames_over')}


def follow(server, command, version='--http1.1'):
    """The whole story on one connection, then many at a time."""
    live = watch('--tls')
    play(server, version)
    play_parallel(server, version)
    time.sleep(0.5)
    lines = live.end()
    found = check(lines, server, command)
    assert len(found) == len(STORY) + PARALLEL, len(found)
    protocol = 'h2' if version == '--http2' else 'http/1.1'
    assert {x['protocol'] for x in found} == {protocol}
    assert len({x['connection'] for x in found}) > (1 if protocol == 'h2' else 20)
    assert not any(losses(lines).values()), losses(lines)
    # curl was seen as well, and told as the server's.
    assert lab.summary(lines)['counters']['tlslane']['twins'] >= len(found)
    server.stop()
    return lines


def test_nginx():
    follow(nginx(8443), 'nginx')


def test_node():
    follow(node(8444), 'node')


def test_python_with_sockets():
    follow(python('sync', 8445), 'python3')


def test_python_without_sockets():
    follow(python('loop', 8446), 'python3')


def test_apache():
    if not os.path.exists('/usr/lib/apache2/modules/mod_ssl.so'):
        raise Skip('lacks apache2 with mod_ssl')
    follow(apache(8447), 'apache2')


def test_http2_of_nginx():
    follow(nginx(8448, 'http2'), 'nginx', '--http2')


def test_http2_of_node():
    follow(node(8449, 'h2'), 'node', '--http2')


def test_gnutls_server():
    """It answers without a CORS header, and closes."""
    if not shutil.which('gnutls-serv'):
        raise Skip('lacks gnutls-bin')
    server = Server('gnutls', 8450, ['gnutls-serv', '--http', '--port', '{PORT}', '--x509keyfile', '{KEY}',
                                     '--x509certfile', '{CERTIFICATE}'])
    live = watch('--tls')
    for _ in range(3):
        subprocess.run(inside(CLIENT, *curl_words(f'https://{SERVER4}:8450', [('GET', '/none', APP)], '--http1.1')),
                       check=True, timeout=20)
    time.sleep(0.5)
    found = of_server(live.end(), server)
    assert [(x['process']['command'], x['cors']['verdict'], x['response']['status']) for x in found] == \
        [('gnutls-serv', 'block', 200)] * 3, found
    server.stop()


# curl over GnuTLS, without a program for it: libcurl-gnutls by hand.
GNUTLS_CURL = r"""
import ctypes, sys
curl = ctypes.CDLL('libcurl-gnutls.so.4')
curl.curl_easy_init.restype = curl.curl_slist_append.restype = ctypes.c_void_p
curl.curl_slist_append.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
handle = ctypes.c_void_p(curl.curl_easy_init())
names = None
for line in (b'Origin: https://app.example.com', b'Sec-Fetch-Mode: cors'):
    names = curl.curl_slist_append(names, line)
out = ctypes.CDLL(None).fopen
out.restype = ctypes.c_void_p
sink = ctypes.c_void_p(out(b'/dev/null', b'w'))
for option, value in ((64, ctypes.c_long(0)), (81, ctypes.c_long(0)), (10023, ctypes.c_void_p(names)),
                      (10001, sink), (84, ctypes.c_long(2))):
    curl.curl_easy_setopt(handle, option, value)
for url in sys.argv[1:]:
    curl.curl_easy_setopt(handle, 10002, url.encode())
    assert curl.curl_easy_perform(handle) == 0
curl.curl_easy_cleanup(handle)
"""


def test_gnutls_client():
    """Only the client is probed, and it is told as the client."""
    if not os.path.exists('/usr/lib/x86_64-linux-gnu/libcurl-gnutls.so.4'):
        raise Skip('lacks libcurl3-gnutls')
    server = nginx(8451)
    live = watch('--tls=python3')
    base = f'https://{SERVER4}:8451'
    client = lab.start(inside(CLIENT, '/usr/bin/python3', '-c', 'import ctypes, sys\n'
                              'ctypes.CDLL("libcurl-gnutls.so.4")\nsys.stdin.readline()\n' + GNUTLS_CURL,
                              *[base + path for path in ('/right', '/none', '/big', '/constant')]),
                       stdin=subprocess.PIPE)
    lab.wait_until(lambda: 'used by python3' in live.errors(), 'the library to be probed')
    client.communicate(b'go\n', timeout=20)
    assert client.returncode == 0
    time.sleep(0.5)
    found = check(live.end(), server, 'python3')
    assert len(found) == 4, found
    server.stop()


def go_program():
    """The Go program, built once, without the symbols that nobody needs."""
    if not shutil.which('go'):
        raise Skip('lacks golang-go')
    path = os.path.join(FOLDER, 'goserver')
    if not os.path.exists(path):
        cache = os.path.join(lab.HERE, '..', '..', 'build', 'gocache')
        subprocess.run(['go', 'build', '-ldflags', '-s -w', '-o', path, os.path.join(OWN, 'server.go')],
                       check=True, capture_output=True, timeout=300,
                       env=dict(os.environ, CGO_ENABLED='0', GOCACHE=os.path.abspath(cache), GOFLAGS='-mod=mod'))
    return path


def go_server(port):
    return Server(f'go{port}', port, [go_program(), '{PORT}', '{KEY}', '{CERTIFICATE}', '{LOG}'])


def test_go_server():
    follow(go_server(8460), 'goserver')


def test_http2_of_go():
    follow(go_server(8461), 'goserver', '--http2')


def test_go_client():
    """Only the client is probed, from the middle of its life on."""
    server = nginx(8462)
    program = go_program()
    base = f'https://{SERVER4}:8462'
    client = lab.start(inside(CLIENT, program, 'get', *[base + path for path in ('/right', '/none', '/big', '/constant')]),
                       stdin=subprocess.PIPE)
    live = watch(f'--tls={program}')
    assert 'used by goserver' in live.errors(), live.errors()
    client.communicate(b'go\n', timeout=30)
    assert client.returncode == 0
    time.sleep(0.5)
    assert len(check(live.end(), server, 'goserver')) == 4
    server.stop()


def test_one_program_by_its_name_and_its_id_and_its_path():
    server, other = nginx(8452), python('sync', 8453)
    program = os.readlink(f'/proc/{server.child.pid}/exe')
    workers = subprocess.run(['pgrep', '-P', str(server.child.pid)], capture_output=True, check=True,
                             text=True).stdout.split()
    for who in ('nginx', program, *workers):
        live = watch(f'--tls={who}')
        for each in (server, other):
            play(each, '--http1.1')
        time.sleep(0.5)
        lines = live.end()
        commands = {x['process']['command'] for x in lines if x['type'] == 'exchange'}
        assert commands <= {'nginx'}, commands
        if who not in workers:
            assert len(of_server(lines, server)) == len(STORY)
    server.stop()
    other.stop()


def test_a_program_that_starts_later_and_one_without_a_name_any_more():
    live = watch('--tls')
    copy = os.path.join(FOLDER, 'late-node')
    shutil.copy(os.path.realpath(shutil.which('node')), copy)
    os.chmod(copy, 0o755)
    # Debian's Node uses the library that is probed already; others bring their own.
    brings_own = b'libssl' not in subprocess.run(['ldd', copy], capture_output=True, check=False).stdout
    log = os.path.join(FOLDER, 'late.log')
    server = Server('late', 8454, [copy, os.path.join(OWN, 'node.js'), '{PORT}', '{KEY}', '{CERTIFICATE}',
                                   '{LOG}', 'h1'])
    os.unlink(copy)
    if brings_own:
        lab.wait_until(lambda: 'late-node' in live.errors(), 'the late program to be probed')
    play(server, '--http1.1')
    time.sleep(0.5)
    found = check(live.end(), server, 'late-node')
    assert len(found) == len(STORY) and os.path.exists(log)
    server.stop()


def test_in_the_middle_of_a_connection():
    """The first response may answer a request that was not seen; then all is clear."""
    server = nginx(8455)
    fifo = subprocess.Popen(inside(CLIENT, 'openssl', 's_client', '-quiet', '-connect', f'{SERVER4}:8455'),
                            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    lab.started.append(fifo)
    ask = lambda path: (fifo.stdin.write(f'GET {path} HTTP/1.1\r\nHost: a\r\nOrigin: {APP}\r\n'
                                         'Sec-Fetch-Mode: cors\r\n\r\n'.encode()), fifo.stdin.flush())
    ask('/right')
    lab.wait_until(lambda: server.logged(), 'the first answer')
    live = watch('--tls=nginx')
    for path in ('/none', '/right', '/constant'):
        ask(path)
        time.sleep(0.3)
    lines = live.end()
    found = of_server(lines, server)
    assert [x['request']['target'] for x in found] == ['/none', '/right', '/constant'], found
    assert [x['cors']['verdict'] for x in found] == ['unknown', 'pass', 'pass'], found
    assert lab.summary(lines)['counters']['plain']['joined'] >= 1
    fifo.stdin.close()
    server.stop()


def probes():
    """Uprobes in force, as the kernel lists its programs' users: perf events of all processes."""
    cnt = 0
    for pid in os.listdir('/proc'):
        if not pid.isdigit():
            continue
        try:
            with open(f'/proc/{pid}/comm', encoding='utf-8') as f:
                if f.read().strip() == 'cors-sniff-tls':
                    cnt += 1
        except OSError:
            pass
    return cnt


def test_rights_are_given_up_and_probes_end_with_the_program():
    server = nginx(8456)
    before = probes()
    for how in (lab.signal.SIGINT, lab.signal.SIGTERM, lab.signal.SIGKILL):
        live = Live(SERVER, '--json', '--tls').ready()
        assert 'running as nobody' in live.errors(), live.errors()
        with open(f'/proc/{live.child.pid}/status', encoding='utf-8') as f:
            status = dict(line.split(':\t', 1) for line in f if ':\t' in line)
        assert int(status['CapEff'], 16) == 0 and status['Uid'].split()[0] != '0', status
        play(server, '--http1.1')
        time.sleep(0.5)
        lab.stop(live.child, how)
        if how != lab.signal.SIGKILL:
            lines = [lab.json.loads(line) for line in live.output().splitlines()]
            assert len(of_server(lines, server)) == len(STORY)
        lab.wait_until(lambda: probes() <= before, 'the probes to be removed')
        play(server, '--http1.1')
        open(server.log, 'w').close()
    server.stop()


def test_what_cannot_be_seen_is_said():
    path = shutil.which('chromium')
    if not path:
        raise Skip('lacks chromium')
    browser = lab.start(inside(CLIENT, path, '--headless', '--no-sandbox', '--disable-gpu',
                               f'--user-data-dir={FOLDER}/chromium', '--remote-debugging-port=0', 'about:blank'),
                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=FOLDER)
    time.sleep(3)
    live = watch('--tls=chromium')
    said = live.errors()
    live.end()
    lab.stop(browser)
    assert 'cannot see into chromium: BoringSSL inside, without symbols' in said, said


def ask_chromium(version, port):
    """A page asks an API in a real browser, and the probes watch the server: one verdict."""
    path = shutil.which('chromium')
    if not path:
        raise Skip('lacks chromium')
    server = Server(f'page{version}', port, ['node', os.path.join(OWN, 'page.js'), '{PORT}', '{KEY}',
                                              '{CERTIFICATE}', '{LOG}', version])
    live = watch('--tls=node')
    done = subprocess.run(inside(CLIENT, path, '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic',
                                 '--no-first-run', '--disable-background-networking',
                                 '--disable-component-update', '--disable-sync', '--ignore-certificate-errors',
                                 f'--user-data-dir={FOLDER}/chromium-{version}', '--virtual-time-budget=20000',
                                 '--dump-dom', f'https://{SERVER4}:{port}/'),
                          capture_output=True, text=True, timeout=90, check=False)
    time.sleep(0.5)
    lines = live.end()
    told = re.search(r'told (\{.*?\}) told', done.stdout)
    assert told, done.stdout + done.stderr
    asked = json.loads(told.group(1))
    seen = [x for x in lines if x['type'] == 'exchange' and (x['server'] or '').endswith(f':{port + 1}')]
    logged = collections.Counter(tuple(line) for line in server.logged().elements())
    assert collections.Counter((x['request']['method'], x['request']['target'],
                                str(x['response']['status'])) for x in seen) == logged
    verdicts = {}
    for x in seen:
        assert x['cors']['browser'] and x['cors']['verdict'] in ('pass', 'block'), x
        # A request is as good as the worst of its preflight and itself.
        verdicts[x['request']['target']] = min(x['cors']['verdict'],
                                               verdicts.get(x['request']['target'], 'pass'))
    assert verdicts == asked, f'the browser: {asked}\nthe probes: {verdicts}'
    assert {x['protocol'] for x in seen} == {'h2' if version == 'h2' else 'http/1.1'}, seen
    server.stop()


def test_chromium_agrees_over_http1():
    ask_chromium('h1', 8470)


def test_chromium_agrees_over_http2():
    ask_chromium('h2', 8472)


def test_packets_and_probes_beside_each_other():
    """Clear text comes from the interface, plaintext from the probes: each exchange once."""
    server = nginx(8457)
    live = watch('-i', 'eth0', '--tls=nginx', '--port', '80,8080,8457')
    lab.play(CLIENT, SERVER4)
    play(server, '--http1.1')
    time.sleep(0.5)
    lines = live.end()
    by_source = collections.Counter(x['source'] for x in lines if x['type'] == 'exchange')
    assert by_source == {'eth0': lab.EXCHANGES, 'tls': len(STORY)}, by_source
    assert lab.summary(lines)['counters']['http']['tls_connections'] == 1
    server.stop()


def test_the_hop_that_doubles_a_header_is_named():
    """nginx ends TLS before an application in clear text: both sides are one exchange."""
    application = Server('application', 3000, ['node', os.path.join(lab.HERE, '../../pcaps/record/node/legs.js')],
                         env=dict(os.environ, PORT='3000'))
    server = nginx(8458)
    live = watch('-i', 'lo', '--tls=nginx', '--port', '3000,8458')
    base = f'https://{SERVER4}:{server.port}'
    subprocess.run(inside(CLIENT, *curl_words(base, [('GET', '/doubled', APP)], '--http1.1')), check=True,
                   timeout=60)
    time.sleep(0.5)
    lines = live.end()
    exchanges = [x for x in lines if x['type'] == 'exchange']
    assert [x['source'] for x in exchanges] == ['lo', 'tls'], exchanges
    assert [x['cors']['verdict'] for x in exchanges] == ['pass', 'block'], exchanges
    causes = {c['rule']: c for c in lines if c['type'] == 'cause' and c['state'] == 'final'}
    assert causes['acao-multiple-headers']['explained_by'] == 'hop-doubled-header', causes
    detail = causes['hop-doubled-header']['detail']
    assert detail.startswith('127.0.0.1:3000 sends Access-Control-Allow-Origin: '), detail
    assert f'the proxy nginx at {SERVER4}:{server.port} in front of it adds another' in detail, detail
    server.stop()
    application.stop()


if __name__ == '__main__':
    try:
        begin_all()
    except Skip as why:
        print(f'1..1\nok 1 - inside TLS # SKIP {why}')
        sys.exit(0)
    run(sys.modules[__name__])
