#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# cache-varnish-wrong.pcap: Varnish before an application that echoes Origin without Vary.
. "$(dirname "$0")/lib.sh"
lab_open
serve_node 3000 origin.js
serve_varnish cache.vcl
capture "$C" eth0 "$DIR/cache-varnish-wrong.pcap" tcp
story cache-wrong varnish
capture_end
keep cache-varnish-wrong.pcap
