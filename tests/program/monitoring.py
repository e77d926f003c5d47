#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The monitoring kit: its rules by promtool, and by a Prometheus that scrapes the program."""
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import talk  # noqa: E402
from tap import PROGRAM, ROOT, Skip, environment, run, sniff  # noqa: E402

FOLDER = tempfile.TemporaryDirectory(prefix='cors-sniff-test-')
KIT = os.path.join(ROOT, 'user/report/monitoring')
RULES = [os.path.join(KIT, 'rules/cors-sniff.yml'), os.path.join(KIT, 'alerts/cors-sniff.yml')]
DEMO = os.path.join(ROOT, 'pcaps', 'demo.pcapng')


def tool(name, *args):
    if not shutil.which(name):
        raise Skip(f'no {name} (Debian: prometheus)')
    done = subprocess.run([name, *args], capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()


def read(path):
    with open(path, encoding='utf-8') as f:
        return f.read()


def families():
    """Names of the series that the program writes; a live capture has these, too."""
    prom = os.path.join(FOLDER.name, 'm.prom')
    code, _, err = sniff('-r', DEMO, '--metrics-file', prom, '--store', os.path.join(FOLDER.name, 'm.db'))
    assert (code, err) == (0, b'')
    names = set(re.findall(r'^# TYPE (\S+)', read(prom), re.M))
    histogram = {n + s for n in names for s in ('_bucket', '_sum', '_count') if n.endswith('_seconds')}
    return names | histogram | {'cors_sniff_memory_bytes'}


def recorded():
    return set(re.findall(r'- record: (\S+)', read(RULES[0])))


def test_promtool_accepts_the_rules():
    tool('promtool', 'check', 'rules', *RULES)


def test_each_alert_fires_for_what_it_is_about():
    tool('promtool', 'test', 'rules', os.path.join(ROOT, 'tests/monitoring/alerts_test.yml'))
    tests = read(os.path.join(ROOT, 'tests/monitoring/alerts_test.yml'))
    for alert in re.findall(r'- alert: (\S+)', read(RULES[1])):
        assert re.search(rf'alertname: {alert}\n\s+exp_alerts', tests), f'{alert} has no test'


def test_every_alert_has_its_page():
    page = read(os.path.join(KIT, 'README.md'))
    for alert, runbook in re.findall(r'- alert: (\S+).*?runbook: "README.md#(\S+)"', read(RULES[1]), re.S):
        assert f'\n## {alert}\n' in page and runbook == alert.lower()


def test_rules_and_dashboard_ask_only_for_what_exists():
    known = families() | recorded()
    with open(os.path.join(KIT, 'dashboards/cors-sniff.json'), encoding='utf-8') as f:
        dashboard = json.load(f)
    asked = ' '.join(t['expr'] for p in dashboard['panels'] for t in p['targets'])
    for text in (asked, *(' '.join(re.findall(r'expr: (.*?)(?=\n\s+(?:for|labels|- record)|\Z)', read(r), re.S))
                          for r in RULES)):
        names = set(re.findall(r'\b(?:[a-z_]+:)?cors_sniff_[a-z_]+(?::[a-z0-9_]+)?', text))
        assert names and names <= known, names - known


def test_the_dashboard_names_no_data_source_of_its_own():
    with open(os.path.join(KIT, 'dashboards/cors-sniff.json'), encoding='utf-8') as f:
        dashboard = json.load(f)
    variables = {v['name']: v for v in dashboard['templating']['list']}
    assert variables['DS_PROMETHEUS']['type'] == 'datasource' and {'job', 'instance'} <= set(variables)
    sources = re.findall(r'"uid": "([^"]*)"', json.dumps(dashboard))
    assert set(sources) == {'cors-sniff', '${DS_PROMETHEUS}'} and dashboard['uid'] == 'cors-sniff'
    ids = [p['id'] for p in dashboard['panels']]
    assert len(ids) == len(set(ids)) >= 10
    # Panels lie beside each other, not over each other.
    taken = set()
    for p in dashboard['panels']:
        g = p['gridPos']
        cells = {(x, y) for x in range(g['x'], g['x'] + g['w']) for y in range(g['y'], g['y'] + g['h'])}
        assert not cells & taken and g['x'] + g['w'] <= 24
        taken |= cells


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def ask(port, path, **query):
    url = f'http://127.0.0.1:{port}{path}?{urllib.parse.urlencode(query)}'
    with urllib.request.urlopen(url, timeout=5) as answer:
        return json.load(answer)['data']


def wait_for(what, seconds=40):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            found = what()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            found = None
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError(f'waited {seconds} s in vain')


def prometheus(target, port):
    """Debian's Prometheus with the shipped rules, once a second instead of once a minute."""
    if not shutil.which('prometheus'):
        raise Skip('no prometheus')
    config = os.path.join(FOLDER.name, 'prometheus.yml')
    with open(config, 'w', encoding='ascii') as f:
        f.write('global: {scrape_interval: 1s, evaluation_interval: 1s}\n'
                f'rule_files: {json.dumps(RULES)}\n'
                'scrape_configs: [{job_name: cors-sniff, static_configs: '
                f'[{{targets: ["127.0.0.1:{target}"]}}]}}]\n')
    return subprocess.Popen(['prometheus', f'--config.file={config}',
                             f'--storage.tsdb.path={os.path.join(FOLDER.name, "tsdb")}',
                             f'--web.listen-address=127.0.0.1:{port}'],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def feed(child):
    """A preflight that is blocked and a poisoned cache, some each second; for as long as it takes."""
    capture = talk.Capture()
    child.stdin.write(capture.bytes())
    for i in range(30):
        capture.records = []
        for k in range(5):
            preflight = (b'OPTIONS /p HTTP/1.1\r\nHost: api.example.com\r\nOrigin: https://app.example.com\r\n'
                         b'Access-Control-Request-Method: PUT\r\nSec-Fetch-Mode: cors\r\n\r\n')
            capture.talk((preflight, talk.reply(b'null', status=b'204 No Content', body=b'')),
                         port=20000 + i * 10 + k)
        child.stdin.write(capture.bytes())
        child.stdin.flush()
        time.sleep(0.4)


def test_a_prometheus_that_scrapes_the_program_evaluates_the_rules():
    target, port = free_port(), free_port()
    server = prometheus(target, port)
    child = subprocess.Popen([PROGRAM, '-r', '-', '--listen', f'127.0.0.1:{target}', '-q'], env=environment(),
                             stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        wait_for(lambda: ask(port, '/api/v1/query', query='cors_sniff_build_info')['result'])
        feed(child)
        blocked = 'instance_kind:cors_sniff_blocked:ratio_rate5m{kind="preflight"}'
        found = wait_for(lambda: ask(port, '/api/v1/query', query=blocked)['result'])
        assert found[0]['value'][1] == '1', found
        pending = 'ALERTS{alertname="CorsPreflightsBlocked"}'
        found = wait_for(lambda: ask(port, '/api/v1/query', query=pending)['result'])
        assert found[0]['metric']['alertstate'] in ('pending', 'firing'), found
        groups = ask(port, '/api/v1/rules')['groups']
        rules = [r for g in groups for r in g['rules']]
        assert len(rules) == len(recorded()) + len(re.findall('- alert:', read(RULES[1])))
        assert all(r['health'] == 'ok' and 'lastError' not in r for r in rules), rules
        up = ask(port, '/api/v1/targets')['activeTargets']
        assert [t['health'] for t in up] == ['up'], up
    finally:
        for p in (child, server):
            p.terminate()
        child.stdin.close()
        child.wait(timeout=20)
        server.wait(timeout=20)
    said = child.stderr.read()
    assert said.count(b'\n') == 1 and b'serving on' in said, said


if __name__ == '__main__':
    run(sys.modules[__name__])
