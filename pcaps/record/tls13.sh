#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# tls13.pcap and tls13.pcap.keys: TLS 1.3 with each cipher, HelloRetryRequest, key updates, padding, resumption, early data;
# HTTP/1 and HTTP/2.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tls-lib.sh"
tls_open
capture "$C" eth0 "$DIR/tls13.pcap"
for cipher in TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256; do
	ask 443 "/$cipher/1 /$cipher/2" --tlsv1.3 --tls13-ciphers "$cipher"
	ask 8443 "/$cipher/3 /$cipher/4" --tlsv1.3 --http2 --tls13-ciphers "$cipher"
done
ask 443 "/long /after" --tlsv1.3
# Two hellos of each end.
at "$C" env SSLKEYLOGFILE="$DIR/keys" curl -sk -o /dev/null --curves X25519:P-384 -H "Origin: $ORIGIN" "https://$SERVER_IP:8444/retry"
expect block acao-missing GET /retry "$ORIGIN"
# New keys in both directions, twice ("K" asks the other end, too).
(
	request /update/1
	sleep 0.3
	echo K
	sleep 0.3
	request /update/2
	sleep 0.3
	echo K
	sleep 0.3
	request /update/3
	sleep 0.3
) | speak 443 -tls1_3
(request /padded && sleep 0.5) | speak 443 -tls1_3 -record_padding 512
for path in /update/1 /update/2 /update/3 /padded; do
	expect pass - GET "$path" "$ORIGIN"
done
# The same session again, first without early data, then with.
(request /first && sleep 0.5) | speak 443 -tls1_3 -sess_out "$DIR/session"
(request /resumed && sleep 0.5) | speak 443 -tls1_3 -sess_in "$DIR/session" -sess_out "$DIR/session"
request /early >"$DIR/early"
(sleep 0.3 && request /late && sleep 0.5) | speak 443 -tls1_3 -sess_in "$DIR/session" -early_data "$DIR/early"
# Another port's context refuses it: the client has to ask again.
request /refused >"$DIR/early"
(sleep 0.3 && request /again && sleep 0.5) | speak 8444 -tls1_3 -sess_in "$DIR/session" -early_data "$DIR/early"
for path in /first /resumed /early /late; do
	expect pass - GET "$path" "$ORIGIN"
done
expect block acao-missing GET /again "$ORIGIN"
capture_end
cp "$DIR/keys" "$OUT/tls13.pcap.keys"
chmod 644 "$OUT/tls13.pcap.keys"
keep tls13.pcap
