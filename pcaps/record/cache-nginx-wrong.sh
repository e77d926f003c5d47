#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# cache-nginx-wrong.pcapng: nginx's proxy_cache before an application that echoes Origin without Vary.
. "$(dirname "$0")/lib.sh"
lab_open
serve_node 3000 origin.js
serve_nginx cache.conf
capture_ng "$C" eth0 "$DIR/cache-nginx-wrong.pcapng"
story cache-wrong nginx
capture_end
keep cache-nginx-wrong.pcapng
