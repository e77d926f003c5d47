#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# loopback.pcap: the loopback device, IPv4 and IPv6; large segments.
. "$(dirname "$0")/lib.sh"
lab_begin
ns_add "$C"
S=$C
ADDRESS=127.0.0.1,::1 serve_node 8080 dev.js
capture "$C" lo "$DIR/loopback.pcap"
story loopback
capture_end
keep loopback.pcap
