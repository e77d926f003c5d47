/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/address.h"

#include "base/text.h"
#include "report/format.h"

const char *address_scheme(const struct http_request *r)
{
	bool is_https = r->is_tls || r->scheme == HTTP_SCHEME_HTTPS ||
			span_is_nocase(span_first(r->target, 8), "https://");

	return is_https ? "https" : "http";
}

struct span address_url(const struct exchange *x, char buf[static ADDRESS_CAP])
{
	struct text t = text_init(buf, ADDRESS_CAP);
	char server[FORMAT_ENDPOINT_CAP];

	text_add(&t, address_scheme(&x->request));
	text_add(&t, "://");
	if (x->request.host.len) {
		text_span(&t, x->request.host);
	} else {
		format_endpoint(&x->server, server);
		text_add(&t, server);
	}
	/* "*" and an authority are no paths. */
	if (x->request.path.len && x->request.path.ptr[0] == '/')
		text_span(&t, x->request.path);
	else
		text_char(&t, '/');
	return text_get(&t);
}

struct span address_field(const struct http_message *m, enum http_name id)
{
	for (size_t i = 0; i < m->fields_cnt; i++) {
		if (m->fields[i].id == id)
			return m->fields[i].value;
	}
	return span_make(NULL, 0);
}
