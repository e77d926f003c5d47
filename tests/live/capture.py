#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What is found live is what is found offline in the capture that tcpdump recorded beside it."""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from lab import CLIENT, EXCHANGES, FOLDER, SERVER, SERVER4, SERVER6, Live, Skip, tcpdump  # noqa: E402
from tap import run  # noqa: E402


def compare(name, namespace, device, player, host, *args):
    """Capture on a device while player plays on host: the JSON lines, after they were compared."""
    path = os.path.join(FOLDER, name + '.pcap')
    live = Live(namespace, '-i', device, '--json', *args).ready()
    with tcpdump(namespace, device, path):
        lab.play(player, host)
    lines = live.end()
    lab.differ(lines, lab.offline(path))
    seen = sum(lab.exchanges(lines).values())
    assert seen == EXCHANGES, (seen, EXCHANGES)
    return lines


def test_ipv4_with_merged_segments():
    lab.offloads('on')
    compare('four', SERVER, 'eth0', CLIENT, SERVER4)


def test_ipv4_in_frames_of_the_wire():
    lab.offloads('off')
    try:
        compare('frames', SERVER, 'eth0', CLIENT, SERVER4)
    finally:
        lab.offloads('on')


def test_ipv6():
    compare('six', CLIENT, 'eth0', CLIENT, f'[{SERVER6}]')


def test_loopback_without_doubles():
    compare('lo', SERVER, 'lo', SERVER, '127.0.0.1')


def test_all_interfaces_without_doubles():
    compare('any', SERVER, 'any', CLIENT, SERVER4)


def test_the_loopback_device_among_all_interfaces_without_doubles():
    compare('any-lo', SERVER, 'any', SERVER, '127.0.0.1')


def datagram(namespace, host, port, data):
    lab.subprocess.run(lab.inside(namespace, sys.executable, '-c', 'import socket, sys\n'
                                  'family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET\n'
                                  'socket.socket(family, socket.SOCK_DGRAM).sendto(bytes.fromhex(sys.argv[3]), '
                                  '(sys.argv[1], int(sys.argv[2])))', host, str(port), data.hex()), check=True)


def test_connections_of_quic_are_counted_as_offline_on_every_rung():
    """Their first packets on any port, nothing that follows, and no other datagram."""
    begin = b'\xc3\0\0\0\1\x08........' + bytes(40)
    for device, args in (('eth0', []), ('any', []), ('eth0', ['--no-body-cut']), ('eth0', ['--no-ebpf']), ('any', ['--no-ebpf'])):
        live = Live(SERVER, '-i', device, '--json', *args).ready()
        for host in (SERVER4, SERVER6):
            for port in (443, 80):
                for data in (begin, begin, b'\xe3' + begin[1:], b'\x43' + begin[1:], b'', b'x' * 40):
                    datagram(CLIENT, host, port, data)
        time.sleep(0.3)
        said = lab.summary(live.end())
        counted = said['counters']['capture']
        # Each from a port of its own.
        assert (counted['quic_connections'], counted['udp_datagrams']) == (8, 8), (device, args, counted)
        assert any(note.startswith('8 connections speak QUIC') for note in said['notes']), said['notes']


def test_lanes_that_may_have_shared_a_connection_are_told():
    for lanes in ('1', '2'):
        live = Live(SERVER, '-i', 'eth0', '--json', '-j', lanes).ready()
        datagram(CLIENT, SERVER6, 8000, b'x' * 4000)
        time.sleep(0.3)
        said = lab.summary(live.end())
        assert said['counters']['capture']['apart'] == 3, said['counters']['capture']
        assert any('use -j 1' in note for note in said['notes']) == (lanes == '2'), said['notes']


def test_several_lanes_find_the_same():
    """Each connection in one lane, both directions of it, on every kind of device."""
    for lanes in ('2', '5'):
        for state in ('off', 'on'):
            lab.offloads(state)
            for namespace, device, player, host in ((SERVER, 'eth0', CLIENT, SERVER4), (CLIENT, 'eth0', CLIENT, f'[{SERVER6}]'),
                                                    (SERVER, 'lo', SERVER, '127.0.0.1'), (SERVER, 'lo', SERVER, '[::1]'),
                                                    (SERVER, 'any', CLIENT, SERVER4), (SERVER, 'any', SERVER, '127.0.0.1')):
                compare('lanes', namespace, device, player, host, '-j', lanes)
    lab.offloads('on')


