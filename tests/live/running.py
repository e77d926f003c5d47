#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A capture that runs for long: rights, signals, files that are kept, interfaces that go and come."""
import glob
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from lab import APP, CLIENT, EXCHANGES, FOLDER, SERVER, SERVER4, Live, Skip  # noqa: E402
from tap import PROGRAM, ROOT, environment, run  # noqa: E402

NOBODY = ('--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups')


def status_of(child):
    with open(f'/proc/{child.pid}/status', encoding='ascii') as f:
        return dict(line.rstrip('\n').split(':\t', 1) for line in f if ':\t' in line)


def right(times=1):
    lab.curl(CLIENT, f'http://{SERVER4}', [('GET', '/right', APP)] * times)


def seen(live, cnt):
    """Wait until so many exchanges were printed: at once, not at the end."""
    lab.wait_until(lambda: live.output().count('"type":"exchange"') >= cnt, f'{cnt} exchanges')


def test_missing_rights_are_one_line_and_exit_code_3():
    done = subprocess.run(lab.inside(SERVER, 'setpriv', *NOBODY, PROGRAM, '-i', 'eth0'), capture_output=True,
                          env=environment(), timeout=30, check=False)
    assert (done.returncode, done.stdout) == (3, b''), done
    assert re.fullmatch(rb'cors-sniff: eth0: capturing needs CAP_NET_RAW: run as root, or give it once '
                        rb'with: sudo setcap cap_net_raw,cap_bpf,cap_perfmon\+ep /.*\n', done.stderr), done.stderr


def test_an_interface_that_is_not_there_is_exit_code_3():
    done = subprocess.run([PROGRAM, '-i', 'lo', '-i', 'nosuch0'], capture_output=True, env=environment(),
                          timeout=30, check=False)
    assert (done.returncode, done.stdout) == (3, b'')
    assert b'nosuch0: no such interface' in done.stderr, done.stderr


def test_files_need_no_rights():
    path = os.path.join(FOLDER, 'kept-for-nobody.pcap')
    with lab.tcpdump(SERVER, 'eth0', path):
        right()
    os.chmod(path, 0o644)
    done = subprocess.run(['setpriv', *NOBODY, PROGRAM, '-r', path, '--json'], capture_output=True,
                          env=environment(), timeout=30, check=False)
    assert done.returncode == 0 and b'"exchange"' in done.stdout, done


def test_root_becomes_nobody_and_keeps_nothing_that_works():
    live = Live(SERVER, '-i', 'eth0', '--json').ready()
    status = status_of(live.child)
    assert status['Uid'].split() == ['65534'] * 4, status['Uid']
    assert status['Gid'].split() == ['65534'] * 4, status['Gid']
    assert int(status['CapEff'], 16) == 0
    # CAP_NET_RAW (13), for an interface that comes back.
    assert int(status['CapPrm'], 16) in (0, 1 << 13), status['CapPrm']
    assert status['NoNewPrivs'] == '1'
    right()
    seen(live, 1)
    live.end()


def test_an_ordinary_user_captures_in_his_own_namespace():
    own = ['setpriv', *NOBODY, 'unshare', '-Urn', 'sh', '-c']
    if subprocess.run([*own, 'ip link set lo up'], capture_output=True, check=False).returncode:
        raise Skip('this kernel gives users no namespaces of their own')
    done = subprocess.run([*own, f'ip link set lo up; exec {PROGRAM} -i lo --duration 0.5 --json'],
                          capture_output=True, env=environment(SUDO_UID=None), timeout=30, check=False)
    assert done.returncode == 0, done
    one = lab.summary([json.loads(line) for line in done.stdout.splitlines()])['inputs'][0]
    assert one['filter'] == 'classic BPF' and 'CAP_BPF' in one['filter_why'], one
    assert b'running as root' in done.stderr, done.stderr


