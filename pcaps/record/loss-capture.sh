#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# loss-capture.pcap: packets that the capture missed, taken away by editcap.
. "$(dirname "$0")/lib.sh"
need tshark tshark editcap wireshark-common
lab_open
serve_node 80 raw.js
capture "$C" eth0 "$DIR/whole.pcap" tcp
story loss-capture
capture_end

# frames FILTER: their numbers.
frames() {
	tshark -r "$DIR/whole.pcap" -Y "$1" -T fields -e frame.number 2>/dev/null
}
response=$(frames "tcp.stream == 0 && http.response" | sed -n 2p)
request=$(frames "tcp.stream == 1 && http.request" | sed -n 2p)
# All of the large body but the segment that holds its head; the next response is in a segment of its own.
body=$(frames "tcp.stream == 2 && tcp.srcport == 80 && tcp.len > 0 && tcp.seq > 1 && tcp.seq < 20000")
# shellcheck disable=SC2086 # a list on purpose
editcap -F pcap "$DIR/whole.pcap" "$DIR/loss-capture.pcap" $response $request $body
keep loss-capture.pcap
