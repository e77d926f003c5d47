#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Record real traffic for the benchmarks: wrk asks nginx across two network namespaces, as browsers
# of seven origins would. About 100 MB and 9,000 exchanges a second on two processors.
#
#   tests/bench/record.sh OUT.pcap SECONDS
set -euo pipefail
out=$(realpath -m "$1") seconds=$2
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../../pcaps/record/lib.sh
. "$here/../../pcaps/record/lib.sh"
need nginx nginx-light wrk wrk tcpdump tcpdump ethtool ethtool
lab_open
# What a wire would carry: whole checksums, frames of 1500 bytes.
for ns in "$C" "$S"; do
	at "$ns" ethtool -K eth0 tx off tso off gso off gro off >/dev/null
done
body() {
	head -c "$1" /dev/urandom | base64 -w0 >"$DIR/www/$2"
}
body 700 small.json
body 6000 page.json
body 60000 large.json
cp "$here/nginx.conf" "$DIR"
serve 80 nginx -p "$DIR/" -c "$DIR/nginx.conf"
# The machine may be busy: room for seconds of traffic, since a capture with losses is refused.
capture_file=$out capture_device=eth0
start_capture "listening on" at_capture "$S" tcpdump -Z root -n -B 524288 -i eth0 -w "$out" tcp port 80
at "$C" wrk -t1 -c64 -d"${seconds}s" -s "$here/browsers.lua" "http://$SERVER_IP" >"$DIR/wrk.log"
capture_end
