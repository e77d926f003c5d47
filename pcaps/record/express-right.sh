#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# express-right.pcapng: Express with npm's cors package.
. "$(dirname "$0")/lib.sh"
lab_open
echo '{"hello":"world"}' >"$DIR/www/data.json"
express_install
serve_node 80 express.js
capture_ng "$C" eth0 "$DIR/express-right.pcapng"
story right
capture_end
keep express-right.pcapng
