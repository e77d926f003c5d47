#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# faults.pcap: reset, closed, not HTTP, cut short, never answered, refused.
. "$(dirname "$0")/lib.sh"
lab_open
serve_node 80 raw.js
capture "$C" eth0 "$DIR/faults.pcap" tcp
story faults &
pids+=("$!")
while [ ! -s "$DIR/expect" ]; do
	sleep 0.2
done
capture_end
keep faults.pcap
