#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""All threads of a live capture at once, for ThreadSanitizer to watch: lanes on two interfaces, a store, a file that is
opened anew, statistics asked for, and a dashboard that is looked at. `make races` builds the program for it.

    tests/live/races.py [SECONDS]    20 seconds, unless said otherwise
"""
import glob
import os
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from lab import APP, CLIENT, FOLDER, PROGRAM, SERVER, SERVER4, Live, Skip  # noqa: E402

SECONDS = int(sys.argv[1]) if len(sys.argv) > 1 else 20
# The page's requests, again and again, one of them for events.
VISITOR = ('while :; do for p in metrics api api/schema; do curl -so /dev/null http://127.0.0.1:8123/$p; done; '
           'curl -sm 1 -o /dev/null http://127.0.0.1:8123/api/events; done')


def main():
    reports = os.path.join(FOLDER, 'tsan')
    os.environ['TSAN_OPTIONS'] = f'log_path={reports} exitcode=0'
    live = Live(SERVER, '-i', 'eth0', '-i', 'lo', '-j', '2', '--json', '-o', os.path.join(FOLDER, 'races.json'), '--store',
                os.path.join(FOLDER, 'races.db'), '--listen', '127.0.0.1:8123').ready()
    visitor = lab.start(lab.inside(SERVER, 'sh', '-c', VISITOR))
    # Few connections: the sanitizer makes the program ten times slower.
    for url in (':80/right', ':8080/chunked'):
        lab.start(lab.inside(CLIENT, 'wrk', '-t1', '-c2', f'-d{SECONDS}', '-H', f'Origin: {APP}', f'http://{SERVER4}{url}'),
                  stdout=lab.subprocess.DEVNULL)
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        for number in (signal.SIGHUP, signal.SIGUSR1):
            live.child.send_signal(number)
            time.sleep(0.5)
        lab.play(SERVER, '127.0.0.1')
    lab.stop(visitor)
    live.child.send_signal(signal.SIGINT)
    assert live.child.wait(60) == 0, live.errors()
    found = [open(path, encoding='utf-8').read() for path in glob.glob(reports + '.*')]
    assert not found, '\n'.join(found)


if __name__ == '__main__':
    print('1..1')
    with open(PROGRAM, 'rb') as program:
        is_watched = b'__tsan_init' in program.read()
    try:
        if not is_watched:
            raise Skip('the program is not built for ThreadSanitizer: make races')
        lab.begin()
        main()
        print('ok 1 - no race in a live capture')
    except Skip as reason:
        print(f'ok 1 - no race in a live capture # SKIP {reason}')
