#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a packet and an exchange cost in each layer, in instructions, against the kept budget.

usage: tests/bench/budget.py [--accept]

Callgrind counts the same instructions in every run. Two lengths of the same traffic are read, and
their difference is divided by what the longer one has more, so that the start of the program does
not count; nor do the libraries, whose memcpy differs between machines. An inlined function counts
for the layer that wrote it. Another compiler makes other code, so that the budget is of one.
--accept keeps what was measured as the new budget.
"""
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
from tap import PROGRAM, ROOT, Skip, environment, run, sanitized, traffic  # noqa: E402

BUDGET = os.path.join(ROOT, 'tests/bench/budget.txt')
# A figure this much above its budget is a regression. Small ones move by whole instructions.
REGRESSION, SLACK = 1.03, 2
LAYERS = ('capture', 'net', 'http', 'cors', 'report', 'base', 'program')
# name: shape, packets of the shorter run, and the counter that divides. The units of both are
# multiples of what a round of the generator writes, so that the mix is the same.
WORK = {
    'packet of a body': ('body-1m', 66380, 'packets'),
    'packet of others': ('foreign', 20000, 'packets'),
    'exchange': ('body-1k', 8000, 'exchanges'),
}
COST = re.compile(r'^[+\-*\d]\S* (\d+)')
# A name is spelled where it comes first, which may be in the line of a call (cob, cfi, cfl).
NAMED = re.compile(r'^(c?)(ob|fl|fi|fe)=\((\d+)\)(?: (.*))?$')
HEAD = """# Instructions by layer, libraries not counted. tests/bench/budget.py measures; make budget accepts.
# compiler: {}
"""


def compiler():
    """What built the program, as it says itself."""
    found = re.search(rb'GNU C\S* [\d.]+|clang version [\d.]+\S*',
                      subprocess.run(['readelf', '-p', '.debug_str', '-p', '.debug_line_str', PROGRAM],
                                     capture_output=True, check=False).stdout)
    return found.group().decode() if found else 'unknown'


def layer_of(path):
    found = re.search(r'(?:^|/)user/(?:(\w+)/)?[\w.]+$', path)
    if found:
        return found.group(1) or 'program'
    # xxHash is inlined from its header, by base/hash.h alone.
    return 'base' if path.endswith('xxhash.h') else 'program'


def count(profile):
    """Instructions of the program's own code, by layer."""
    names, sums = {}, dict.fromkeys(LAYERS, 0)
    is_ours, layer, is_call = False, 'program', False
    for line in profile:
        named = NAMED.match(line)
        if named:
            of_call, kind, number, name = named.groups()
            key = (kind == 'ob', number)
            names.setdefault(key, name)
            if of_call:
                continue
            if kind == 'ob':
                is_ours = os.path.basename(names[key]) == os.path.basename(PROGRAM)
            else:
                layer = layer_of(names[key])
        elif line.startswith('calls='):
            is_call = True  # the next line is what the callee took
        elif is_call:
            is_call = False
        elif is_ours:
            cost = COST.match(line)
            if cost:
                sums.setdefault(layer, 0)
                sums[layer] += int(cost.group(1))
    return sums


def profile(shape, packets, folder):
    """Read so many packets under callgrind: instructions by layer, and the summary's counters."""
    capture, out = os.path.join(folder, 'c.pcap'), os.path.join(folder, 'callgrind.out')
    with open(capture, 'wb') as f:
        subprocess.run([traffic(), shape, str(packets)], stdout=f, check=True)
    done = subprocess.run(['valgrind', '--tool=callgrind', f'--callgrind-out-file={out}', PROGRAM, '-j', '1',
                           '-r', capture], capture_output=True, env=environment(), check=False)
    assert done.returncode == 0, done.stderr.decode()
    text = done.stdout.decode()
    packets, exchanges = re.search(r'traffic +([\d,]+) packets .*?([\d,]+) exchanges', text).groups()
    with open(out, encoding='utf-8') as f:
        return count(f), {'packets': int(packets.replace(',', '')),
                          'exchanges': int(exchanges.replace(',', ''))}


def measure():
    """{(work, layer): instructions}"""
    figures = {}
    with tempfile.TemporaryDirectory(prefix='cors-sniff-bench-') as folder:
        for work, (shape, packets, unit) in WORK.items():
            short, units = profile(shape, packets, folder)
            long, more = profile(shape, 2 * packets, folder)
            for layer in long:
                figure = (long[layer] - short.get(layer, 0)) / (more[unit] - units[unit])
                if figure >= 0.5:
                    figures[work, layer] = figure
            figures[work, 'all'] = sum(f for (w, _), f in figures.items() if w == work)
    return figures


def read():
    """The kept budget and its compiler."""
    with open(BUDGET, encoding='utf-8') as f:
        text = f.read()
    rows = re.findall(r'^([^#\n]+?)\t+(\w+)\t+([\d.]+)$', text, re.M)
    return {(work, layer): float(figure) for work, layer, figure in rows}, \
        re.search(r'# compiler: (.*)', text).group(1)


def write(figures):
    with open(BUDGET, 'w', encoding='utf-8') as f:
        f.write(HEAD.format(compiler()))
        for (work, layer), figure in figures.items():
            f.write(f'{work}\t{layer}\t{figure:.1f}\n')


def needs():
    if subprocess.run(['sh', '-c', 'command -v valgrind'], capture_output=True, check=False).returncode:
        raise Skip('valgrind is not installed')
    if sanitized():
        raise Skip('sanitizers change what is counted')


def test_no_layer_costs_more_than_its_budget():
    needs()
    budget, of = read()
    if of != compiler():
        raise Skip(f'the budget is of {of}, this program of {compiler()}')
    figures = measure()
    worse = []
    for key in sorted(figures.keys() | budget.keys()):
        now, kept = figures.get(key, 0), budget.get(key, 0)
        print(f'# {key[0]}, {key[1]}: {now:.1f} instructions, budget {kept:.1f}')
        if now > kept * REGRESSION and now > kept + SLACK:
            worse.append(f'{key[0]}, {key[1]}: {now:.1f} instructions instead of {kept:.1f}')
    assert not worse, '; '.join(worse) + '. If it is worth that: make budget, and say why in the commit'


if __name__ == '__main__':
    if sys.argv[1:] == ['--accept']:
        needs()
        write(measure())
        sys.exit(0)
    run(sys.modules[__name__])
