#!/bin/sh
# Run one fuzz target for some seconds on its seed corpus, and say so in TAP.
#
#   tests/fuzz/run.sh build/fuzz/NAME SECONDS [SEED]
#
# The same SEED takes the same way, so that what fails can be played again; without one, another
# each time.
set -eu
target=$1 seconds=$2 seed=${3:-0}
name=$(basename "$target")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
seeds=$(dirname "$0")/corpus/$name
[ -d "$seeds" ] || mkdir -p "$dir/none"
[ -d "$seeds" ] || seeds=$dir/none
mkdir "$dir/found"
if "$target" -seed="$seed" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="$dir/" \
	"$dir/found" "$seeds" >"$dir/log" 2>&1; then
	echo "ok 1 - $name: $(sed -n 's/^Done \([0-9]*\) runs.*/\1 runs without a fault/p' "$dir/log")"
else
	tail -n 60 "$dir/log"
	for crash in "$dir"/crash-* "$dir"/oom-* "$dir"/timeout-* "$dir"/leak-*; do
		[ -e "$crash" ] && { echo "input:"; base64 "$crash"; }
	done
	echo "not ok 1 - $name"
	exit 1
fi
