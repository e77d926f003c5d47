#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# reflect-right.pcap: A reflecting filter like Spring's, with Vary.
. "$(dirname "$0")/lib.sh"
lab_open
echo '{"hello":"world"}' >"$DIR/www/data.json"
serve_node 80 reflect.js
capture "$C" eth0 "$DIR/reflect-right.pcap" tcp
story right
capture_end
keep reflect-right.pcap
