#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# h2-late.pcap: HTTP/2 connections that were open, and had filled their tables, before the capture began.
. "$(dirname "$0")/lib.sh"
lab_open
echo '{"hello":"world"}' >"$DIR/www/data.json"
serve_node 3000 echo.js
serve_nginx h2-right.conf
GO=$DIR/go story h2-late &
story=$!
pids+=("$story")
while [ ! -e "$DIR/go.ready" ]; do
	sleep 0.1
done
capture "$C" eth0 "$DIR/h2-late.pcap" tcp
touch "$DIR/go"
wait "$story"
capture_end
keep h2-late.pcap
