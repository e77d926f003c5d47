#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# brief.pcap.gz, brief.pcapng.zst, nano.pcap: the same few exchanges in three containers.
. "$(dirname "$0")/lib.sh"
need gzip gzip zstd zstd
lab_open
echo "{\"hello\":\"world\"}" >"$DIR/www/data.json"
serve_nginx wrong.conf

capture "$C" eth0 "$DIR/nano.pcap" --time-stamp-precision=nano tcp
story brief
capture_end
keep nano.pcap

capture "$C" eth0 "$DIR/brief.pcap" tcp
story brief
capture_end
gzip -9n "$DIR/brief.pcap"
keep brief.pcap.gz

capture_ng "$C" eth0 "$DIR/brief.pcapng"
story brief
capture_end
zstd -q --rm -19 "$DIR/brief.pcapng"
keep brief.pcapng.zst
