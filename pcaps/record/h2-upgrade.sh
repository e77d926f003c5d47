#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# h2-upgrade.pcap: Apache is asked to upgrade from HTTP/1.1 to HTTP/2, by curl and by nghttp.
. "$(dirname "$0")/lib.sh"
need curl curl nghttp nghttp2-client
lab_open
echo '{"hello":"world"}' >"$DIR/www/data.json"
serve_node 3000 echo.js
serve_apache h2-right.conf
capture "$C" eth0 "$DIR/h2-upgrade.pcap" tcp
story h2-upgrade
capture_end
keep h2-upgrade.pcap
