#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# demo.pcapng: a shop's API behind nginx, with a handful of faults among what works; for "make demo".
. "$(dirname "$0")/lib.sh"
lab_open
serve_node 3000 shop.js
serve_nginx demo.conf
capture_ng "$C" eth0 "$DIR/demo.pcapng"
story demo
capture_end
keep demo.pcapng
