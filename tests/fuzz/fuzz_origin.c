/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * fuzz_origin: any bytes as an origin, twice. Input: two values with a newline between them.
 */
#include <stdlib.h>

#include "cors/finding.h"
#include "cors/origin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool fact)
{
	if (!fact)
		abort();
}

/* The parts, put together again, are the whole. */
static void check_parts(struct span s, const struct origin *o)
{
	size_t len = o->scheme.len + 3 + o->host.len + o->tail.len;

	len += span_is_present(o->userinfo) ? o->userinfo.len + 1 : 0;
	len += span_is_present(o->port) ? o->port.len + 1 : 0;
	require(len == s.len);
	require(o->scheme.len && o->host.len);
	require(o->scheme.ptr == s.ptr);
	require(o->tail.ptr + o->tail.len == s.ptr + s.len);
}

static void check_one(struct span s)
{
	struct origin o;
	struct span port, site;

	if (origin_is_clean(s)) {
		require(origin_parse(s, &o));
		require(o.tail.len == 0 && !span_is_present(o.userinfo));
		/* Bytes that end a string or a command in any configuration language. */
		for (size_t i = 0; i < s.len; i++)
			require(s.ptr[i] > ' ' && !strchr("'\"\\$`;{}()<>|&*?!#", s.ptr[i]));
	}
	if (origin_parse(s, &o)) {
		check_parts(s, &o);
		require(origin_compare(&o, &o, s).components == 0);
		site = origin_site(o.host);
		require(site.ptr >= o.host.ptr && site.len <= o.host.len);
	}
	(void)origin_is_url(s);
	(void)origin_is_internal(s);
	(void)origin_split_host(s, &port);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = span_make(data, size);
	size_t n = span_find(all, '\n');
	struct span first = span_first(all, n), second = span_from(all, n + 1);
	struct origin a, b;

	check_one(first);
	check_one(second);
	if (origin_parse(first, &a) && origin_parse(second, &b)) {
		/* Which differ does not depend on who is asked first. */
		require(origin_compare(&a, &b, all).components ==
			origin_compare(&b, &a, all).components);
		require(!origin_has_authority(&a, second) || a.host.len);
	}
	return 0;
}
