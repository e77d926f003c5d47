#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# nginx-wrong.pcapng: nginx with the wrong configurations that people write, and one application behind it.
. "$(dirname "$0")/lib.sh"
need curl curl
lab_open
echo '{"hello":"world"}' >"$DIR/www/data.json"
echo 'user:{PLAIN}secret' >"$DIR/users"
serve_node 3000 api.js
serve_nginx wrong.conf
capture_ng "$C" eth0 "$DIR/nginx-wrong.pcapng"
story nginx-wrong
capture_end
keep nginx-wrong.pcapng
