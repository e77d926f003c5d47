# SPDX-License-Identifier: BSD-2-Clause
"""What the program advises: a cause's snippet and its curl line, taken out of the JSON lines."""
import json
import re
import subprocess

from tap import sniff
from wire import WAIT_S

TOGETHER = re.compile(r'\n\ntogether with .*:\n')
STANDS = '\n(https://app.example.com stands for'
PROMISE = re.compile(r'^# must print: (.*?)(?:   \((.*)\))?$', re.M)


class Reading:
    """What the program says of one capture."""

    def __init__(self, path, platform=None):
        chosen = ('--platform', platform) if platform else ()
        code, out, err = sniff('--json', *chosen, '-r', path)
        assert code == 0 and err == b'', (code, err)
        lines = [json.loads(line) for line in out.decode().splitlines()]
        self.exchanges = [x for x in lines if x['type'] == 'exchange']
        self.causes = {x['rule']: x for x in lines if x['type'] == 'cause'}

    def findings(self):
        return sorted({f['rule'] for x in self.exchanges for f in x['findings']})

    def verdicts(self):
        return [x['cors']['verdict'] for x in self.exchanges]

    def cause(self, rule):
        assert rule in self.causes, f'{rule} was not found, but {self.findings()}'
        return self.causes[rule]


def snippet(cause, platform):
    """The text that goes into the platform's configuration."""
    assert cause['platform'] == platform, f"the platform is {cause['platform']!r}"
    _, heading, text = cause['fix'].partition(f'\n\n{platform}:\n')
    assert heading, f"no snippet in: {cause['fix']}"
    return TOGETHER.sub('\n', text.partition(STANDS)[0])


def members(value):
    return {m.strip().lower() for m in value.split(',') if m.strip()}


def run_curl(text, port, folder=None):
    """Run the line as a shell runs it, led to the test's server; status and fields it prints."""
    assert text.startswith('curl '), text
    led = f'curl --max-time {WAIT_S} --connect-to ::127.0.0.1:{port} ' + text[len('curl '):]
    done = subprocess.run(['sh', '-c', led], capture_output=True, stdin=subprocess.DEVNULL,
                          cwd=folder, check=False)
    assert done.returncode == 0, (done.returncode, done.stderr, led)
    # After an interim response comes the one that counts.
    head = done.stdout.decode('latin-1').strip().split('\r\n\r\n')[-1].split('\r\n')
    fields = [tuple(part.strip() for part in line.split(':', 1))
              for line in head[1:] if ':' in line]
    return int(head[0].split()[1]), fields


def promise_is_kept(promise, note, status, fields):
    if promise == 'a status from 200 to 299':
        return 200 <= status <= 299
    name, _, expected = promise.partition(': ')
    got = [value for n, value in fields if n.lower() == name.lower()]
    if expected.startswith('with '):
        return members(expected[len('with '):]) <= members(','.join(got))
    if name == 'Vary':
        return members(expected) <= members(','.join(got))
    return got == [expected] if note == 'once' else expected in got


def broken_promises(cause, port):
    """The lines that the cause's curl command promises and does not print."""
    text = cause['curl']
    status, fields = run_curl(text, port)
    plain = re.sub(r" \\\n  -H 'Origin: .*?'", '', text, count=1)
    broken = []
    promises = PROMISE.findall(text)
    assert promises, f'promises nothing: {text}'
    for promise, note in promises:
        kept = promise_is_kept(promise, note, status, fields)
        if note.startswith('also without'):
            kept = kept and promise_is_kept(promise, note, *run_curl(plain, port))
        if not kept:
            broken.append(promise)
    return [f'{b}: got {status} {fields}' for b in broken]
