# SPDX-License-Identifier: BSD-2-Clause
"""Whole-program tests in Python that speak TAP: each test is a function named like a sentence."""
import os
import subprocess
import sys
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.abspath(os.environ.get('CORS_SNIFF', os.path.join(ROOT, 'build/cors-sniff')))
# What a user may have set and a test must not inherit.
UNSET = ('NO_COLOR', 'CLICOLOR_FORCE', 'TERM', 'TZ', 'POSIXLY_CORRECT')


class Skip(Exception):
    """Raised by a test that cannot run here; its text says why."""


def environment(**changes):
    env = {k: v for k, v in os.environ.items() if k not in UNSET}
    env.update(TERM='xterm', TZ='UTC', LC_ALL='C.UTF-8')
    env.update(changes)
    return {k: v for k, v in env.items() if v is not None}


def sniff(*args, stdin=b'', env=None, timeout=60):
    """Run the program: its exit code, stdout and stderr."""
    done = subprocess.run([PROGRAM, *args], input=stdin, capture_output=True,
                          env=env or environment(), timeout=timeout, check=False)
    return done.returncode, done.stdout, done.stderr


def sanitized():
    """Whether the program was built with sanitizers, which take time and memory."""
    with open(PROGRAM, 'rb') as f:
        return b'__asan_init' in f.read()


def traffic():
    """The generator of captures (tests/bench/traffic.c)."""
    path = os.path.join(ROOT, 'build/tests/bench/traffic')
    if not os.path.exists(path):
        raise Skip('build/tests/bench/traffic is not built')
    return path


def run(module):
    """Run every function of the module whose name begins with test_; exit as TAP wants."""
    tests = [(n, f) for n, f in vars(module).items() if n.startswith('test_') and callable(f)]
    failed = 0
    print(f'1..{len(tests)}')
    for number, (name, test) in enumerate(tests, 1):
        words = name[len('test_'):].replace('_', ' ')
        try:
            test()
            print(f'ok {number} - {words}')
        except Skip as reason:
            print(f'ok {number} - {words} # SKIP {reason}')
        except Exception:  # a test may fail in any way; the others run all the same
            failed += 1
            print(f'not ok {number} - {words}')
            for line in traceback.format_exc().splitlines():
                print(f'# {line}')
        sys.stdout.flush()
    sys.exit(1 if failed else 0)
