#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# vlan.pcap: a trunk with VLAN 42 between two switches.
. "$(dirname "$0")/lib.sh"
need python3 python3
lab_open_between
ip -n "$R" link add trunk type veth peer name trunk2
ip -n "$R" link set trunk up
ip -n "$R" link set trunk2 up
background "$R" python3 "$HERE/switch.py" tag 42 client trunk
background "$R" python3 "$HERE/switch.py" tag 42 server trunk2
echo "{\"hello\":\"world\"}" >"$DIR/www/data.json"
serve_nginx wrong.conf
capture "$R" trunk "$DIR/vlan.pcap" vlan
story brief
capture_end
keep vlan.pcap
