# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What every recording needs: two network namespaces joined by a veth pair, servers started in one,
# a story played in the other, a capture between them. Sourced by the scripts beside it.
#
# Nothing outlives a run but the capture and its .expect: processes are stopped by the ids kept
# here, the namespaces and the scratch directory go away in the exit trap.

set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
OUT=${OUT:-$(dirname "$HERE")}
# Documentation addresses (RFC 5737, RFC 3849), so that nothing looks like a server of one's own network.
CLIENT_IP=198.51.100.10
SERVER_IP=203.0.113.20
CLIENT_IP6=2001:db8:1::10
SERVER_IP6=2001:db8:2::20
export CLIENT_IP SERVER_IP CLIENT_IP6 SERVER_IP6
pids=()
capture_pid=
capture_file=
capture_device=

die() {
	echo "record: $*" >&2
	exit 1
}

# need COMMAND PACKAGE ...: say everything that is missing at once.
need() {
	local missing=
	[ "$(id -u)" -eq 0 ] || die "needs root, for network namespaces"
	while [ $# -gt 0 ]; do
		command -v "$1" >/dev/null || missing="$missing $2"
		shift 2
	done
	[ -z "$missing" ] || die "missing Debian packages:$missing"
}

stop() {
	kill "$1" 2>/dev/null || return 0
	for _ in $(seq 50); do
		kill -0 "$1" 2>/dev/null || return 0
		sleep 0.1
	done
	kill -KILL "$1" 2>/dev/null || true
}

lab_close() {
	local pid ns
	for pid in "${pids[@]}" $capture_pid; do
		stop "$pid"
	done
	for ns in "$C" "$S" "$R"; do
		ip netns del "$ns" 2>/dev/null || true
	done
	rm -rf "$DIR"
}

# lab_begin: scratch directory, names and exit trap.
lab_begin() {
	need ip iproute2 tcpdump tcpdump node nodejs
	DIR=$(mktemp -d)
	chmod 755 "$DIR"
	mkdir "$DIR/tmp" "$DIR/www"
	C=cs-client-$$ S=cs-server-$$ R=cs-router-$$
	trap lab_close EXIT
	trap 'exit 130' INT TERM
}

ns_add() {
	ip netns add "$1"
	ip -n "$1" link set lo up
	# Addresses are ours alone: no time for duplicate address detection.
	ip netns exec "$1" sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
}

# link NS DEVICE NS DEVICE: a veth pair, up.
link() {
	ip link add "$2" netns "$1" type veth peer name "$4" netns "$3"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}

# address NS DEVICE IP IP6 PEER_IP PEER_IP6
address() {
	ip -n "$1" addr add "$3/32" dev "$2"
	ip -n "$1" -6 addr add "$4/128" dev "$2" nodad
	ip -n "$1" route add "$5/32" dev "$2"
	ip -n "$1" -6 route add "$6/128" dev "$2"
}

# lab_open: client ($C, device eth0) and server ($S, device eth0), next to each other.
lab_open() {
	lab_begin
	ns_add "$C"
	ns_add "$S"
	link "$C" eth0 "$S" eth0
	address "$C" eth0 "$CLIENT_IP" "$CLIENT_IP6" "$SERVER_IP" "$SERVER_IP6"
	address "$S" eth0 "$SERVER_IP" "$SERVER_IP6" "$CLIENT_IP" "$CLIENT_IP6"
}

# lab_open_between: the same with a namespace between them ($R, devices client and server), which does nothing yet.
lab_open_between() {
	local ns
	need ethtool ethtool
	lab_begin
	for ns in "$C" "$S" "$R"; do
		ns_add "$ns"
	done
	link "$C" eth0 "$R" client
	link "$S" eth0 "$R" server
	address "$C" eth0 "$CLIENT_IP" "$CLIENT_IP6" "$SERVER_IP" "$SERVER_IP6"
	address "$S" eth0 "$SERVER_IP" "$SERVER_IP6" "$CLIENT_IP" "$CLIENT_IP6"
	# Whoever is between sees what a wire would carry: whole checksums, frames of 1500 bytes.
	for ns in "$C" "$S"; do
		ip netns exec "$ns" ethtool -K eth0 tx off tso off gso off gro off >/dev/null
	done
}

# lab_route: $R forwards as a router does.
lab_route() {
	ip netns exec "$R" sysctl -qw net.ipv4.ip_forward=1
	ip -n "$R" addr add 198.51.100.1/32 dev client
	ip -n "$R" addr add 203.0.113.1/32 dev server
	ip -n "$R" route add "$CLIENT_IP/32" dev client
	ip -n "$R" route add "$SERVER_IP/32" dev server
	ip -n "$C" route replace "$SERVER_IP/32" via 198.51.100.1 dev eth0 onlink
	ip -n "$S" route replace "$CLIENT_IP/32" via 203.0.113.1 dev eth0 onlink
}

# at NAMESPACE COMMAND...
at() {
	ip netns exec "$@"
}

# background NAMESPACE COMMAND...: its id is kept, and left in $last.
background() {
	ip netns exec "$@" >>"$DIR/servers.log" 2>&1 &
	last=$!
	pids+=("$last")
}

# serve PORT COMMAND...: start a server in $S and wait until it listens.
serve() {
	local port=$1
	shift
	background "$S" "$@"
	for _ in $(seq 100); do
		if [ -n "$(ip netns exec "$S" ss -Hltn "sport = :$port")" ]; then
			return 0
		fi
		kill -0 "$last" 2>/dev/null || break
		sleep 0.1
	done
	cat "$DIR/servers.log" >&2
	die "no server on port $port: $*"
}

serve_nginx() {
	need nginx nginx-light
	cp "$HERE"/nginx/*.conf "$DIR"
	serve 80 nginx -p "$DIR/" -c "$DIR/$1"
}

serve_apache() {
	need apache2 apache2
	cp "$HERE"/apache/*.conf "$DIR"
	serve 80 apache2 -d "$DIR" -f "$DIR/$1" -DFOREGROUND
}

serve_varnish() {
	need varnishd varnish
	# -j none: its own user could not enter the scratch directory.
	serve 80 varnishd -F -j none -n "$DIR/varnish" -f "$HERE/varnish/$1" -a "$SERVER_IP:80" -s malloc,16m
}

# serve_node PORT FILE: an application that listens on PORT (in its environment).
serve_node() {
	PORT=$1 serve "$1" node "$HERE/node/$2"
}

# express_install: Express and the cors package, in the scratch directory; for express.js.
express_install() {
	need npm npm
	npm install --prefix "$DIR/app" --no-audit --no-fund --silent express@5.3.0 cors@2.8.6 >/dev/null 2>&1 ||
		die "npm could not fetch express and cors"
	export NODE_PATH=$DIR/app/node_modules
}

# capture NAMESPACE DEVICE FILE [TCPDUMP OPTION...]: until capture_end.
capture() {
	local ns=$1 device=$2 file=$3
	shift 3
	capture_file=$file
	capture_device=$device
	start_capture "listening on" at_capture "$ns" tcpdump -Z root --immediate-mode -U -n -i "$device" -w "$file" "$@"
}

# capture_ng NAMESPACE DEVICE FILE [DEVICE...]: the same, pcapng, written by dumpcap; several devices in one file.
capture_ng() {
	local ns=$1 file=$3 device devices=()
	capture_file=$file
	capture_device=$2
	need dumpcap wireshark-common
	for device in "$2" "${@:4}"; do
		devices+=(-i "$device" -f tcp)
	done
	start_capture "^File:" at_capture "$ns" dumpcap -q "${devices[@]}" -w "$file"
}

at_capture() {
	exec ip netns exec "$@"
}

start_capture() {
	local ready=$1
	shift
	: >"$DIR/capture.log"
	"$@" 2>>"$DIR/capture.log" &
	capture_pid=$!
	for _ in $(seq 100); do
		grep -q "$ready" "$DIR/capture.log" && return 0
		kill -0 "$capture_pid" 2>/dev/null || break
		sleep 0.1
	done
	cat "$DIR/capture.log" >&2
	die "the capture did not start"
}

# What the kernel still holds is lost when the capture is told to stop, so its file must have come to rest.
capture_end() {
	local size=-1 last=0 captured received
	sleep 1 # the last FINs
	while [ "$size" != "$last" ]; do
		last=$size
		sleep 0.5
		size=$(stat -c %s "$capture_file")
	done
	kill -INT "$capture_pid"
	wait "$capture_pid" || true
	capture_pid=
	captured=$(sed -n 's/^\([0-9]*\) packets\? captured$/\1/p' "$DIR/capture.log")
	received=$(sed -n 's/^\([0-9]*\) packets\? received by filter$/\1/p' "$DIR/capture.log")
	# The loopback device shows each packet twice to the filter, once to tcpdump.
	[ "$capture_device" != lo ] || received=$((received / 2))
	[ "$captured" = "$received" ] || die "the capture has $captured of $received packets; try again"
}

# story NAME [ARGUMENT...]: play stories/NAME.js in the client's namespace; it writes what the capture must
# yield to $DIR/expect.
story() {
	local name=$1
	shift
	EXPECT=$DIR/expect at "$C" node "$HERE/stories/$name.js" "$@"
}

# keep CAPTURE: take a capture and its expectations over into the tree.
keep() {
	local file=$1
	mv "$DIR/$file" "$OUT/$file"
	cp "$DIR/expect" "$OUT/$file.expect"
	chmod 644 "$OUT/$file" "$OUT/$file.expect"
	echo "recorded $file ($(stat -c %s "$OUT/$file") bytes, $(grep -cE '^(pass|block|none|unknown)' "$OUT/$file.expect") exchanges)"
}
