# SPDX-License-Identifier: BSD-2-Clause
"""Two network namespaces joined by a veth pair, servers in one, clients in the other, and the
program capturing between them. All that is started is stopped by its own id."""
import atexit
import collections
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'support'))
from tap import PROGRAM, Skip, environment  # noqa: E402

CLIENT4, SERVER4 = '198.51.100.10', '198.51.100.20'
CLIENT6, SERVER6 = '2001:db8::10', '2001:db8::20'
APP, EVIL = 'https://app.example.com', 'https://evil.example'
FOLDER = tempfile.mkdtemp(prefix='cors-sniff-live-')
os.chmod(FOLDER, 0o777)
started = []


class Namespace:
    """A network namespace that lives as long as a process in it, which ends with this one: it has
    no name, so nothing is left to unmount, and it can be had where nothing may be mounted."""

    def __init__(self):
        self.holder = None

    def open(self):
        self.holder = subprocess.Popen(['unshare', '--net', 'cat'], stdin=subprocess.PIPE,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        own = os.readlink('/proc/self/ns/net')
        wait_until(lambda: self.holder.poll() is not None or
                   os.readlink(f'/proc/{self.holder.pid}/ns/net') != own, 'a namespace')
        return self.holder.poll() is None

    def close(self):
        if self.holder:
            self.holder.stdin.close()
            self.holder.wait()

    @property
    def pid(self):
        return str(self.holder.pid)


CLIENT, SERVER = Namespace(), Namespace()


def inside(namespace, *words):
    return ['nsenter', '--target', namespace.pid, '--net', '--', *words]


def ip(namespace, *words):
    subprocess.run(inside(namespace, 'ip', *words), check=True, capture_output=True)


def start(words, **how):
    child = subprocess.Popen(words, **how)
    started.append(child)
    return child


def stop(child, how=signal.SIGTERM):
    if child.poll() is None:
        child.send_signal(how)
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def close():
    for child in started:
        stop(child)
    for namespace in (CLIENT, SERVER):
        namespace.close()
    shutil.rmtree(FOLDER, ignore_errors=True)


# How long a busy machine may take for what takes a moment: probes come and go with RCU grace periods,
# of which each of some forty may last a tenth of a second there.
PATIENCE_S = 60


def wait_until(is_so, what, seconds=PATIENCE_S):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f'not within {seconds} s: {what}'
        time.sleep(0.02)


def is_listening(port, host='127.0.0.1'):
    done = subprocess.run(inside(SERVER, 'ss', '-Hltn', f'sport = :{port}'), capture_output=True,
                          check=False)
    return bool(done.stdout)


def link_up():
    ip(CLIENT, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', SERVER.pid)
    for namespace, four, six in ((CLIENT, CLIENT4, CLIENT6), (SERVER, SERVER4, SERVER6)):
        ip(namespace, 'addr', 'add', four + '/24', 'dev', 'eth0')
        ip(namespace, '-6', 'addr', 'add', six + '/64', 'dev', 'eth0', 'nodad')
        ip(namespace, 'link', 'set', 'eth0', 'up')


def missing():
    """Why this machine cannot run the lab; None when it can."""
    if os.geteuid() != 0:
        return 'needs root, for network namespaces'
    lacks = [c for c in ('ip', 'nsenter', 'nginx', 'node', 'curl', 'tcpdump', 'ethtool', 'wrk', 'openssl')
             if not shutil.which(c, path=os.environ.get('PATH', '') + ':/usr/sbin:/sbin')]
    if lacks:
        return 'lacks ' + ', '.join(lacks)
    return None if CLIENT.open() and SERVER.open() else 'gives no network namespaces'


def begin():
    """Build it all. Raises Skip where that cannot be."""
    why = missing()
    if why:
        shutil.rmtree(FOLDER, ignore_errors=True)
        raise Skip(why)
    atexit.register(close)
    # Whoever stops the test stops what it started, too.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    for namespace in (CLIENT, SERVER):
        ip(namespace, 'link', 'set', 'lo', 'up')
    link_up()
    with open(os.path.join(FOLDER, 'big'), 'wb') as f:
        f.write(b'some bytes' * 100000)
    conf = os.path.join(FOLDER, 'nginx.conf')
    shutil.copy(os.path.join(HERE, 'nginx.conf'), conf)
    os.mkdir(os.path.join(FOLDER, 'tmp'))
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                    '-subj', '/CN=lab', '-keyout', os.path.join(FOLDER, 'key.pem'), '-out',
                    os.path.join(FOLDER, 'cert.pem')], check=True, capture_output=True)
    start(inside(SERVER, 'nginx', '-p', FOLDER + '/', '-c', conf), stdout=subprocess.DEVNULL,
          stderr=subprocess.DEVNULL)
    start(inside(SERVER, 'node', os.path.join(HERE, 'chunked.js')), stdout=subprocess.DEVNULL)
    for port in (80, 81, 443, 8080):
        wait_until(lambda: is_listening(port), f'a server on port {port}')


def offloads(state):
    for namespace in (CLIENT, SERVER):
        subprocess.run(inside(namespace, 'ethtool', '-K', 'eth0', 'tso', state, 'gso', state, 'gro',
                              state), check=True, capture_output=True)


def logged():
    """Requests that nginx has finished since the last call."""
    path = os.path.join(FOLDER, 'access.log')
    with open(path, 'rb') as f:
        lines = f.read().count(b'\n')
    logged.before, lines = lines, lines - logged.before
    return lines


logged.before = 0


