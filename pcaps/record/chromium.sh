#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# chromium.pcap: a real browser against nginx, right and wrong.
. "$(dirname "$0")/lib.sh"
need chromium chromium
lab_open
cp "$HERE/pages/chromium.html" "$DIR/www/index.html"
serve_node 3000 echo.js
serve_nginx chromium.conf
capture "$C" eth0 "$DIR/chromium.pcap" tcp port 80
story chromium "$DIR/profile"
capture_end
keep chromium.pcap
