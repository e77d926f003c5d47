#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# apache-article.pcap: Apache with the SetEnvIf lines that everybody copies: right, but for Vary.
. "$(dirname "$0")/lib.sh"
lab_open
echo "{\"hello\":\"world\"}" >"$DIR/www/data.json"
serve_apache article.conf
capture "$C" eth0 "$DIR/apache-article.pcap" tcp
story apache-article
capture_end
keep apache-article.pcap