def curl(namespace, base, requests, keylog=None):
    """Play requests, (method, path, origin) each, on one connection; its keys go to a file."""
    words = ['curl', '-skg', '--noproxy', '*']
    env = dict(os.environ, SSLKEYLOGFILE=keylog) if keylog else None
    for number, (method, path, origin) in enumerate(requests):
        if number:
            words += ['--next', '-skg', '--noproxy', '*']
        words += ['-o', '/dev/null', '-X', method, '-H', f'Origin: {origin}', '-H',
                  'Sec-Fetch-Mode: cors', '-H', 'Sec-Fetch-Site: cross-site', '-H',
                  'Sec-Fetch-Dest: empty', '-H', 'User-Agent: Mozilla/5.0']
        if method == 'OPTIONS':
            words += ['-H', 'Access-Control-Request-Method: PUT']
        words.append(base + path)
    subprocess.run(inside(namespace, *words), check=True, timeout=30, env=env)


# All requests in one write: the answers follow each other without a pause.
PIPELINE = r"""
import socket, sys
s = socket.create_connection((sys.argv[1], 80))
s.sendall("".join(
    f"GET {path} HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example.com\r\n"
    + ("Connection: close\r\n" if i == len(sys.argv) - 1 else "") + "\r\n"
    for i, path in enumerate(sys.argv) if i > 1).encode())
while s.recv(1 << 16):
    pass
"""


def pipeline(namespace, host, *paths):
    subprocess.run(inside(namespace, sys.executable, '-c', PIPELINE, host, *paths), check=True, timeout=30)


STORY = [('GET', '/right', APP), ('GET', '/right', EVIL), ('GET', '/none', APP),
         ('OPTIONS', '/preflight', APP), ('PUT', '/preflight', APP), ('GET', '/big', APP),
         ('GET', '/constant', EVIL), ('GET', '/missing', APP), ('HEAD', '/right', APP),
         ('GET', '/twice', APP), ('GET', '/big', EVIL), ('GET', '/right', APP)]
# On the other server: bodies of unknown length.
CHUNKED = [('GET', '/chunked', APP), ('GET', '/none', APP), ('GET', '/chunked', EVIL),
           ('GET', '/closed', APP)]


def play(namespace, host):
    """What every capture is to see: len(STORY) + len(CHUNKED) exchanges."""
    curl(namespace, f'http://{host}', [r for r in STORY if r[0] != 'HEAD'])
    curl(namespace, f'http://{host}:8080', CHUNKED)


EXCHANGES = len([r for r in STORY if r[0] != 'HEAD']) + len(CHUNKED)


class Live:
    """The program, capturing."""

    def __init__(self, namespace, *args, env=None, user=None):
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = os.path.join(FOLDER, f'notify-{len(started)}')
        self.notify.bind(path)
        os.chmod(path, 0o777)
        self.notify.settimeout(PATIENCE_S)
        self.heard = []
        self.out = tempfile.TemporaryFile()
        self.err = tempfile.TemporaryFile()
        words = ['setpriv', *user] if user else []
        self.child = start(inside(namespace, *words, PROGRAM, *args), stdin=subprocess.DEVNULL,
                           stdout=self.out, stderr=self.err, cwd=FOLDER,
                           env=env or environment(NOTIFY_SOCKET=path, SUDO_UID=None))

    def hear(self, word):
        """Wait until the service manager is told so."""
        while not any(word in h for h in self.heard):
            self.heard.append(self.notify.recv(4096).decode())

    def ready(self):
        try:
            self.hear('READY=1')
        except TimeoutError:
            raise AssertionError(self.errors()) from None
        return self

    def errors(self):
        self.err.seek(0)
        return self.err.read().decode()

    def output(self):
        self.out.seek(0)
        return self.out.read().decode()

    def end(self, how=signal.SIGINT):
        """Stop it; its lines of JSON. Fails when it ends badly."""
        stop(self.child, how)
        assert self.child.returncode == 0, (self.child.returncode, self.errors())
        return [json.loads(line) for line in self.output().splitlines()]


@contextlib.contextmanager
def tcpdump(namespace, device, path):
    """Record beside it."""
    with open(path + '.log', 'wb') as log:
        child = start(inside(namespace, 'tcpdump', '-Z', 'root', '-U', '-n', '-s', '0', '-B', '65536', '-i',
                             device, '-w', path, 'tcp'), stderr=log)
    wait_until(lambda: b'listening on' in open(path + '.log', 'rb').read(), 'tcpdump')
    try:
        yield
        time.sleep(1.2)  # it reads the kernel's buffer once a second
    finally:
        stop(child, signal.SIGINT)


def exchanges(lines):
    """What was found, without what differs from run to run, counted."""
    found = collections.Counter()
    for x in lines:
        if x['type'] != 'exchange':
            continue
        request, response, cors = x['request'] or {}, x['response'] or {}, x['cors']
        found[(x['server'], request.get('method'), request.get('target'),
               dict(map(tuple, request.get('headers', []))).get('Origin'), response.get('status'),
               x['outcome'], x['index'], cors['kind'], cors['verdict'], cors['code'], cors['unknown'],
               tuple(sorted((f['rule'], f['confidence']) for f in x['findings'])))] += 1
    return found


def offline(path):
    done = subprocess.run([PROGRAM, '-r', path, '--json', '--port', '80,81,8080'], capture_output=True,
                          env=environment(), check=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


def differ(live, recorded):
    """Assert that both saw the same; the difference is the message."""
    a, b = exchanges(live), exchanges(recorded)
    assert a == b, f'live only: {list(a - b)[:9]}\noffline only: {list(b - a)[:9]}'
    assert sum(a.values()) > 0


def summary(lines):
    assert lines[-1]['type'] == 'summary', lines[-1]
    return lines[-1]
