#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""SARIF and HAR against the schemas of their standards, which npm fetches: they are others' work."""
import glob
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import warnings

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
from reports import both, reports  # noqa: E402
from tap import ROOT, Skip, run, sniff  # noqa: E402

FOLDER = tempfile.TemporaryDirectory(prefix='cors-sniff-test-')
SARIF, HAR = '@microsoft/jest-sarif@1.0.0-beta.0', 'har-schema@2.0.0'
FETCH_S = 60


def fetch(package):
    """The JSON files of a package, by their names; nothing of it is run, nor what it depends on."""
    try:
        done = subprocess.run(['npm', 'pack', '--silent', '--fetch-retries=0', '--fetch-timeout=20000', package],
                              cwd=FOLDER.name, capture_output=True, timeout=FETCH_S, check=False)
    except (FileNotFoundError, subprocess.TimeoutExpired) as why:
        raise Skip(f'npm did not fetch {package}: {why}') from why
    if done.returncode:
        raise Skip(f'npm cannot fetch {package}: {done.stderr.decode().splitlines()[:1]}')
    with tarfile.open(os.path.join(FOLDER.name, done.stdout.decode().split()[-1])) as tar:
        return {os.path.basename(m.name): json.load(tar.extractfile(m)) for m in tar
                if m.name.endswith('.json') and '/lib/' in m.name}


def validator(package, name):
    try:
        import jsonschema
    except ImportError as missing:
        raise Skip('python3-jsonschema is not installed') from missing
    schemas = fetch(package)
    # Each refers to itself, and to others by their files; no other host is asked.
    schemas[name].pop('id', None)
    with warnings.catch_warnings():  # newer versions would have another class, which older ones lack
        warnings.simplefilter('ignore', DeprecationWarning)
        resolver = jsonschema.RefResolver('', schemas[name], store=dict(schemas))
    kind = jsonschema.validators.validator_for(schemas[name])
    kind.check_schema(schemas[name])
    return kind(schemas[name], resolver=resolver, format_checker=jsonschema.FormatChecker())


def check(valid, text):
    error = next(valid.iter_errors(json.loads(text)), None)
    while error and error.context:
        error = error.context[0]
    assert error is None, f'{list(error.absolute_path)}: {error.message[:300]}'


def goes_wrong(valid, document):
    return next(valid.iter_errors(document), None) is not None


def texts(form):
    """What is to be valid: shipped captures, hostile text, a damaged input, and nothing at all."""
    for out in both():
        yield out[form].decode()
    captures = sorted(p for p in glob.glob(os.path.join(ROOT, 'pcaps', '*.pcap*')) if not p.endswith(('.expect', '.keys')))
    assert len(captures) > 20
    for path in captures:
        yield sniff('-r', path, '--format', form)[1].decode()
    with open(os.path.join(ROOT, 'pcaps', 'demo.pcapng'), 'rb') as f:
        code, out, _ = sniff('-r', '-', '--format', form, stdin=f.read()[:-7])
    assert code == 4
    yield out.decode()


def test_sarif_is_as_its_schema_says():
    valid = validator(SARIF, 'sarif-2.1.0-rtm.5.json')
    for text in texts('sarif'):
        check(valid, text)
    base = os.path.join(FOLDER.name, 'base.txt')
    demo = os.path.join(ROOT, 'pcaps', 'demo.pcapng')
    sniff('-r', demo, '--write-baseline', base)
    check(valid, reports('-r', demo, '--fail-on', 'error', '--baseline', base)['sarif'])
    wrong = json.loads(reports('-r', demo)['sarif'])
    wrong['runs'][0]['results'][0]['level'] = 'fatal'
    assert goes_wrong(valid, wrong)


def test_har_is_as_its_schema_says():
    valid = validator(HAR, 'har.json')
    for text in texts('har'):
        check(valid, text)
    wrong = json.loads(reports('-r', os.path.join(ROOT, 'pcaps', 'demo.pcapng'))['har'])
    del wrong['log']['entries'][0]['timings']['wait']
    assert goes_wrong(valid, wrong)


if __name__ == '__main__':
    run(sys.modules[__name__])
