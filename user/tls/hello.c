/* SPDX-License-Identifier: BSD-2-Clause */
#include "tls/hello.h"

#include "base/cursor.h"

#define EXTENSION_ALPN       16
#define EXTENSION_ETM        22
#define EXTENSION_EARLY_DATA 42
#define EXTENSION_VERSIONS   43

/* RFC 8446, 4.1.3: SHA-256 of "HelloRetryRequest". */
static const uint8_t retry_random[TLS_RANDOM_LEN] = {
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
	0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
	0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

/* The next extension. False when there is no other whole one. */
static bool extension_next(struct cursor *c, uint16_t *type, struct span *value)
{
	size_t len;

	if (cursor_left(c) < 4)
		return false;
	*type = cursor_be16(c);
	len = cursor_be16(c);
	*value = span_make(cursor_take(c, len), len);
	return !c->bad;
}

/* The one protocol that a server chose. */
static enum connection_protocol alpn_read(struct span value)
{
	struct cursor c = cursor_make(value);
	size_t len;
	struct span name;

	cursor_skip(&c, 2);
	len = cursor_u8(&c);
	name = span_make(cursor_take(&c, len), len);
	if (c.bad)
		return CONNECTION_PROTOCOL_UNKNOWN;
	if (span_is(name, "h2"))
		return CONNECTION_PROTOCOL_HTTP2;
	if (span_is(name, "http/1.1") || span_is(name, "http/1.0"))
		return CONNECTION_PROTOCOL_HTTP1;
	return CONNECTION_PROTOCOL_UNKNOWN;
}

bool hello_client_read(struct span body, struct hello_client *out)
{
	struct cursor c = cursor_make(body);
	struct span value;
	uint16_t type;

	*out = (struct hello_client){ 0 };
	cursor_skip(&c, 2); /* 3.3, or less in old clients; the extension tells */
	out->random = cursor_take(&c, TLS_RANDOM_LEN);
	if (c.bad)
		return false;
	cursor_skip(&c, cursor_u8(&c));   /* session */
	cursor_skip(&c, cursor_be16(&c)); /* suites */
	cursor_skip(&c, cursor_u8(&c));   /* compressions */
	cursor_skip(&c, 2);
	while (extension_next(&c, &type, &value)) {
		if (type == EXTENSION_EARLY_DATA)
			out->has_early_data = true;
	}
	return true;
}

bool hello_server_read(struct span body, struct hello_server *out)
{
	struct cursor c = cursor_make(body);
	struct span value;
	uint16_t type;

	*out = (struct hello_server){ 0 };
	out->version = cursor_be16(&c);
	out->random = cursor_take(&c, TLS_RANDOM_LEN);
	cursor_skip(&c, cursor_u8(&c)); /* session */
	out->suite = cursor_be16(&c);
	cursor_skip(&c, 1); /* compression, which is none since CRIME */
	if (c.bad)
		return false;
	out->is_retry = memcmp(out->random, retry_random, TLS_RANDOM_LEN) == 0;
	cursor_skip(&c, 2);
	while (extension_next(&c, &type, &value)) {
		struct cursor v = cursor_make(value);

		switch (type) {
		case EXTENSION_ALPN: out->protocol = alpn_read(value); break;
		case EXTENSION_ETM: out->is_etm = true; break;
		case EXTENSION_VERSIONS: out->version = cursor_be16(&v); break;
		default: break;
		}
	}
	return true;
}

bool hello_extensions_read(struct span body, struct hello_extensions *out)
{
	struct cursor c = cursor_make(body);
	struct span value;
	uint16_t type;

	*out = (struct hello_extensions){ 0 };
	cursor_skip(&c, 2);
	while (extension_next(&c, &type, &value)) {
		if (type == EXTENSION_ALPN)
			out->protocol = alpn_read(value);
		if (type == EXTENSION_EARLY_DATA)
			out->has_early_data = true;
	}
	return !c.bad;
}
