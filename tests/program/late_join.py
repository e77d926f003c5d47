#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""HTTP/2 joined late, and with packets missing: whatever is told was so. Each capture of HTTP/2 is
read whole, then from each of its first packets on, then without each of them. A field may become
unknown, a verdict too; neither may become another one."""
import concurrent.futures
import glob
import gzip
import json
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
from tap import ROOT, run, sniff  # noqa: E402

PACKETS_MAX = 200
CAPTURES = sorted(glob.glob(os.path.join(ROOT, 'pcaps', 'h2-*.pcap')) +
                  glob.glob(os.path.join(ROOT, 'pcaps', 'h2-*.pcap.gz')))


def packets(path):
    """The header of a pcap file, and its packets."""
    data = (gzip.open if path.endswith('.gz') else open)(path, 'rb').read()
    assert data[:4] in (b'\xd4\xc3\xb2\xa1', b'\x4d\x3c\xb2\xa1'), path
    found, at = [], 24
    while at < len(data):
        size = 16 + struct.unpack_from('<I', data, at + 8)[0]
        found.append(data[at:at + size])
        at += size
    return data[:24], found


def read(capture):
    """The exchanges of HTTP/2, by connection and stream, and the summary."""
    code, out, err = sniff('-r', '-', '--json', stdin=capture)
    assert code == 0, (code, err)
    lines = [json.loads(line) for line in out.decode().splitlines()]
    assert lines[-1]['type'] == 'summary', lines[-1]
    found = {}
    for x in lines:
        if x['type'] == 'exchange' and x.get('stream'):
            found.setdefault((x['client'], x['server'], x['stream']), []).append(x)
    return found, lines[-1]


def is_part(some, whole):
    """Whether these field lines stand among those, in this order."""
    rest = iter(whole)
    return all(any(field == other for other in rest) for field in some)


def disagreement(x, truth):
    """What x tells that truth does not; None when all of it is so."""
    for half in ('request', 'response'):
        if not x[half]:
            continue
        if not truth[half]:
            return half + ' out of nothing'
        for key in ('method', 'target', 'status'):
            if x[half].get(key) != truth[half].get(key):
                return f'{key} {x[half].get(key)}'
        if x[half].get('host') not in (None, truth[half].get('host')):
            return f'host {x[half]["host"]}'
        if not is_part(x[half]['headers'], truth[half]['headers']):
            return f'{half} has {x[half]["headers"]}'
        if 'fields-unknown' not in x[half].get('flaws', []) and x[half]['headers'] != truth[half]['headers']:
            return f'{half} lacks some of {truth[half]["headers"]}'
    if x['outcome'] not in (truth['outcome'], 'lost'):
        return f'outcome {x["outcome"]}'
    if x['cors']['verdict'] not in (truth['cors']['verdict'], 'unknown'):
        return f'verdict {x["cors"]["verdict"]}'
    if x['cors']['verdict'] == 'block' and x['cors']['code'] != truth['cors']['code']:
        return f'code {x["cors"]["code"]}'
    return None


def findings(x):
    # What rests on more than this exchange may be missing or less sure; it may not be new.
    return {f['rule'] for f in x.get('findings', [])}


def compare(name, capture, whole):
    """Read capture and compare: fields that are known and not, exchanges."""
    late, summary = read(capture)
    for key, told in late.items():
        for x in told:
            truths = whole.get(key, [])
            assert truths, f'{name}: {key} is told out of nothing'
            reasons = [disagreement(x, truth) for truth in truths]
            assert None in reasons, f'{name}: stream {key}: {reasons}'
            new = findings(x) - set().union(*(findings(truth) for truth in truths))
            assert not new, f'{name}: stream {key}: false findings {new}'
    counters = summary['counters']['http']
    fields = counters.get('http2_fields', 0)
    return fields - counters.get('http2_fields_unknown', 0), fields, sum(map(len, late.values()))


def check(path, cuts, what):
    """cuts: how to make captures of a header and packets."""
    header, all_packets = packets(path)
    whole, _ = read(header + b''.join(all_packets))
    known = fields = told = 0
    name = os.path.basename(path)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(compare, f'{name} {what} {i}', header + b''.join(some), whole)
                for i, some in cuts(all_packets)]
        for job in jobs:
            a, b, c = job.result()
            known, fields, told = known + a, fields + b, told + c
    assert fields and told, f'{name}: nothing was read'
    print(f'# {name}: {what} each of {len(jobs)} packets: {100 * known / fields:.1f} % of {fields} fields '
          f'are known, {told} of {len(jobs) * sum(map(len, whole.values()))} exchanges told')


def joined(all_packets):
    for i in range(1, min(PACKETS_MAX, len(all_packets) - 1)):
        yield i, all_packets[i:]


def without_one(all_packets):
    for i in range(0, len(all_packets), max(1, len(all_packets) // 60)):
        yield i, all_packets[:i] + all_packets[i + 1:]


def test_joined_late_nothing_is_wrong():
    assert len(CAPTURES) >= 5
    for path in CAPTURES:
        check(path, joined, 'joined behind')


def test_without_a_packet_nothing_is_wrong():
    for path in CAPTURES:
        check(path, without_one, 'without')


if __name__ == '__main__':
    run(sys.modules[__name__])
