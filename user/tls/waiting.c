/* SPDX-License-Identifier: BSD-2-Clause */
#include "tls/waiting.h"

#include <stdlib.h>

#include "base/limits.h"

void waiting_add(struct waiting *w, struct waiting_env *env, const struct record *r)
{
	size_t n = sizeof(*r) + r->body.len;
	uint8_t *more = NULL;

	if (!w->is_over && w->len + n <= TLS_WAITING_MAX && env->bytes + n <= TLS_WAITING_TOTAL_MAX)
		more = realloc(w->bytes, w->len + n);
	if (!more) {
		/* Later ones would have a hole before them. */
		w->is_over = true;
		return;
	}
	w->bytes = more;
	memcpy(more + w->len, r, sizeof(*r));
	if (r->body.len)
		memcpy(more + w->len + sizeof(*r), r->body.ptr, r->body.len);
	w->len += (uint32_t)n;
	env->bytes += n;
}

bool waiting_next(const struct waiting *w, uint32_t *at, struct record *out)
{
	if (*at == w->len)
		return false;
	memcpy(out, w->bytes + *at, sizeof(*out));
	out->body.ptr = w->bytes + *at + sizeof(*out);
	*at += (uint32_t)(sizeof(*out) + out->body.len);
	return true;
}

void waiting_clear(struct waiting *w, struct waiting_env *env)
{
	env->bytes -= w->len;
	free(w->bytes);
	*w = (struct waiting){ 0 };
}
