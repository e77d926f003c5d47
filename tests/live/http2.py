#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""HTTP/2 in clear text, live: what is found is what the servers logged, and what is found offline in
the capture that tcpdump recorded beside it."""
import collections
import json
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from lab import APP, CLIENT, EVIL, FOLDER, HERE, SERVER, SERVER4, Live, Skip, tcpdump  # noqa: E402
from tap import PROGRAM, environment, run  # noqa: E402

NGINX, APACHE, NGHTTPD, NODE = 8082, 8083, 8084, 8085
PORTS = '8082-8085'
MODULES = '/usr/lib/apache2/modules/mod_'

APACHE_CONF = f'''
ServerName a
PidFile {FOLDER}/apache.pid
ErrorLog {FOLDER}/apache-error.log
DocumentRoot {FOLDER}/www
User www-data
Group www-data
Listen {APACHE}
''' + ''.join(f'LoadModule {m}_module {MODULES}{m}.so\n'
              for m in ('mpm_event', 'authz_core', 'headers', 'http2')) + f'''
Protocols h2c http/1.1
H2Direct on
Header always set Access-Control-Allow-Origin "{APP}"
LogFormat "%m %U%q %>s %{{Origin}}i %H" asked
CustomLog {FOLDER}/apache-access.log asked
StartServers 1
ThreadsPerChild 16
MaxRequestWorkers 16
'''


def begin():
    lacks = [c for c in ('apache2', 'nghttpd', 'nghttp', 'h2load')
             if not shutil.which(c, path=os.environ.get('PATH', '') + ':/usr/sbin')]
    if lacks:
        raise Skip('lacks ' + ', '.join(lacks))
    lab.begin()
    www = os.path.join(FOLDER, 'www')
    os.mkdir(www)
    os.mkdir(os.path.join(FOLDER, 'h2-tmp'))
    for name, size in (('right', 6), ('none', 5), ('huge', 10 << 20)):
        for folder in (FOLDER, www):
            with open(os.path.join(folder, name), 'wb') as f:
                f.write(b'some bytes' * (size // 10 + 1))
    quiet = {'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL}
    lab.start(lab.inside(SERVER, 'nginx', '-p', FOLDER + '/', '-c', os.path.join(HERE, 'http2.conf')), **quiet)
    with open(os.path.join(FOLDER, 'apache.conf'), 'w') as f:
        f.write(APACHE_CONF)
    lab.start(lab.inside(SERVER, 'apache2', '-d', FOLDER, '-f', os.path.join(FOLDER, 'apache.conf'), '-DFOREGROUND'),
              **quiet)
    log = open(os.path.join(FOLDER, 'nghttpd.log'), 'wb')
    lab.start(lab.inside(SERVER, 'nghttpd', '--no-tls', '-v', '-d', www, str(NGHTTPD)), stdout=log, stderr=log)
    lab.start(lab.inside(SERVER, 'node', os.path.join(HERE, '../../pcaps/record/node/h2.js')), **quiet,
              env={**os.environ, 'PORT': str(NODE)})
    for port in (NGINX, APACHE, NGHTTPD, NODE):
        lab.wait_until(lambda: lab.is_listening(port), f'a server on port {port}')


def client(*words):
    done = subprocess.run(lab.inside(CLIENT, *words), capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, (words[:5], done.stdout[-500:], done.stderr[-500:])
    return done.stdout.decode()


def node(port, width, requests):
    """Play requests, (method, path, origin, bytes) each; a counted log of the responses."""
    words = [','.join(map(str, r)) for r in requests]
    return collections.Counter(
        client('node', os.path.join(HERE, 'h2client.js'), SERVER4, str(port), str(width), *words).splitlines())


def log_lines(name):
    """What a server wrote into its log since the last call, counted."""
    with open(os.path.join(FOLDER, name), encoding='utf-8', errors='replace') as f:
        lines = f.read().splitlines()
    seen = log_lines.seen.get(name, 0)
    log_lines.seen[name] = len(lines)
    return lines[seen:]


log_lines.seen = {}

MANY = [(('GET', '/right', APP, 0), ('GET', '/none', APP, 0), ('GET', '/right?x', EVIL, 0),
         ('OPTIONS', '/right', APP, 0), ('PUT', '/right', EVIL, 3000), ('GET', '/missing', APP, 0))[n % 6]
        for n in range(120)]
HUGE = [('GET', '/huge', APP, 0), ('GET', '/right', APP, 0), ('GET', '/none', EVIL, 0),
        ('GET', '/huge', EVIL, 0), ('GET', '/right', EVIL, 0)]


def seen(lines, port):
    """The exchanges with a server, as its log would have them."""
    found = collections.Counter()
    for x in lines:
        if x['type'] != 'exchange' or not x['server'].endswith(f':{port}'):
            continue
        assert x['outcome'] == 'response', x
        origin = dict((n.lower(), v) for n, v in x['request']['headers']).get('origin', '-')
        found[f'{x["request"]["method"]} {x["request"]["target"]} {x["response"]["status"]} {origin} '
              f'{ {"h2": "HTTP/2.0", "http/1.1": "HTTP/1.1"}[x["protocol"]] }'] += 1
    return found


def agree(found, logged):
    logged = collections.Counter(logged)
    assert found == logged, f'seen only: {list((found - logged).items())[:9]}\n' \
                            f'logged only: {list((logged - found).items())[:9]}'
    assert logged


def offline(path):
    done = subprocess.run([PROGRAM, '-r', path, '--json', '--port', PORTS], capture_output=True,
                          env=environment(), check=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


def watched(play, *args):
    """The lines of a capture while play() plays, compared with those of tcpdump's beside it."""
    watched.cnt += 1
    path = os.path.join(FOLDER, f'h2-{watched.cnt}.pcap')
    live = Live(SERVER, '-i', 'eth0', '--json', '--port', PORTS, *args).ready()
    with tcpdump(SERVER, 'eth0', path):
        play()
    lines = live.end()
    lab.differ(lines, offline(path))
    counters = lab.summary(lines)['counters']['http']
    for name in ('http2_fields_unknown', 'http2_bad_frames', 'http2_bad_blocks', 'responses_without_request'):
        assert not counters.get(name), (name, counters)
    return lines


