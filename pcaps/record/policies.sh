#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# policies.pcap: policies that trust too much, and two servers of one host that do not agree.
. "$(dirname "$0")/lib.sh"
lab_open
ip -n "$S" addr add 203.0.113.21/32 dev eth0
ip -n "$C" route add 203.0.113.21/32 dev eth0
RELEASE=new ADDRESS=$SERVER_IP serve_node 80 policy.js
RELEASE=old ADDRESS=203.0.113.21 serve_node 80 policy.js
sleep 0.5 # both listen on port 80, so that the first would do for "serve"
capture "$C" eth0 "$DIR/policies.pcap" tcp
story policies
capture_end
keep policies.pcap
