/* SPDX-License-Identifier: BSD-2-Clause */
#include "web/route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "web/asset.h"

enum route route_find(const char *path)
{
	static const struct {
		const char *path;
		enum route route;
	} exact[] = {
		{ "/", ROUTE_PAGE },
		{ "/metrics", ROUTE_METRICS },
		{ "/api", ROUTE_INDEX },
		{ "/api/", ROUTE_INDEX },
		{ "/api/events", ROUTE_EVENTS },
		{ "/-/healthy", ROUTE_HEALTHY },
		{ "/-/ready", ROUTE_READY },
	};
	struct asset a;

	for (size_t i = 0; i < sizeof(exact) / sizeof(exact[0]); i++) {
		if (strcmp(path, exact[i].path) == 0)
			return exact[i].route;
	}
	if (asset_find(path, &a))
		return ROUTE_ASSET;
	return strncmp(path, "/api/", 5) == 0 ? ROUTE_DOCUMENT : ROUTE_NONE;
}

/* The next of a list's members, without blanks; *rest goes on after it. */
static struct span member_next(struct span *rest, uint8_t separator)
{
	size_t n = span_find(*rest, separator);
	struct span m = span_trim(span_first(*rest, n));

	*rest = span_from(*rest, n + 1);
	return m;
}

/* A weight in thousandths. */
static unsigned weight_of(struct span value)
{
	char text[8];

	snprintf(text, sizeof(text), "%.*s", (int)(value.len < 6 ? value.len : 6),
		 (const char *)value.ptr);
	return (unsigned)(atof(text) * 1000 + 0.5);
}

/* One range of Accept: its weight, for the format that it asks for. */
static unsigned range_read(struct span range, enum metrics_format *format)
{
	struct span type = member_next(&range, ';');
	unsigned weight = 1000;

	if (span_is_nocase(type, "application/openmetrics-text"))
		*format = METRICS_OPENMETRICS;
	else if (span_is_nocase(type, "text/plain") || span_is(type, "*/*") ||
		 span_is_nocase(type, "text/*"))
		*format = METRICS_PROMETHEUS;
	else
		return 0;
	while (range.len) {
		struct span p = member_next(&range, ';');

		if (span_starts(p, "q="))
			weight = weight_of(span_from(p, 2));
		/* Another version of it than ours is not asked for. */
		if (*format == METRICS_OPENMETRICS && span_starts(p, "version=") &&
		    !span_is(p, "version=1.0.0") && !span_is(p, "version=0.0.1"))
			return 0;
	}
	return weight;
}

enum metrics_format route_format(const char *accept)
{
	struct span rest = accept ? span_text(accept) : span_text("");
	unsigned best[2] = { 0 };

	while (rest.len) {
		enum metrics_format format = METRICS_PROMETHEUS;
		unsigned weight = range_read(member_next(&rest, ','), &format);

		if (weight > best[format])
			best[format] = weight;
	}
	return best[METRICS_OPENMETRICS] && best[METRICS_OPENMETRICS] >= best[METRICS_PROMETHEUS]
		       ? METRICS_OPENMETRICS
		       : METRICS_PROMETHEUS;
}

void route_tag(uint64_t hash, char out[static ROUTE_TAG_CAP])
{
	snprintf(out, ROUTE_TAG_CAP, "\"%016llx\"", (unsigned long long)hash);
}

bool route_is_known(const char *if_none_match, const char *tag)
{
	struct span rest = if_none_match ? span_text(if_none_match) : span_text("");

	while (rest.len) {
		struct span m = member_next(&rest, ',');

		if (span_starts(m, "W/"))
			m = span_from(m, 2);
		if (span_is(m, tag) || span_is(m, "*"))
			return true;
	}
	return false;
}