def test_several_lanes_on_every_rung_and_on_several_interfaces():
    for args in (['--no-body-cut'], ['--no-ebpf']):
        compare('lanes-rung', SERVER, 'eth0', CLIENT, SERVER4, '-j', '3', *args)
    live = Live(SERVER, '-i', 'any', '-i', 'eth0', '--json', '-j', '3').ready()
    lab.play(CLIENT, SERVER4)
    time.sleep(0.3)
    lines = live.end()
    assert sum(lab.exchanges(lines).values()) == EXCHANGES
    assert lab.summary(lines)['counters']['lanes'] == {'dropped': 0}


def test_vlan():
    for namespace, address in ((CLIENT, '203.0.113.10/24'), (SERVER, '203.0.113.20/24')):
        try:
            lab.ip(namespace, 'link', 'add', 'link', 'eth0', 'name', 'vlan7', 'type', 'vlan', 'id', '7')
        except lab.subprocess.CalledProcessError:
            raise Skip('this kernel has no VLAN devices') from None
        lab.ip(namespace, 'addr', 'add', address, 'dev', 'vlan7')
        lab.ip(namespace, 'link', 'set', 'vlan7', 'up')
    live = Live(SERVER, '-i', 'eth0', '--json').ready()
    lab.play(CLIENT, '203.0.113.20')
    time.sleep(0.3)
    assert sum(lab.exchanges(live.end()).values()) == EXCHANGES


def test_several_interfaces_as_one():
    live = Live(SERVER, '-i', 'lo', '-i', 'eth0', '--json').ready()
    lab.play(CLIENT, SERVER4)
    lab.play(SERVER, '127.0.0.1')
    time.sleep(0.3)
    lines = live.end()
    assert sum(lab.exchanges(lines).values()) == 2 * EXCHANGES
    inputs = lab.summary(lines)['inputs']
    assert [i['name'] for i in inputs] == ['lo', 'eth0']
    assert all(i['packets'] > 0 for i in inputs), inputs


def test_an_interface_and_all_of_them_give_no_doubles():
    live = Live(SERVER, '-i', 'any', '-i', 'eth0', '--json').ready()
    lab.play(CLIENT, SERVER4)
    time.sleep(0.3)
    lines = live.end()
    assert sum(lab.exchanges(lines).values()) == EXCHANGES
    assert all(i['packets'] > 0 for i in lab.summary(lines)['inputs'])


def test_every_rung_of_the_ladder_finds_the_same():
    for args, rung, why in ((['--no-body-cut'], 'eBPF, ports only', '--no-body-cut'),
                            (['--no-ebpf'], 'classic BPF', '--no-ebpf'), ([], 'eBPF with body cut', '')):
        lines = compare('rung', SERVER, 'eth0', CLIENT, SERVER4, *args)
        one = lab.summary(lines)['inputs'][0]
        assert (one['filter'], one['filter_why']) == (rung, why), one


def test_bodies_stay_in_the_kernel():
    received = []
    for args in (['--no-body-cut'], []):
        live = Live(SERVER, '-i', 'eth0', '--json', *args).ready()
        lab.curl(CLIENT, f'http://{SERVER4}', [('GET', '/big', lab.APP)] * 20)
        time.sleep(0.3)
        lines = live.end()
        assert sum(lab.exchanges(lines).values()) == 20
        received.append(lab.summary(lines)['counters']['capture']['bytes'])
    assert received[1] < received[0] / 20, received


def test_a_body_that_looks_like_responses_is_read_as_one_when_it_is_whole():
    live = Live(SERVER, '-i', 'eth0', '--json', '--no-body-cut').ready()
    lab.curl(CLIENT, f'http://{SERVER4}:8080', [('GET', '/tricky', lab.APP), ('GET', '/none', lab.APP)])
    time.sleep(0.3)
    found = lab.exchanges(live.end())
    assert sum(found.values()) == 2, found


def test_pipelined_answers_are_seen_or_counted_as_cut():
    paths = ('/big', '/right', '/big', '/none', '/big', '/right')
    for args in (['--no-body-cut'], []):
        live = Live(SERVER, '-i', 'eth0', '--json', *args).ready()
        lab.pipeline(CLIENT, SERVER4, *paths)
        time.sleep(0.3)
        lines = live.end()
        found = [x for x in lines if x['type'] == 'exchange' and x['request']]
        assert [x['request']['target'] for x in found] == list(paths)
        lost = [x for x in found if x['outcome'] != 'response']
        assert all(x['outcome'] == 'lost' and x['cors']['verdict'] == 'unknown' for x in lost), lost
        assert [x['request']['target'] for x in found if x['cors']['verdict'] == 'block'] in ([], ['/none'])
        assert lab.summary(lines)['counters']['http']['cut_lost'] == len(lost)
        assert not (args and lost), lost