def test_another_user_can_be_named():
    live = Live(SERVER, '-i', 'eth0', '-Z', 'daemon').ready()
    assert status_of(live.child)['Uid'].split() == ['1'] * 4
    assert 'running as daemon' in live.errors()
    live.child.send_signal(signal.SIGINT)
    assert live.child.wait(10) == 0
    done = subprocess.run([PROGRAM, '-i', 'lo', '-Z', 'no such user'], capture_output=True, env=environment(),
                          timeout=30, check=False)
    assert done.returncode == 3 and b'there is no such user' in done.stderr, done


def test_capabilities_without_root_are_enough():
    given = '+net_raw,+bpf,+perfmon'
    live = Live(SERVER, '-i', 'eth0', '--json', user=(
        *NOBODY, '--bounding-set', '-all,' + given, '--inh-caps', '-all,' + given, '--ambient-caps',
        '-all,' + given)).ready()
    right()
    seen(live, 1)
    assert int(status_of(live.child)['CapEff'], 16) == 0
    one = lab.summary(live.end())['inputs'][0]
    assert one['filter'] == 'eBPF with body cut', one


def test_without_cap_bpf_the_filter_is_classic_and_the_line_says_why():
    given = '+net_raw'
    live = Live(SERVER, '-i', 'eth0', '--json', user=(
        *NOBODY, '--bounding-set', '-all,' + given, '--inh-caps', '-all,' + given, '--ambient-caps',
        '-all,' + given)).ready()
    right()
    seen(live, 1)
    assert re.search('filter: classic BPF: .*CAP_BPF', live.errors()), live.errors()
    one = lab.summary(live.end())['inputs'][0]
    assert one['filter'] == 'classic BPF', one


def test_findings_appear_at_once_and_their_counts_at_the_end():
    live = Live(SERVER, '-i', 'eth0').ready()
    lab.curl(CLIENT, f'http://{SERVER4}', [('GET', '/none', APP)] * 5)
    lab.wait_until(lambda: 'error acao-missing' in live.output(), 'a finding')
    assert live.output().count('acao-missing') == 1
    live.child.send_signal(signal.SIGINT)
    assert live.child.wait(10) == 0
    text = live.output()
    assert '5 times' in text and 'Summary' in text, text
    assert text.count('\n  change  ') == 1, text


def test_a_report_that_stands_still_does_not_hold_up_the_capture():
    """Nobody reads its output, until the end: exchanges are dropped and counted, packets are not."""
    for lanes in ('1', '2'):
        pipe = os.path.join(FOLDER, 'slow-' + lanes)
        os.mkfifo(pipe, 0o666)
        os.chmod(pipe, 0o666)
        ours = os.open(pipe, os.O_RDWR)
        live = Live(SERVER, '-i', 'eth0', '--json', '-j', lanes, '-o', pipe).ready()
        # More than pipe and ring hold together.
        subprocess.run(lab.inside(CLIENT, 'wrk', '-t1', '-c4', '-d3', '-H', f'Origin: {APP}', '-H', 'X-Requested-With: '
                                  + 'x' * 4000, f'http://{SERVER4}:80/right'), check=True, capture_output=True)
        time.sleep(0.5)
        live.child.send_signal(signal.SIGINT)
        read = b''
        while b'"summary"' not in read[-200000:]:
            read += os.read(ours, 1 << 20)
        os.close(ours)
        assert live.child.wait(10) == 0
        lines = [json.loads(line) for line in read.decode().splitlines()]
        counters = lab.summary(lines)['counters']
        told = sum(x['type'] == 'exchange' for x in lines)
        assert counters['lanes']['dropped'] > 0, counters['lanes']
        assert told + counters['lanes']['dropped'] == counters['http']['exchanges'], (told, counters)
        assert told == counters['cors']['exchanges_judged']


