#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# h2-apache-wrong.pcap: apache-wrong.pcap over HTTP/2 with prior knowledge.
. "$(dirname "$0")/lib.sh"
lab_open
mkdir -p "$DIR"/www/{hard,slash,star,files/closed,files/folder}
for folder in hard slash star files files/closed; do
	echo "{\"hello\":\"world\"}" >"$DIR/www/$folder/data.json"
done
serve_node 3000 api.js
serve_apache h2-wrong.conf
capture "$C" eth0 "$DIR/h2-apache-wrong.pcap" tcp
H2=1 story apache-wrong
capture_end
keep h2-apache-wrong.pcap