def test_other_ports_stay_outside():
    live = Live(SERVER, '-i', 'eth0', '--json', '--port', '81').ready()
    lab.play(CLIENT, SERVER4)
    lab.curl(CLIENT, f'http://{SERVER4}:81', lab.STORY[:3])
    time.sleep(0.3)
    lines = live.end()
    assert sum(lab.exchanges(lines).values()) == 3
    assert {x[0] for x in lab.exchanges(lines)} == {SERVER4 + ':81'}


def test_a_filter_is_heeded_as_offline():
    live = Live(SERVER, '-i', 'eth0', '--json', 'ip6', 'and', 'tcp', 'port', '80').ready()
    lab.play(CLIENT, SERVER4)
    lab.curl(CLIENT, f'http://[{SERVER6}]', lab.STORY[:3])
    time.sleep(0.3)
    lines = live.end()
    assert sum(lab.exchanges(lines).values()) == 3, lab.exchanges(lines)


def test_the_server_logged_what_was_seen():
    lab.logged()
    live = Live(SERVER, '-i', 'eth0', '--json', '--port', '80').ready()
    # wrk knows the port of http by /etc/services, which a bare system lacks.
    lab.subprocess.run(lab.inside(CLIENT, 'wrk', '-t1', '-c8', '-d2', '-H', f'Origin: {lab.APP}',
                                  f'http://{SERVER4}:80/right'), check=True, capture_output=True)
    time.sleep(0.5)
    lines = live.end()
    counters = lab.summary(lines)['counters']
    seen = sum(1 for x in lines if x['type'] == 'exchange' and x['response'])
    logged = lab.logged()
    # Where the machine is too busy for judging so many, that is counted.
    behind = counters['lanes']['dropped']
    if counters['live']['ring_dropped'] == 0:
        # wrk breaks off the last request of each connection: logged or not, seen or not.
        assert abs(seen + behind - logged) <= 8, (seen, behind, logged)
    print(f'# {logged} logged, {seen} seen, {behind} not judged, {counters["live"]["ring_dropped"]} packets dropped')


def test_what_was_cut_of_a_fast_connection_is_not_called_lost():
    """The kernel is many responses ahead of the program, and remembers what it cut of a few."""
    live = Live(SERVER, '-i', 'eth0', '--json').ready()
    os.kill(live.child.pid, lab.signal.SIGSTOP)
    lab.curl(CLIENT, f'http://{SERVER4}:8080', [('GET', '/chunked', lab.APP)] * 20)
    os.kill(live.child.pid, lab.signal.SIGCONT)
    time.sleep(0.3)
    lines = live.end()
    counters = lab.summary(lines)['counters']
    assert sum(lab.exchanges(lines).values()) == 20
    assert counters['live']['ring_dropped'] == 0, counters['live']
    assert (counters['net']['gaps'], counters['net']['hold_overflows']) == (0, 0), counters['net']
    assert counters['net']['cut_gaps'] >= 19, counters['net']


def test_what_is_dropped_becomes_unknown_never_missing():
    live = Live(SERVER, '-i', 'eth0', '--json', '--no-body-cut', '-B', '64').ready()
    os.kill(live.child.pid, lab.signal.SIGSTOP)
    # All answers are right, so that nothing may be found wrong.
    lab.curl(CLIENT, f'http://{SERVER4}', [('GET', '/right', lab.APP), ('GET', '/big', lab.APP)] * 20)
    os.kill(live.child.pid, lab.signal.SIGCONT)
    time.sleep(0.3)
    lab.curl(CLIENT, f'http://{SERVER4}', [('GET', '/right', lab.APP)] * 20)
    time.sleep(0.3)
    lines = live.end()
    counters = lab.summary(lines)['counters']
    assert counters['live']['ring_dropped'] > 0, counters['live']
    assert not any(x['cors']['verdict'] == 'block' for x in lines if x['type'] == 'exchange')


if __name__ == '__main__':
    try:
        lab.begin()
    except Skip as reason:
        print(f'1..1\nok 1 - live captures # SKIP {reason}')
        sys.exit(0)
    run(sys.modules[__name__])