def test_a_status_line_stands_on_a_terminal():
    ours, theirs = pty.openpty()
    child = lab.start(lab.inside(SERVER, PROGRAM, '-i', 'eth0', '--json', '-o', os.path.join(FOLDER, 'o.json'),
                                 '-Z', 'root'), stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs,
                      env=environment())
    os.close(theirs)
    shown = b''
    while b'\r0 exchanges' not in shown:
        shown += os.read(ours, 4096)
    right(3)
    while b'\r3 exchanges' not in shown:
        shown += os.read(ours, 4096)
    lab.stop(child, signal.SIGINT)
    try:
        while True:
            shown += os.read(ours, 4096)
    except OSError:
        pass
    os.close(ours)
    assert shown.endswith(b'\r\x1b[K'), shown[-200:]


def test_sigterm_ends_with_the_summary_and_so_does_the_duration():
    live = Live(SERVER, '-i', 'eth0', '--json').ready()
    right()
    lab.summary(live.end(signal.SIGTERM))
    begin = time.monotonic()
    live = Live(SERVER, '-i', 'eth0', '--json', '--duration', '2').ready()
    right()
    assert live.child.wait(10) == 0
    assert 1.9 < time.monotonic() - begin < 5
    assert sum(lab.exchanges(live.end()).values()) == 1


def test_what_arrived_before_the_end_is_still_judged():
    live = Live(SERVER, '-i', 'eth0', '--json').ready()
    right(30)
    assert sum(lab.exchanges(live.end()).values()) == 30


def test_it_stops_after_a_number_of_exchanges():
    live = Live(SERVER, '-i', 'eth0', '--json', '-c', '7').ready()
    right(20)
    assert live.child.wait(10) == 0
    assert sum(lab.exchanges(live.end()).values()) == 7


def test_sigusr1_prints_statistics_and_goes_on():
    live = Live(SERVER, '-i', 'eth0', '--json').ready()
    for cnt in (1, 2):
        right(3)
        seen(live, 3 * cnt)
        live.child.send_signal(signal.SIGUSR1)
        lab.wait_until(lambda: live.errors().count('Summary') == cnt, 'statistics')
    assert '6 exchanges' in live.errors()
    assert sum(lab.exchanges(live.end()).values()) == 6


def test_sighup_goes_on_in_new_files_where_they_were_moved_away():
    capture, output = os.path.join(FOLDER, 'hup.pcapng'), os.path.join(FOLDER, 'hup.json')
    live = Live(SERVER, '-i', 'eth0', '--json', '-w', capture, '-o', output).ready()
    right(3)
    lab.wait_until(lambda: open(output).read().count('"exchange"') == 3, 'output')
    time.sleep(0.3)
    os.rename(capture, capture + '.1')
    os.rename(output, output + '.1')
    live.child.send_signal(signal.SIGHUP)
    lab.wait_until(lambda: os.path.exists(capture) and os.path.exists(output), 'new files')
    right(2)
    lab.wait_until(lambda: open(output).read().count('"exchange"') == 2, 'output')
    live.end()
    assert open(output + '.1').read().count('"exchange"') == 3
    assert sum(lab.exchanges(lab.offline(capture + '.1')).values()) == 3
    assert sum(lab.exchanges(lab.offline(capture)).values()) == 2
    # Not moved away: nothing is lost.
    live = Live(SERVER, '-i', 'eth0', '--json', '-w', capture).ready()
    right(2)
    seen(live, 2)
    live.child.send_signal(signal.SIGHUP)
    time.sleep(0.3)
    right(1)
    live.end()
    assert sum(lab.exchanges(lab.offline(capture)).values()) == 3


