/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/xml.h"

/* How XML writes c; NULL when it may stand as it is. ']]>' is no end once '>' is escaped. */
static const char *entity(uint8_t c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&apos;";
	default: return NULL;
	}
}

static void put(struct out *o, struct span s, bool keeps_lines)
{
	while (s.len) {
		size_t n = 0;

		/* All of these are ASCII, so that no character is cut apart. */
		while (n < s.len && !entity(s.ptr[n]) &&
		       !(keeps_lines && (s.ptr[n] == '\n' || s.ptr[n] == '\t')))
			n++;
		out_safe(o, span_first(s, n));
		if (n < s.len) {
			const char *text = entity(s.ptr[n]);

			if (text)
				out_text(o, text);
			else
				out_char(o, (char)s.ptr[n]);
		}
		s = span_from(s, n + 1);
	}
}

void xml_span(struct out *o, struct span s)
{
	put(o, s, false);
}

void xml_block(struct out *o, struct span s)
{
	put(o, s, true);
}
