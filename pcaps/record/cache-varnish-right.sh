#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# cache-varnish-right.pcap: Varnish, and answers that it may keep or may not.
. "$(dirname "$0")/lib.sh"
lab_open
serve_node 3000 origin.js
serve_varnish cache.vcl
capture "$C" eth0 "$DIR/cache-varnish-right.pcap" tcp
story cache-right
capture_end
keep cache-varnish-right.pcap
