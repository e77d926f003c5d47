#!/usr/bin/env python3
"""Run tests that speak TAP, several at a time, and count them.

usage: tests/run.py COMMAND...

A COMMAND is a program, or words in one argument. cmocka's programs are told to speak TAP. What
fails is printed whole; the last line counts. A program that dies, or prints no test, has failed.
"""
import concurrent.futures
import os
import re
import shlex
import subprocess
import sys
import time

LINE = re.compile(r'^(not ok|ok)\b\s*\d*\s*-?\s*(.*)$')
SKIP = re.compile(r'#\s*skip\b', re.I)
# A whole test program: the longest generates and plays browser cases.
TIMEOUT_S = 900


def run(command):
    words = shlex.split(command)
    env = dict(os.environ, CMOCKA_MESSAGE_OUTPUT='TAP')
    start = time.monotonic()
    try:
        done = subprocess.run(words, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=TIMEOUT_S, check=False)
        output, code = done.stdout.decode('utf-8', 'replace'), done.returncode
    except subprocess.TimeoutExpired as late:
        output, code = (late.stdout or b'').decode('utf-8', 'replace'), 'a timeout'
    except OSError as error:
        output, code = str(error), 'no start'
    return command, output, code, time.monotonic() - start


def count(output, code):
    passed = failed = 0
    skipped = []
    for line in output.splitlines():
        found = LINE.match(line)
        if not found:
            continue
        if SKIP.search(line):
            skipped.append(found.group(2))
        elif found.group(1) == 'ok':
            passed += 1
        else:
            failed += 1
    if (code and not failed) or not (passed or failed or skipped):
        failed += 1
    return passed, failed, skipped


def main(commands):
    totals = [0, 0, 0]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for command, output, code, seconds in pool.map(run, commands):
            passed, failed, skipped = count(output, code)
            verdict = 'FAILED' if failed else 'ok'
            print(f'{verdict:6} {passed:5} passed {seconds:6.1f} s  {command}', flush=True)
            for name in skipped:
                print(f'       skipped: {name}')
            if failed:
                print(output, f'(ended with {code})', sep='\n')
            totals = [a + b for a, b in zip(totals, (passed, failed, len(skipped)))]
    print('%d passed, %d failed, %d skipped' % tuple(totals))
    return 1 if totals[1] or not totals[0] else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
