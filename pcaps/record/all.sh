#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Record everything again. OUT=DIRECTORY: there instead of in pcaps/. A busy machine may spoil a recording, which
# then says so; each gets a second chance.
set -euo pipefail
cd "$(dirname "$0")"
for script in *.sh; do
	case $script in
	all.sh | lib.sh | tls-lib.sh) ;;
	*) "./$script" || "./$script" ;;
	esac
done
