#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# ipv6.pcap: IPv6, with its neighbour discovery, and addresses in Host and Origin.
. "$(dirname "$0")/lib.sh"
lab_open
echo "{\"hello\":\"world\"}" >"$DIR/www/data.json"
serve_nginx ipv6.conf
capture "$C" eth0 "$DIR/ipv6.pcap"
story ipv6
capture_end
keep ipv6.pcap
