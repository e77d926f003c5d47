#!/bin/sh
# Includes point one way: a layer sees base/, itself, and the header of the struct that it is given.
set -eu
cd "$(dirname "$0")/.."

# layer: what its files may include besides their own folder, base/ and system headers
allowed() {
	case $1 in
	base) echo '-' ;;
	capture) echo 'bpf/shared\.h' ;;
	net) echo 'capture/packet\.h' ;;
	tls) echo 'net/chunk\.h' ;;
	http) echo 'net/(chunk|endpoint)\.h' ;;
	cors) echo 'http/(exchange|field)\.h|net/endpoint\.h' ;;
	report) echo 'cors/[a-z]*\.h|http/(exchange|field)\.h|net/endpoint\.h' ;;
	web) echo 'report/[a-z_]*\.h' ;;
	esac
}

bad=0
for layer in base capture net tls http cors report web; do
	found=$(grep -nE '^#include "' user/$layer/*.[ch] |
		grep -vE "\"(base|$layer)/" | grep -vE "\"($(allowed $layer))\"" || true)
	[ -z "$found" ] || { echo "$found"; bad=1; }
done
found=$(grep -lE '#include <pcap' -r user | grep -vE '^user/capture/' || true)
[ -z "$found" ] || { echo "libpcap outside capture/: $found"; bad=1; }
found=$(grep -lE '#include <(bpf/|.*\.skel\.h)' -r user | grep -v '^user/capture/prefilter\.c$' || true)
[ -z "$found" ] || { echo "libbpf outside its loader: $found"; bad=1; }
found=$(grep -lE '#include <openssl/' -r user | grep -v '^user/tls/' || true)
[ -z "$found" ] || { echo "libcrypto outside tls/: $found"; bad=1; }
found=$(grep -lE '#include <sqlite3' -r user | grep -vE '^user/report/sqlite_' || true)
[ -z "$found" ] || { echo "SQLite outside its engine: $found"; bad=1; }
found=$(grep -lE '#include <(microhttpd|yaml|gnutls/.*)\.h>' -r user | grep -v '^user/web/' || true)
[ -z "$found" ] || { echo "web libraries outside web/: $found"; bad=1; }
exit $bad
