#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# loss-network.pcap: a network that loses every fifth segment; TCP sends them again.
. "$(dirname "$0")/lib.sh"
need python3 python3
lab_open_between
background "$R" python3 "$HERE/switch.py" lose 5 client server
echo "{\"hello\":\"world\"}" >"$DIR/www/data.json"
serve_nginx wrong.conf
capture "$C" eth0 "$DIR/loss-network.pcap" tcp
story brief
capture_end
keep loss-network.pcap