def test_what_is_kept_reads_back_to_the_same_findings():
    for args, offloads in (([], 'on'), ([], 'off'), (['--no-body-cut'], 'on'), (['--no-ebpf'], 'on')):
        lab.offloads(offloads)
        path = os.path.join(FOLDER, 'kept.pcapng')
        live = Live(SERVER, '-i', 'eth0', '-i', 'lo', '--json', '-w', path, *args).ready()
        lab.play(CLIENT, SERVER4)
        lab.play(SERVER, '127.0.0.1')
        time.sleep(0.3)
        lines = live.end()
        assert sum(lab.exchanges(lines).values()) == 2 * EXCHANGES
        back = lab.offline(path)
        lab.differ(lines, back)
        # What the kernel left out is told from what was lost, as it was live.
        ours, theirs = (lab.summary(x)['counters'] for x in (lines, back))
        for layer in ('capture', 'net', 'http', 'cors'):
            assert ours[layer] == theirs[layer], (args, offloads, layer, {
                k: (n, theirs[layer][k]) for k, n in ours[layer].items() if n != theirs[layer][k]})
        if not args:
            assert ours['net']['cut_gaps'] > 0 and ours['net']['gaps'] == 0, ours['net']
        assert {x['source'] for x in back if x['type'] == 'exchange'} == {'eth0', 'lo'}
        assert os.stat(path).st_mode & 0o777 == 0o600
        done = subprocess.run(['tcpdump', '-r', path, '-c', '3', '--count'], capture_output=True, check=False)
        assert b'3 packets' in done.stdout + done.stderr or done.returncode == 0, done