watched.cnt = 0

# Bodies stay whole of HTTP/2 on every rung, in both directions.
RUNGS = ([], ['--no-body-cut'], ['--no-ebpf'])


def test_nginx_logs_what_is_seen():
    for args in RUNGS:
        log_lines('h2-access.log')
        told = []

        def play():
            told.append(node(NGINX, 20, MANY))
            told.append(node(NGINX, 3, HUGE))
            client('curl', '-sS', '--noproxy', '*', '--http2-prior-knowledge', '-o', '/dev/null', '-H', f'Origin: {EVIL}',
                   f'http://{SERVER4}:{NGINX}/none')
        lines = watched(play, *args)
        agree(seen(lines, NGINX), log_lines('h2-access.log'))
        assert sum(sum(t.values()) for t in told) == len(MANY) + len(HUGE)


def test_apache_logs_what_is_seen_with_and_without_an_upgrade():
    for args in RUNGS[::2]:
        log_lines('apache-access.log')

        def play():
            node(APACHE, 10, [r for r in MANY if r[0] != 'PUT'])
            node(APACHE, 2, [r for r in HUGE if r[0] == 'GET'])
            for path in ('/right', '/missing'):
                client('curl', '-sS', '--noproxy', '*', '--http2', '-o', '/dev/null', '-H', f'Origin: {APP}',
                       f'http://{SERVER4}:{APACHE}{path}')
            client('nghttp', '-nu', '-H', f'origin: {APP}', f'http://{SERVER4}:{APACHE}/right')
        lines = watched(play, *args)
        found = seen(lines, APACHE)
        # An upgrade is logged once as such, too.
        logged = collections.Counter(line for line in log_lines('apache-access.log') if ' 101 ' not in line)
        # The log says what answered, the program what asked.
        for path, status, times in (('/right', 200, 2), ('/missing', 404, 1)):
            asked = f'GET {path} {status} {APP} HTTP/1.1'
            assert found.pop(asked) == times, (asked, found)
            found[asked.replace('HTTP/1.1', 'HTTP/2.0')] += times
        agree(found, logged)


def test_nghttpd_and_h2load_count_what_is_seen():
    for args in RUNGS[::2]:
        log_lines('nghttpd.log')

        def play():
            for options in ((), ('--header-table-size=65536', '--encoder-header-table-size=65536'),
                            ('--header-table-size=0', '--encoder-header-table-size=0')):
                out = client('h2load', '-n', '2000', '-c', '4', '-m', '50', *options, '-H', f'origin: {APP}',
                             f'http://{SERVER4}:{NGHTTPD}/right')
                assert '2000 succeeded' in out, out
            client('nghttp', '-n', '-H', f'origin: {EVIL}', f'http://{SERVER4}:{NGHTTPD}/none',
                   f'http://{SERVER4}:{NGHTTPD}/huge')
        lines = watched(play, *args)
        paths = [line.split(':path: ')[1] for line in log_lines('nghttpd.log') if ':path: ' in line]
        found = collections.Counter()
        for x in lines:
            if x['type'] == 'exchange':
                assert x['outcome'] == 'response' and x['response']['status'] == 200, x
                found[x['request']['target']] += 1
        # Whether a terminal or not, the log has a word of colour behind each value.
        logged = collections.Counter(path.split('\x1b')[0].strip() for path in paths)
        assert found == logged == {'/right': 6000, '/none': 1, '/huge': 1}, (found, logged)


def test_node_answers_out_of_order():
    requests = [(('GET', 'PUT', 'OPTIONS')[n % 3], ('/', '/long', '/hint', '/missing', '/trailers')[n % 5] + 'x' * (n % 9),
                 (APP, EVIL)[n % 2], 0) for n in range(300)] + [('POST', '/up', APP, 10 << 20), ('POST', '/up', EVIL, 10 << 20)]
    for args in RUNGS[::2]:
        told = []
        lines = watched(lambda: told.append(node(NODE, 32, requests)), *args)
        agree(seen(lines, NODE), told[0])


if __name__ == '__main__':
    try:
        begin()
    except Skip as reason:
        print(f'1..1\nok 1 - live captures of HTTP/2 # SKIP {reason}')
        sys.exit(0)
    run(sys.modules[__name__])
