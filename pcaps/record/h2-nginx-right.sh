#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# h2-nginx-right.pcap: nginx-right.pcap over HTTP/2 with prior knowledge.
. "$(dirname "$0")/lib.sh"
lab_open
echo '{"hello":"world"}' >"$DIR/www/data.json"
serve_node 3000 echo.js
serve_nginx h2-right.conf
capture "$C" eth0 "$DIR/h2-nginx-right.pcap" tcp
H2=1 story right
capture_end
keep h2-nginx-right.pcap
