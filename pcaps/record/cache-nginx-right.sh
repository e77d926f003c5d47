#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# cache-nginx-right.pcap: nginx's proxy_cache, and answers that it may keep or may not.
. "$(dirname "$0")/lib.sh"
lab_open
serve_node 3000 origin.js
serve_nginx cache.conf
capture "$C" eth0 "$DIR/cache-nginx-right.pcap" tcp
story cache-right
capture_end
keep cache-nginx-right.pcap