def test_files_are_rotated_as_tcpdump_names_them():
    path = os.path.join(FOLDER, 'turn')
    live = Live(SERVER, '-i', 'eth0', '--json', '--no-body-cut', '-w', path, '-C', '1', '-W', '12').ready()
    lab.curl(CLIENT, f'http://{SERVER4}', [('GET', '/big', APP)] * 4)
    time.sleep(0.3)
    live.end()
    names = sorted(glob.glob(path + '*'))
    assert names[:3] == [path + '00', path + '01', path + '02'], names
    args = [word for name in names for word in ('-r', name)]
    done = subprocess.run([PROGRAM, *args, '--json'], capture_output=True, env=environment(), check=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert sum(lab.exchanges(lines).values()) == 4


def test_a_number_of_timed_files_ends_the_run():
    path = os.path.join(FOLDER, 'slice-%s')
    live = Live(SERVER, '-i', 'eth0', '--json', '-w', path, '-G', '1', '-W', '2').ready()
    end = time.monotonic() + 10
    while live.child.poll() is None and time.monotonic() < end:
        right()
        time.sleep(0.3)
    assert live.child.wait(1) == 0
    names = glob.glob(os.path.join(FOLDER, 'slice-*'))
    assert len(names) == 2, names


def test_a_file_that_cannot_be_written_is_told_with_who_tries():
    folder = os.path.join(FOLDER, 'closed')
    os.mkdir(folder, 0o700)
    done = subprocess.run(lab.inside(SERVER, PROGRAM, '-i', 'eth0', '-w', folder + '/x'), capture_output=True,
                          env=environment(SUDO_UID=None), timeout=30, check=False)
    assert done.returncode == 3, done
    assert b'running as nobody' in done.stderr and b'Permission denied' in done.stderr, done.stderr


def test_an_interface_that_goes_down_is_told_and_waited_for():
    live = Live(SERVER, '-i', 'eth0', '--json').ready()
    right(2)
    lab.ip(SERVER, 'link', 'set', 'eth0', 'down')
    lab.wait_until(lambda: 'eth0 is down' in live.errors(), live.errors())
    lab.ip(SERVER, 'link', 'set', 'eth0', 'up')
    lab.wait_until(lambda: 'eth0 is back' in live.errors(), live.errors())
    right(3)
    time.sleep(0.2)
    lines = live.end()
    assert sum(lab.exchanges(lines).values()) == 5
    assert live.errors().count('eth0 is') == 2, live.errors()


def test_an_interface_that_vanishes_is_opened_anew():
    live = Live(SERVER, '-i', 'eth0', '-i', 'lo', '--json').ready()
    right(2)
    seen(live, 2)
    lab.ip(SERVER, 'link', 'del', 'eth0')
    lab.wait_until(lambda: 'eth0 is gone' in live.errors(), live.errors())
    lab.link_up()
    lab.wait_until(lambda: 'eth0 is back' in live.errors(), live.errors())
    right(3)
    time.sleep(0.2)
    lines = live.end()
    assert sum(lab.exchanges(lines).values()) == 5, live.errors()
    one = lab.summary(lines)['inputs'][0]
    assert one['counters']['reopened'] == 1 and one['filter'] == 'eBPF with body cut', one


def test_a_service_manager_hears_how_it_goes():
    path = os.path.join(FOLDER, 'watched')
    env = environment(NOTIFY_SOCKET=path, WATCHDOG_USEC='400000')
    manager = lab.socket.socket(lab.socket.AF_UNIX, lab.socket.SOCK_DGRAM)
    manager.bind(path)
    os.chmod(path, 0o777)
    manager.settimeout(lab.PATIENCE_S)
    child = lab.start(lab.inside(SERVER, PROGRAM, '-i', 'eth0', '--json'), env=env, stdin=subprocess.DEVNULL,
                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    heard = [manager.recv(4096).decode()]
    assert heard == ['READY=1'], heard
    begin = time.monotonic()
    while sum(h == 'WATCHDOG=1' for h in heard) < 5:
        heard.append(manager.recv(4096).decode())
    assert time.monotonic() - begin < 3
    assert any(re.match(r'STATUS=\d+ exchanges, ', h) for h in heard), heard
    lab.stop(child, signal.SIGTERM)
    while heard[-1] != 'STOPPING=1':
        heard.append(manager.recv(4096).decode())


def test_the_summary_of_a_live_capture_fits_the_schema():
    try:
        import jsonschema
    except ImportError:
        raise Skip('python3-jsonschema is not installed') from None
    live = Live(SERVER, '-i', 'eth0', '--json').ready()
    lab.play(CLIENT, SERVER4)
    time.sleep(0.2)
    with open(os.path.join(ROOT, 'user/report/schema.json'), encoding='utf-8') as f:
        schema = jsonschema.Draft202012Validator(json.load(f))
    for line in live.end():
        schema.validate(line)


def test_interfaces_are_listed():
    done = subprocess.run(lab.inside(SERVER, PROGRAM, '-D'), capture_output=True, env=environment(), timeout=30,
                          check=True)
    assert re.search(rb'^\d+\.eth0 \[Up, Running\]$', done.stdout, re.M), done.stdout
    assert re.search(rb'^\d+\.lo .*Loopback', done.stdout, re.M), done.stdout


def fetched(path):
    """What the program serves inside the server's namespace."""
    done = subprocess.run(inside_curl(path), capture_output=True, timeout=30, check=True)
    return done.stdout.decode()


def inside_curl(path):
    return lab.inside(SERVER, 'curl', '-sf', '--noproxy', '*', f'http://127.0.0.1:900{path}')


def test_the_dashboard_is_live_on_a_port_that_only_root_may_bind():
    live = Live(SERVER, '-i', 'eth0', '--json', '--listen', '127.0.0.1:900').ready()
    assert status_of(live.child)['Uid'].split() == ['65534'] * 4
    assert 'serving on http://127.0.0.1:900/' in live.errors()
    lab.wait_until(lambda: subprocess.run(inside_curl('/-/ready'), capture_output=True, check=False).returncode == 0, 'an edition')
    assert json.loads(fetched('/api/summary'))['state'] == 'live'
    lab.curl(CLIENT, f'http://{SERVER4}', [('GET', '/constant', lab.EVIL)] * 3)
    begin = time.monotonic()
    lab.wait_until(lambda: json.loads(fetched('/api/summary'))['exchanges'] == 3, 'its exchanges')
    assert time.monotonic() - begin < 5
    causes = json.loads(fetched('/api/causes'))['causes']
    assert causes and causes[0]['count'] == 3 and sum(causes[0]['trend']) == 3, causes
    metrics = fetched('/metrics')
    assert 'cors_sniff_capture_drops_total{interface="eth0",where="ring_dropped"} 0' in metrics
    assert re.search(r'^cors_sniff_live_received_total [1-9]', metrics, re.M)
    live.end()


if __name__ == '__main__':
    try:
        lab.begin()
    except Skip as reason:
        print(f'1..1\nok 1 - a running capture # SKIP {reason}')
        sys.exit(0)
    run(sys.modules[__name__])
