#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What is seen inside TLS, by probes, is what the servers themselves logged: every exchange, none
invented, each with its verdict, its addresses and its process."""
import collections
import os
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


def play(server, *options):
    base = f'https://{SERVER4}:{server.port}'
    subprocess.run(inside(CLIENT, *curl_words(base, STORY, '--http1.1', *options)), check=True, timeout=60)


def play_parallel(server, *options):
    subprocess.run(inside(CLIENT, 'curl', '-s', '-k', '--noproxy', '*', *(options or ['--http1.1']), '-Z',
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
        origin = dict(map(tuple, x['request']['headers']))['Origin']
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


def follow(server, command):
    """The whole story on one connection, then many at a time."""
    live = watch('--tls')
    play(server)
    play_parallel(server)
    time.sleep(0.5)
    lines = live.end()
    found = check(lines, server, command)
    assert len(found) == len(STORY) + PARALLEL, len(found)
    assert len({x['connection'] for x in found}) > 20, 'keep-alive and parallel connections'
    assert not any(losses(lines).values()), losses(lines)
    # curl was seen as well, and told as the server's.
    assert lab.summary(lines)['counters']['tls']['twins'] >= len(found)
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


if __name__ == '__main__':
    try:
        begin_all()
    except Skip as why:
        print(f'1..1\nok 1 - inside TLS # SKIP {why}')
        sys.exit(0)
    run(sys.modules[__name__])
