#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# framing.pcap: chunked, keep-alive, pipelined, 100, 103, HEAD, 204, 304, until close, HTTP/1.0, CONNECT.
. "$(dirname "$0")/lib.sh"
lab_open
serve_node 80 raw.js
capture "$C" eth0 "$DIR/framing.pcap" tcp
story framing
capture_end
keep framing.pcap
