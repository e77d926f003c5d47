#!/bin/sh
# Build the kernel's half with every clang of this machine, load it, and run it beside the host's
# copy. In TAP, with what the kernel made of each.
#
#   tests/capture/clangs.sh BUILD_DIR
set -eu
cd "$(dirname "$0")/../.."
build=$1
n=0 bad=0
for clang in $(find /usr/bin /usr/local/bin -name 'clang-[0-9]*' 2>/dev/null | grep -E '/clang-[0-9]+$' | sort -V); do
	n=$((n + 1))
	name=$(basename "$clang")
	dir=$build/$name
	log=$(mktemp)
	test=$dir/tests/capture/test_prefilter_kernel probes=$dir/tests/probe/test_tlsprobe_kernel
	if make B="$dir" CLANG="$clang" "$test" "$probes" >"$log" 2>&1 &&
		CMOCKA_MESSAGE_OUTPUT=TAP "$test" >>"$log" 2>&1 && CMOCKA_MESSAGE_OUTPUT=TAP "$probes" >>"$log" 2>&1; then
		if grep -q SKIP "$log"; then
			echo "ok $n - $name # SKIP builds; not loaded, which needs CAP_BPF: sudo make clangs"
		else
			# The filter's first, then the sum of the probes'.
			echo "ok $n - $name: $(sed -n 's/^#* *loaded: //p' "$log" | paste -sd ';' | sed 's/;/; probes: /')"
		fi
	else
		cat "$log"
		echo "not ok $n - $name"
		bad=1
	fi
	rm -f "$log"
done
echo "1..$n"
exit $bad
