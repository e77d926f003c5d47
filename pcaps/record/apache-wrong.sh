#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# apache-wrong.pcap: Apache with "Header set" where "always" was meant, and one application behind it.
. "$(dirname "$0")/lib.sh"
lab_open
mkdir -p "$DIR"/www/{hard,slash,star,files/closed,files/folder}
for folder in hard slash star files files/closed; do
	echo "{\"hello\":\"world\"}" >"$DIR/www/$folder/data.json"
done
serve_node 3000 api.js
serve_apache wrong.conf
capture "$C" eth0 "$DIR/apache-wrong.pcap" tcp
story apache-wrong
capture_end
keep apache-wrong.pcap
