#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What capturing costs under load: the program, the same without eBPF, and tcpdump that writes to nowhere, in
turn, on the same kinds of traffic, each with the ring that it takes by itself. Medians; processor time is that of the
capturing process alone, for 1000 requests, so that it can be compared whatever rate a turn had.

    tests/live/load.py [TURNS [SECONDS [SCENE]]]    3 turns of 4 seconds of all scenes, unless said otherwise;
                                                    LANES=n for -j, RATE=n for the frames a second of the last
"""
import dataclasses
import glob
import os
import re
import signal
import statistics
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from lab import APP, CLIENT, FOLDER, SERVER, SERVER4, Live, Skip  # noqa: E402
from tap import ROOT  # noqa: E402

TURNS = int(sys.argv[1]) if len(sys.argv) > 1 else 3
SECONDS = sys.argv[2] if len(sys.argv) > 2 else '4'
ONLY = sys.argv[3] if len(sys.argv) > 3 else ''
LANES = os.environ.get('LANES', '1')
RATE = os.environ.get('RATE', '500000')
BLAST = os.path.join(ROOT, 'build/tests/bench/blast')
WAYS = ('eBPF', '--no-ebpf', 'tcpdump')


@dataclasses.dataclass
class Scene:
    """One kind of traffic, and what may be asked of the program when it is played."""
    name: str
    port: str                      # that is asked for
    load: tuple = ()               # (connections, URL) each; none: frames of the generator's
    is_bulk: bool = False          # bodies of 1 MB, which are to stay in the kernel


SCENES = (Scene('90 % foreign', '80', ((1, ':80/right'), (9, ':81/right'))),
          Scene('small answers', '80', ((8, ':80/right'),)),
          Scene('1 MB bodies', '80', ((4, ':80/big'),), True),
          Scene('chunked', '8080', ((4, ':8080/chunked'),), True),
          Scene('frames', '80', (), True))
# Of bulk, so much of the bytes may come up.
BULK_SHARE_MAX = 0.02


def cpu_s(pid):
    used = 0
    for path in glob.glob(f'/proc/{pid}/task/*/schedstat'):
        with open(path, encoding='ascii') as f:
            used += int(f.read().split()[0])
    return used / 1e9


def play_frames():
    """Frames at a steady rate, as no server sends them; how many exchanges were in them."""
    done = lab.subprocess.run(lab.inside(CLIENT, BLAST, 'eth0', '80', RATE, SECONDS), check=True, timeout=60,
                              capture_output=True)
    frames, exchanges, seconds = re.match(rb'(\d+) frames, (\d+) exchanges, ([\d.]+) s', done.stdout).groups()
    return int(exchanges), int(frames) / float(seconds)


def play(scene):
    """Run the load; how many requests the port that is asked for had, and frames a second if they are known."""
    def one(cnt, url):
        return lab.start(lab.inside(CLIENT, 'wrk', '-t1', f'-c{cnt}', f'-d{SECONDS}', '-H', f'Origin: {APP}',
                                    f'http://{SERVER4}{url}'), stdout=lab.subprocess.PIPE)
    if not scene.load:
        return play_frames()
    children = [(url, one(cnt, url)) for cnt, url in scene.load]
    done = 0
    for url, child in children:
        out = child.communicate(timeout=60)[0].decode()
        if url.startswith(f':{scene.port}/'):
            done += int(re.search(r'(\d+) requests in', out).group(1))
    return done, 0


def with_program(scene, *args):
    live = Live(SERVER, '-i', 'eth0', '--json', '--summary-only', '--port', scene.port, '-j', LANES, *args).ready()
    # Loading the eBPF program is paid once.
    begun = cpu_s(live.child.pid)
    done, rate = play(scene)
    time.sleep(0.3)
    used = cpu_s(live.child.pid) - begun
    counters = lab.summary(live.end())['counters']
    filtered, live_counts = counters['prefilter'], counters['live']
    return {'requests': done, 'rate': rate, 'cpu': used, 'seen': counters['cors']['exchanges_judged'],
            'dropped': live_counts['ring_dropped'] + counters['lanes']['dropped'],
            'packets': live_counts['received'], 'bytes': counters['capture']['bytes'],
            'share_packets': (filtered['passed'] + filtered['truncated']) / max(1, filtered['seen']),
            'share_bytes': filtered['passed_bytes'] / max(1, filtered['seen_bytes'])}


def with_tcpdump(scene):
    log = os.path.join(FOLDER, 'load.log')
    with open(log, 'wb') as f:
        child = lab.start(lab.inside(SERVER, 'tcpdump', '-Z', 'root', '-n', '-s', '0', '-i', 'eth0', '-w', '/dev/null',
                                     'tcp', 'port', scene.port), stderr=f)
    lab.wait_until(lambda: b'listening on' in open(log, 'rb').read(), 'tcpdump')
    begun = cpu_s(child.pid)
    done, rate = play(scene)
    time.sleep(1.2)
    used = cpu_s(child.pid) - begun
    lab.stop(child, signal.SIGINT)
    with open(log, encoding='ascii') as f:
        dropped = int(re.search(r'(\d+) packets? dropped by kernel', f.read()).group(1))
    return {'requests': done, 'rate': rate, 'cpu': used, 'dropped': dropped}


def median(rows, key):
    return statistics.median(r[key] for r in rows)


def tell(scene, rows):
    cost = {way: statistics.median(1e6 * r['cpu'] / max(1, r['requests']) for r in rows[way]) for way in WAYS}
    rate = median(rows['eBPF'], 'rate')
    print(f'# {scene.name}: {median(rows["eBPF"], "requests"):.0f} requests in {SECONDS} s'
          + (f', {rate:.0f} frames a second' if rate else '') + '; of what the filter saw came up '
          f'{100 * median(rows["eBPF"], "share_packets"):.2f} % of the packets, '
          f'{100 * median(rows["eBPF"], "share_bytes"):.2f} % of the bytes')
    print('#   us of processor time a request: ' + ', '.join(f'{way} {cost[way]:.1f}' for way in WAYS)
          + f'; eBPF / --no-ebpf {cost["eBPF"] / cost["--no-ebpf"]:.3f}, eBPF / tcpdump {cost["eBPF"] / cost["tcpdump"]:.3f}')
    print('#   packets dropped: ' + ', '.join(f'{way} {median(rows[way], "dropped"):.0f}' for way in WAYS)
          + '; exchanges not found: ' + ', '.join(
              f'{way} {max(0, statistics.median(r["requests"] - r["seen"] for r in rows[way])):.0f}' for way in WAYS[:2]))
    if not scene.load and not median(rows['tcpdump'], 'dropped'):
        print('#   tcpdump has dropped nothing: on this machine the rate is no hurdle')


def check(scene, rows):
    """What holds on any machine, however busy: what was not dropped was found, and bodies stayed in the kernel."""
    for r in rows:
        assert r['dropped'] or r['seen'] >= r['requests'], r
        assert not scene.is_bulk or r['share_bytes'] < BULK_SHARE_MAX, r
        assert scene.load or (r['dropped'] == 0 and r['seen'] == r['requests']), r


def main():
    for scene in SCENES:
        if not scene.name.startswith(ONLY) or not (scene.load or os.path.exists(BLAST)):
            continue
        if not scene.load:
            lab.offloads('on')  # else a veth device takes no frames of the generator
        rows = {way: [] for way in WAYS}
        for _ in range(TURNS):
            rows['eBPF'].append(with_program(scene))
            rows['--no-ebpf'].append(with_program(scene, '--no-ebpf'))
            rows['tcpdump'].append(with_tcpdump(scene))
        tell(scene, rows)
        sys.stdout.flush()
        check(scene, rows['eBPF'])


if __name__ == '__main__':
    print('1..1')
    try:
        lab.begin()
        main()
        print('ok 1 - what capturing costs under load')
    except Skip as reason:
        print(f'ok 1 - what capturing costs under load # SKIP {reason}')
