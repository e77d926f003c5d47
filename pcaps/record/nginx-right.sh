#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# nginx-right.pcap: nginx: an allow list by map.
. "$(dirname "$0")/lib.sh"
lab_open
echo '{"hello":"world"}' >"$DIR/www/data.json"
serve_node 3000 echo.js
serve_nginx right.conf
capture "$C" eth0 "$DIR/nginx-right.pcap" tcp
story right
capture_end
keep nginx-right.pcap
