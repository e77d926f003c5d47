/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * head: one header block: the start line and the field lines up to the empty line.
 *
 * In:   bytes that begin with the start line, with or without more behind the block.
 * Out:  struct head: the start line's parts, the kept field lines, and what frames the body.
 * Spec: RFC 9112, 2 to 5, read as tolerantly as Chromium does (HttpUtil::AssembleRawHeaders):
 *       LF alone or CR alone end a line, blanks may precede the colon, a line without a colon
 *       is passed over, a folded line is joined with one SP. Only LF [CR] LF ends the block.
 *
 * Nothing is copied but folded values. A field line counts only once the byte after its end is
 * known, for that byte could make the next line a part of it: so what was read of a block that
 * breaks off is right as far as it goes.
 */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include "base/limits.h"
#include "http/exchange.h"
#include "http/habit.h"

/* What the start line is to be. */
enum head_role {
	HEAD_ANY,
	HEAD_REQUEST,
	HEAD_RESPONSE,
};

enum head_result {
	HEAD_OK,   /* complete; len is its length with the empty line */
	HEAD_MORE, /* no end yet. When has_start, the start line and the fields so far are read */
	HEAD_BAD,  /* this is no start line of the role; nothing else in the struct counts */
};

/* What Transfer-Encoding says (RFC 9112, 6.1). */
enum head_coding {
	HEAD_CODING_NONE,
	HEAD_CODING_CHUNKED, /* chunked is the last one */
	HEAD_CODING_OTHER,   /* another one is: only the end of the connection ends the body */
};

struct head {
	bool is_request;
	bool has_start;
	size_t len;                /* HEAD_OK: of the block */
	enum http_version version; /* HTTP_2 for the preface of RFC 9113, 3.4 */
	unsigned flaws;            /* enum http_flaw */

	struct span method, target; /* requests; whole, whatever their length */
	uint16_t status;            /* responses: 100 to 999 */
	struct span host;           /* the first Host line's value */
	enum http_auth auth;

	enum head_coding coding;
	bool has_length;  /* the first Content-Length that is a number */
	uint64_t length;  /* up to 2^63 - 1 */
	bool has_h2c;     /* Upgrade names h2c */
	bool has_expect;  /* Expect names 100-continue: the body may never be sent */
	bool has_upgrade; /* Upgrade names something else */

	/* Of HTTP/2 alone: */
	enum http_scheme scheme;
	bool is_websocket;

	size_t fields_cnt;
	unsigned values_cut; /* how many of the fields have is_cut */
	struct http_field fields[HTTP_FIELDS_MAX];

	struct span fold; /* values joined of folded lines; fold.ptr is owned */
	size_t fold_cap;
	bool is_fold_failed; /* no memory to join a value: it is kept in part and is_cut */

	struct habit habit; /* of all heads so far, but those of HTTP/2 */
};

/* An empty head, to be used for any number of heads. */
void head_init(struct head *h);
/* Gives back the room for folded values. */
void head_fini(struct head *h);

/*
 * Read the block at bytes. The spans of h borrow bytes, and h itself for folded values, until
 * the next head_parse().
 */
enum head_result head_parse(struct head *h, struct span bytes, enum head_role role);

/* What an empty head is filled with that does not come as a block: the caller sets what the start
 * line would. */
void head_clear(struct head *h);
/* A field that is kept: id is not HTTP_NAME_NONE. h borrows name and value. */
void head_add(struct head *h, enum http_name id, struct span name, struct span value);

/*
 * Whether bytes, which hold no line end yet, can still become a start line. Looks at no more than
 * HTTP_METHOD_MAX + 2 of them.
 */
bool head_may_start(struct span bytes, enum head_role role);

/*
 * The length of the block in bytes, 0 when its end is not there. It is not before offset from;
 * next time begin at bytes.len - 2 or so, since the end may be split.
 */
size_t head_end(struct span bytes, size_t from);

/* Whether h is a head beyond reasonable doubt where other bytes might stand: no line of it is
 * malformed, its request line has the form that clients send, and a whole request of HTTP/1.1
 * has a Host (RFC 9112, 3.2). */
bool head_is_proof(const struct head *h, bool is_whole);

#endif
