#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# any.pcap, two-interfaces.pcapng: on a router, where each packet passes twice.
. "$(dirname "$0")/lib.sh"
lab_open_between
lab_route
echo "{\"hello\":\"world\"}" >"$DIR/www/data.json"
serve_nginx wrong.conf

capture "$R" any "$DIR/any.pcap" tcp
story brief
capture_end
keep any.pcap

capture_ng "$R" client "$DIR/two-interfaces.pcapng" server
story brief
capture_end
keep two-interfaces.pcapng
