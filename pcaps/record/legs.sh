#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# legs.pcapng: both sides of a proxy in one capture: who adds, drops, doubles and changes a header.
. "$(dirname "$0")/lib.sh"
lab_open
need reordercap wireshark-common
serve_node 3000 legs.js
serve_nginx legs.conf
capture_ng "$S" eth0 "$DIR/unordered.pcapng" lo
story legs
capture_end
# dumpcap writes what each interface had in turn.
reordercap "$DIR/unordered.pcapng" "$DIR/legs.pcapng" >/dev/null
keep legs.pcapng
