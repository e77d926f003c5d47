#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Play a new set of cases in the Chromium of this machine and compare: TAP.
#
#   tests/oracle/live.sh [SEED [N]]      the set stays in build/oracle
set -eu
here=$(dirname "$0")
seed=${1:-1} n=${2:-60}
out=${ORACLE_OUT:-build/oracle}

skip() {
	echo "ok 1 - $n new cases agree with the browser # SKIP $1"
	echo "1..1"
	exit 0
}

for tool in node chromium tcpdump openssl ip unshare; do
	command -v "$tool" >/dev/null || skip "$tool is not installed"
done
[ -e /proc/net/if_inet6 ] || skip 'this machine has no IPv6'
"$here/isolate.sh" true 2>/dev/null || skip 'no right to make a network namespace'

mkdir -p "$out"
echo "# seed $seed, $n cases"
"$here/isolate.sh" node "$here/oracle.mjs" --seed "$seed" --n "$n" --out "$out" >"$out/oracle.log" 2>&1 || {
	echo "not ok 1 - the browser plays the cases"
	sed 's/^/# /' "$out/oracle.log"
	exit 1
}
sed 's/^/# /' "$out/oracle.log"
exec node "$here/agree.mjs" "$out"
