#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# apache-right.pcap: Apache: an allow list by SetEnvIf.
. "$(dirname "$0")/lib.sh"
lab_open
echo '{"hello":"world"}' >"$DIR/www/data.json"
serve_node 3000 echo.js
serve_apache right.conf
capture "$C" eth0 "$DIR/apache-right.pcap" tcp
story right
capture_end
keep apache-right.pcap
