/* SPDX-License-Identifier: BSD-2-Clause */
#include "leftout.h"

#include <arpa/inet.h>
#include <stdio.h>

/* Two addresses of IPv6 with ports, two numbers, and words. */
#define LINE_CAP 192

static void end_text(char *to, size_t cap, const struct endpoint *e)
{
	bool is_v4 = address_is_v4(&e->addr);
	char addr[INET6_ADDRSTRLEN];

	inet_ntop(is_v4 ? AF_INET : AF_INET6, e->addr.bytes + (is_v4 ? 12 : 0), addr, sizeof(addr));
	snprintf(to, cap, is_v4 ? "%s:%u" : "[%s]:%u", addr, e->port);
}

/* The line that says so of this stretch, without an end. */
static struct span line_make(char line[static LINE_CAP], const struct endpoint *src,
			     const struct endpoint *dst, uint32_t from, uint32_t until)
{
	char a[INET6_ADDRSTRLEN + 10], b[INET6_ADDRSTRLEN + 10];
	int n;

	end_text(a, sizeof(a), src);
	end_text(b, sizeof(b), dst);
	n = snprintf(line, LINE_CAP, "cors-sniff left out %s > %s %u-%u", a, b, from, until);
	return span_make(line, (size_t)n);
}

/* Whether text has this line. */
static bool has_line(struct span text, struct span line)
{
	while (text.len) {
		size_t n = span_find(text, '\n');

		if (span_eq(span_first(text, n), line))
			return true;
		text = span_from(text, n + 1);
	}
	return false;
}

static bool was_cut(void *ctx, const struct endpoint *src, const struct endpoint *dst,
		    uint32_t from, uint32_t until)
{
	struct leftout *l = ctx;
	char buf[LINE_CAP];
	struct span line;

	if (l->inner ? !l->inner->was_cut(l->inner->ctx, src, dst, from, until) : !l->said.len)
		return false;
	line = line_make(buf, src, dst, from, until);
	if (!l->inner && !has_line(l->said, line))
		return false;
	/* What finds no room shows as lost when it is read back, never the other way round. */
	if (!has_line(leftout_comment(l), line) && l->len + line.len + 1 <= sizeof(l->text)) {
		if (l->len)
			l->text[l->len++] = '\n';
		memcpy(l->text + l->len, line.ptr, line.len);
		l->len += line.len;
	}
	return true;
}

static void want(void *ctx, const struct connection *conn, const uint32_t first[2],
		 const bool has_first[2])
{
	const struct leftout *l = ctx;

	if (l->inner)
		l->inner->want(l->inner->ctx, conn, first, has_first);
}

void leftout_init(struct leftout *l, const struct net_capture *inner)
{
	*l = (struct leftout){ .inner = inner };
	l->capture = (struct net_capture){ .was_cut = was_cut, .want = want, .ctx = l };
}

struct span leftout_comment(const struct leftout *l)
{
	return span_make(l->len ? l->text : NULL, l->len);
}

void leftout_clear(struct leftout *l)
{
	l->len = 0;
}
