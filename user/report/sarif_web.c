/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/address.h"
#include "report/json.h"
#include "report/sarif_part.h"

/* Whether a line of the same name stands before it. */
static bool is_repeated(const struct http_message *m, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (span_eq_nocase(m->fields[k].name, m->fields[i].name))
			return true;
	}
	return false;
}

/* The values of one name, joined as RFC 9110, 5.3 joins them: a JSON object has room for one. What
 * does not fit is left out. */
static void put_joined(struct out *o, const struct http_message *m, size_t i)
{
	char buf[HTTP_VALUE_MAX + 64];
	size_t len = 0;

	for (size_t k = i; k < m->fields_cnt; k++) {
		const struct span v = m->fields[k].value;
		size_t joint = k == i ? 0 : 2;

		if (!span_eq_nocase(m->fields[k].name, m->fields[i].name) ||
		    len + joint + v.len > sizeof(buf))
			continue;
		memcpy(buf + len, ", ", joint);
		if (v.len)
			memcpy(buf + len + joint, v.ptr, v.len);
		len += joint + v.len;
	}
	json_span(o, span_make(buf, len));
}

static void put_headers(struct out *o, const struct http_message *m)
{
	size_t shown = 0;

	json_key(o, "headers");
	out_char(o, '{');
	for (size_t i = 0; i < m->fields_cnt; i++) {
		if (is_repeated(m, i))
			continue;
		json_next(o, shown++);
		json_span(o, m->fields[i].name);
		out_char(o, ':');
		put_joined(o, m, i);
	}
	out_char(o, '}');
}

static const char *version_of(const struct http_message *m)
{
	switch (m->version) {
	case HTTP_0_9: return "0.9";
	case HTTP_1_0: return "1.0";
	case HTTP_2: return "2";
	default: return "1.1";
	}
}

void sarif_web(struct out *o, const struct exchange *x)
{
	char url[ADDRESS_CAP];

	if (x->has_request) {
		out_lit(o, ",\"webRequest\":{\"protocol\":\"HTTP\"");
		json_key(o, "version");
		json_text(o, version_of(&x->request.m));
		json_key(o, "method");
		json_span(o, x->request.method);
		json_key(o, "target");
		json_span(o, address_url(x, url));
		put_headers(o, &x->request.m);
		out_char(o, '}');
	}
	if (x->has_response) {
		out_lit(o, ",\"webResponse\":{\"protocol\":\"HTTP\"");
		json_key(o, "version");
		json_text(o, version_of(&x->response.m));
		json_key(o, "statusCode");
		out_u64(o, x->response.status);
		put_headers(o, &x->response.m);
		out_char(o, '}');
	} else {
		out_lit(o, ",\"webResponse\":{\"noResponseReceived\":true}");
	}
}
