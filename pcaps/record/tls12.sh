#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# tls12.pcapng: every cipher of TLS 1.2 that is read, with the secrets in the capture; one whose secrets nobody logged,
# and one that is not read.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tls-lib.sh"
need editcap wireshark-common
tls_open
capture "$C" eth0 "$DIR/tls12.pcap"
for cipher in AES128-SHA AES256-SHA AES128-SHA256 AES256-SHA256 AES128-GCM-SHA256 AES256-GCM-SHA384 \
	DHE-RSA-AES128-SHA DHE-RSA-AES256-SHA256 DHE-RSA-AES256-GCM-SHA384 DHE-RSA-CHACHA20-POLY1305 \
	ECDHE-RSA-AES128-SHA ECDHE-RSA-AES256-SHA ECDHE-RSA-AES128-SHA256 ECDHE-RSA-AES256-SHA384 \
	ECDHE-RSA-AES128-GCM-SHA256 ECDHE-RSA-AES256-GCM-SHA384 ECDHE-RSA-CHACHA20-POLY1305 \
	ECDHE-ECDSA-AES128-SHA256 ECDHE-ECDSA-AES256-SHA384 ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-ECDSA-CHACHA20-POLY1305; do
	ask 443 "/$cipher/1 /$cipher/2" --tls-max 1.2 --ciphers "$cipher:@SECLEVEL=0"
done
ask 443 "/long /after" --tls-max 1.2 --ciphers ECDHE-RSA-AES128-GCM-SHA256
ask 8443 "/h2/1 /h2/2" --tls-max 1.2 --http2
# The MAC before encryption, as it was before RFC 7366.
for cipher in AES128-SHA ECDHE-RSA-AES128-SHA256 ECDHE-RSA-AES256-SHA384; do
	(request "/old/$cipher" && sleep 0.5) | speak 443 -tls1_2 -no_etm -cipher "$cipher:@SECLEVEL=0"
	expect pass - GET "/old/$cipher" "$ORIGIN"
done
# The same session again, by its ticket.
(request /first && sleep 0.5) | speak 443 -tls1_2 -sess_out "$DIR/session"
(request /resumed && sleep 0.5) | speak 443 -tls1_2 -sess_in "$DIR/session"
expect pass - GET /first "$ORIGIN"
expect pass - GET /resumed "$ORIGIN"
at "$C" curl -sk -o /dev/null --tls-max 1.2 "https://$SERVER_IP/unlogged"
at "$C" env SSLKEYLOGFILE="$DIR/keys" curl -sk -o /dev/null --tls-max 1.2 --ciphers AES128-CCM "https://$SERVER_IP/unread"
capture_end
editcap --inject-secrets "tls,$DIR/keys" "$DIR/tls12.pcap" "$DIR/tls12.pcapng"
keep tls12.pcapng
