#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a page that is open costs the program: its own CPU time, without --listen, with it, and with a Chromium on it.

usage: tests/bench/page.py CAPTURE [ROUNDS [OPTION...]]

An option for the program is --replay-speed 1, say, which plays the capture as it came.

The capture comes through a pipe, so that reading begins when the page is there. What Chromium itself takes is not
counted, but for the wait: on few cores the two share them. Every round runs all three, one after the other.
"""
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
from tap import PROGRAM, environment  # noqa: E402

CHROMIUM = os.environ.get('CHROMIUM', '/usr/bin/chromium')
FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-dev-shm-usage',
         '--disable-background-networking', '--remote-debugging-port=0', '--disable-background-timer-throttling']
# A page that has loaded asks for events.
LOADED_S = 3


def chromium(url, folder):
    child = subprocess.Popen([CHROMIUM, *FLAGS, f'--user-data-dir={folder}', url], stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(LOADED_S)
    assert child.poll() is None, 'Chromium did not start'
    return child


def ask(url):
    with urllib.request.urlopen(url + 'api/summary', timeout=10) as answer:
        return json.load(answer)


def measure(capture, options, is_served, has_page):
    """CPU seconds of the program, seconds from the first byte to the end, exchanges."""
    words = [PROGRAM, '-r', '-', '-q', *options, *(['--listen', '127.0.0.1:0'] if is_served else [])]
    page, folder = None, tempfile.mkdtemp(prefix='cors-sniff-page-')
    child = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                             env=environment())
    try:
        url = None
        while is_served and not url:
            found = re.search(r'serving on (\S+)', child.stderr.readline().decode())
            url = found and found.group(1)
        page = chromium(url, folder) if has_page else None
        begin = time.monotonic()
        subprocess.run(['cat', capture], stdout=child.stdin, check=True)
        child.stdin.close()
        exchanges = 0
        while is_served:
            summary = ask(url)
            if summary['state'] == 'done':
                exchanges = summary['exchanges']
                break
            time.sleep(0.05)
        took_s = time.monotonic() - begin
        if is_served:
            child.send_signal(signal.SIGTERM)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        assert child.returncode == 0, child.returncode
        if not is_served:
            took_s = time.monotonic() - begin
        return usage.ru_utime + usage.ru_stime, took_s, exchanges
    finally:
        for left in (page, child):
            if left and left.returncode is None:
                left.terminate()
                left.wait()
        shutil.rmtree(folder, ignore_errors=True)


def main(capture, rounds=3, *options):
    kinds = {'no --listen': (False, False), '--listen, nobody looks': (True, False), '--listen, a page': (True, True)}
    runs = {name: [] for name in kinds}
    for _ in range(int(rounds)):
        for name, how in kinds.items():
            runs[name].append(measure(capture, options, *how))
    base = [cpu for cpu, _, _ in runs['no --listen']]
    for name, figures in runs.items():
        ratios = [cpu / b for (cpu, _, _), b in zip(figures, base)]
        print(f'{name:24} CPU {statistics.median(c for c, _, _ in figures):6.2f} s, x{statistics.median(ratios):.3f} '
              f'({min(ratios):.3f} to {max(ratios):.3f}); wall {statistics.median(w for _, w, _ in figures):6.2f} s; '
              f'{figures[0][2]} exchanges')


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
