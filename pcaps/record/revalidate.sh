#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# revalidate.pcap: 304 without headers, and redirects that taint the origin.
. "$(dirname "$0")/lib.sh"
lab_open
serve_node 80 revalidate.js
capture "$C" eth0 "$DIR/revalidate.pcap" tcp
story revalidate
capture_end
keep revalidate.pcap
