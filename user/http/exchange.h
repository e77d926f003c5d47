/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * exchange: what http/ gives and cors/ is given: one request with its response, or with what
 * came instead, from any HTTP version and any source.
 *
 * Everything in it is borrowed for the call that brings it. It points back into no layer.
 * Spec: RFC 9110 for the terms; the kept fields are those that CORS, caches and the recognition
 * of servers read.
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "http/field.h"
#include "net/endpoint.h"
#include "net/process.h"

enum http_version {
	HTTP_0_9 = 9,
	HTTP_1_0 = 10,
	HTTP_1_1 = 11,
	HTTP_2 = 20,
};

/* One field line. */
struct http_field {
	enum http_name id;
	bool is_cut;       /* the value was longer than HTTP_VALUE_MAX */
	bool has_blank;    /* blanks stood between the name and its colon */
	struct span name;  /* as on the wire, without blanks before the colon */
	struct span value; /* trimmed of OWS, folds (RFC 9112, 5.2) joined with one SP; for
			    * fields whose value is private: "(present)" */
};

/* How an Authorization field says who is calling (RFC 9110, 11.4). Its value is not kept. */
enum http_auth {
	HTTP_AUTH_NONE,
	HTTP_AUTH_BASIC,
	HTTP_AUTH_DIGEST,
	HTTP_AUTH_NEGOTIATE,
	HTTP_AUTH_NTLM,
	HTTP_AUTH_BEARER,
	HTTP_AUTH_OTHER,
};

/* What is wrong with a head that was read all the same. */
enum http_flaw {
	HTTP_FLAW_NUL = 1 << 0,             /* a NUL byte: Chromium refuses the whole response */
	HTTP_FLAW_LENGTHS_DIFFER = 1 << 1,  /* two different Content-Lengths (RFC 9112, 6.3) */
	HTTP_FLAW_LENGTH_AND_TE = 1 << 2,   /* Content-Length beside Transfer-Encoding (same) */
	HTTP_FLAW_BAD_LENGTH = 1 << 3,      /* a Content-Length that is no number */
	HTTP_FLAW_BARE_LF = 1 << 4,         /* lines ended by LF alone */
	HTTP_FLAW_NO_COLON = 1 << 5,        /* a line without a colon, which browsers ignore */
	HTTP_FLAW_BLANK_NAME = 1 << 6,      /* blanks between a name and its colon */
	HTTP_FLAW_FOLDED = 1 << 7,          /* obs-fold */
	HTTP_FLAW_FIELDS_OVER = 1 << 8,     /* more kept lines than HTTP_FIELDS_MAX */
	HTTP_FLAW_HEAD_OVER = 1 << 9,       /* longer than HTTP_HEAD_MAX: fields are missing */
	HTTP_FLAW_HEAD_CUT = 1 << 10,       /* bytes of it were lost: fields may be missing */
	HTTP_FLAW_FIELDS_UNKNOWN = 1 << 11, /* some of its fields refer to what was sent before
					     * the capture (RFC 7541, 2.3.3) */
};

/* With these, a field that is not there may have been sent. */
#define HTTP_FLAWS_INCOMPLETE                                                                      \
	(HTTP_FLAW_FIELDS_OVER | HTTP_FLAW_HEAD_OVER | HTTP_FLAW_HEAD_CUT |                        \
	 HTTP_FLAW_FIELDS_UNKNOWN)

/* What the request itself says of its scheme (RFC 9113, 8.3.1). */
enum http_scheme {
	HTTP_SCHEME_NONE, /* nothing, as in HTTP/1, or neither of these */
	HTTP_SCHEME_HTTP,
	HTTP_SCHEME_HTTPS,
};

struct http_message {
	enum http_version version;
	unsigned flaws;                  /* enum http_flaw */
	const struct http_field *fields; /* the kept lines, in wire order */
	size_t fields_cnt;
	uint64_t time_ns;     /* when its first byte was seen */
	uint64_t packet;      /* which packet had its first byte */
	uint64_t packet_last; /* which packet had the last byte of its head */
};

struct http_request {
	struct http_message m;
	struct span method;
	struct span target; /* as on the wire (origin-, absolute-, authority- or asterisk-form);
			     * of HTTP/2 :path, and the authority for CONNECT */
	bool is_target_cut; /* longer than HTTP_TARGET_MAX */
	struct span host;   /* authority of an absolute-form target, else of Host or :authority,
			     * as on the wire; absent when neither was sent */
	struct span path;   /* target without scheme and authority; "*" stays "*" */
	bool is_tls;        /* read inside TLS, so that its scheme is https for certain */
	bool is_websocket;  /* :protocol asks for a WebSocket (RFC 8441, 5) */
	enum http_scheme scheme;
	enum http_auth auth;
};

struct http_response {
	struct http_message m;
	uint16_t status;           /* the final one; every 1xx but 101 was passed over */
	uint8_t informational_cnt; /* how many 1xx heads came before it */
};

enum http_outcome {
	HTTP_RESPONSE, /* the head of the final response is here */
	HTTP_RESET,    /* RST, or RST_STREAM, before a response */
	HTTP_CLOSED,   /* FIN before a response */
	HTTP_TIMEOUT,  /* silence for NET_FLOW_IDLE_NS */
	HTTP_REFUSED,  /* not looked at by the server: REFUSED_STREAM, or GOAWAY below this
			* stream (RFC 9113, 8.7) */
	HTTP_LOST,     /* the capture lacks bytes where the other half was */
	HTTP_PENDING,  /* the capture ends first */
	HTTP_INVALID,  /* what came is no HTTP response */
};

struct exchange {
	struct endpoint client, server;
	bool is_client_known;   /* false: the addresses are not known (a probe inside TLS) */
	const char *source;     /* interface or file; lives as long as the run */
	struct process process; /* the process at one of the ends, where a probe saw it */
	uint32_t stream;        /* HTTP/2 stream, else 0 */
	uint32_t index;         /* the exchange's number on its connection, from 0 */
	uint64_t connection;    /* connection's first packet: names it among all */
	enum http_outcome outcome;
	bool has_request;  /* false: joined in the middle, or lost (outcome HTTP_LOST) */
	bool has_response; /* with outcome HTTP_RESPONSE, or HTTP_LOST when the request is lost */
	bool is_pairing_unsure;  /* holes in both directions: it may belong to another request */
	bool is_reset_by_client; /* HTTP_RESET: who asked gave up */
	bool has_error_code;
	uint32_t error_code; /* of HTTP/2's RST_STREAM or GOAWAY (RFC 9113, 7) */
	struct http_request request;
	struct http_response response;
	uint64_t end_ns;     /* when the outcome was known */
	uint64_t end_packet; /* the packet that told it; 0 for none */
};

/* The exchange is borrowed for the call. */
typedef void (*exchange_fn)(void *ctx, const struct exchange *x);

#endif
