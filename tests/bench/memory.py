#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Floods that are made to take memory: it stays under its cap, what was dropped is counted, and the
ordinary traffic beside is still judged.

MEMORY=full has floods of a million units and more; otherwise a tenth of that, or with sanitizers
a fiftieth. The cap is stated for the full size, and for a tenth it is what this takes.
"""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
from tap import PROGRAM, environment, run, sanitized, traffic  # noqa: E402

# One ordinary exchange, which a browser blocks, comes behind so many units (tests/bench/flood.h).
BESIDE = 1000
SHARE = 1 if os.environ.get('MEMORY') == 'full' else 50 if sanitized() else 10
# What the program takes with nothing to follow: its memories are made at the start.
BASE_MB = 60
# 1,000,000 connections take no more, BASE_MB with it.
CONNECTIONS_MB = 400
# HTTP_HELD_TOTAL_MAX, and what malloc adds to blocks of 512 bytes; connections that hold something.
HELD_MB = 140 + 100
# HTTP_TABLES_TOTAL_MAX, with malloc's part.
TABLES_MB = 290


def flood(name, units):
    """Read a flood: its summary's counters, in one dictionary, and its exchanges with findings."""
    units //= SHARE
    writer = subprocess.Popen([traffic(), name, str(units)], stdout=subprocess.PIPE)
    with subprocess.Popen([PROGRAM, '--json', '--findings-only', '-r', '-'], stdin=writer.stdout,
                          stdout=subprocess.PIPE, env=environment()) as child:
        writer.stdout.close()
        out = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    assert writer.wait() == 0 and child.returncode == 0, child.returncode
    lines = [json.loads(line) for line in out.decode().splitlines()]
    counters = {}
    for group in lines[-1]['counters'].values():
        counters.update(group)
    blocked = sum(line['type'] == 'exchange' and line['cors']['verdict'] == 'block'
                  for line in lines)
    print(f'# {name}: {units} units, {usage.ru_maxrss >> 10} MB, {usage.ru_utime:.1f} s')
    assert blocked == units // BESIDE, f'{blocked} of {units // BESIDE} ordinary exchanges were judged'
    return counters, usage.ru_maxrss >> 10


def is_below(rss_mb, cap_mb):
    """A sanitizer keeps what was freed, and more; its floods are about everything else."""
    assert sanitized() or rss_mb <= cap_mb, f'{rss_mb} MB instead of {cap_mb}'


def connections_mb(units):
    return BASE_MB + (CONNECTIONS_MB - BASE_MB) * min(units // SHARE, 1 << 20) / 1e6


def test_a_million_open_connections_take_400_mb():
    counters, rss = flood('open', 1_000_000)
    is_below(rss, connections_mb(1_000_000))
    assert counters['exchanges'] == counters['requests'] == counters['connections']


def test_syn_floods_push_out_what_never_spoke():
    counters, rss = flood('syn', 3_000_000)
    is_below(rss, connections_mb(3_000_000))
    assert SHARE > 1 or counters['connections_evicted'] > 1_000_000


def test_half_sent_requests_give_way_to_whole_ones():
    counters, rss = flood('half', 1_000_000)
    is_below(rss, connections_mb(1_000_000) + HELD_MB)
    assert SHARE > 1 or counters['held_over_limit'] > 500_000
    assert counters['responses_without_request'] == 0


def test_requests_that_nobody_answers_give_way_to_answered_ones():
    counters, rss = flood('unanswered', 1_000_000)
    is_below(rss, connections_mb(1_000_000) + HELD_MB)
    assert SHARE > 4 or counters['held_over_limit'] > 500_000 // SHARE
    assert counters['exchanges'] == counters['requests'] == counters['connections']


def test_distinct_urls_and_origins_push_out_the_oldest():
    counters, rss = flood('distinct', 1_000_000)
    is_below(rss, BASE_MB + 40)
    assert counters['exchanges'] == counters['exchanges_judged']
    assert SHARE > 10 or counters['resources_evicted'] + 65536 >= 1_000_000 // SHARE


def test_full_tables_of_http2_stop_at_their_cap():
    counters, rss = flood('h2-tables', 100_000)
    is_below(rss, BASE_MB + TABLES_MB + 100)
    assert SHARE > 1 or counters['tables_over_limit'] > 0


def test_streams_that_nobody_answers_are_dropped_beyond_a_number():
    counters, rss = flood('h2-streams', 1_000_000)
    is_below(rss, BASE_MB + HELD_MB)
    assert SHARE > 1 or counters['pipeline_over_limit'] > 500_000


def test_header_blocks_that_never_end_are_dropped_at_a_length():
    counters, rss = flood('h2-continuation', 1_000_000)
    is_below(rss, BASE_MB + HELD_MB)
    assert counters['heads_over_limit'] + counters['held_over_limit'] == 100 or SHARE > 25


if __name__ == '__main__':
    run(sys.modules[__name__])
