#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# snaplen.pcap: 200 bytes of each packet.
. "$(dirname "$0")/lib.sh"
lab_open
serve_node 80 raw.js
capture "$C" eth0 "$DIR/snaplen.pcap" -s 200 tcp
story snaplen
capture_end
keep snaplen.pcap
