#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# h2-many.pcap.gz: many streams at once on Node, by browsers' header sets and by h2load.
. "$(dirname "$0")/lib.sh"
need h2load nghttp2-client
lab_open
serve_node 80 h2.js
capture "$C" eth0 "$DIR/h2-many.pcap" tcp
story h2-many
capture_end
gzip -n9 "$DIR/h2-many.pcap"
keep h2-many.pcap.gz
