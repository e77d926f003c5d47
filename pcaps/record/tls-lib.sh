# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What recordings inside TLS need beside lib.sh: an nginx with certificates, clients that log their keys to $DIR/keys.
# A request is named by its path; what it must yield is written where it is made.

ORIGIN=https://app.example.com

tls_open() {
	need openssl openssl curl curl
	lab_open
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$DIR/rsa.key" -out "$DIR/rsa.crt" -subj /CN=api.example.com 2>/dev/null
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$DIR/ecdsa.key" -out "$DIR/ecdsa.crt" \
		-subj /CN=api.example.com 2>/dev/null
	openssl dhparam -dsaparam -out "$DIR/dh.pem" 2048 2>/dev/null
	chmod 644 "$DIR"/*.key
	head -c 2000 /dev/zero | tr '\0' x >"$DIR/www/data.json"
	head -c 60000 /dev/zero | tr '\0' x >"$DIR/www/long.json"
	serve_nginx tls.conf
	: >"$DIR/keys"
	: >"$DIR/expect"
}

# expect WORD...: one line of .expect.
expect() {
	echo "$*" >>"$DIR/expect"
}

# ask PORT "PATH..." CURL-OPTION...: requests on one connection, all of which pass.
ask() {
	local port=$1 path urls=()
	for path in $2; do
		urls+=("https://api.example.com:$port$path")
		expect pass - GET "$path" "$ORIGIN"
	done
	shift 2
	at "$C" env SSLKEYLOGFILE="$DIR/keys" curl -sk -o /dev/null --resolve "*:$port:$SERVER_IP" -H "Origin: $ORIGIN" "$@" \
		--remote-name-all --output-dir "$DIR/tmp" "${urls[@]}"
}

# request PATH: the bytes of one.
request() {
	printf 'GET %s HTTP/1.1\r\nHost: api.example.com\r\nOrigin: %s\r\n\r\n' "$1" "$ORIGIN"
}

# speak PORT OPTION...: openssl's client, which sends what it reads.
speak() {
	local port=$1
	shift
	at "$C" openssl s_client -connect "$SERVER_IP:$port" -keylogfile "$DIR/keys" "$@" >>"$DIR/client.log" 2>&1
}
