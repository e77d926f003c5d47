/* SPDX-License-Identifier: BSD-2-Clause */
#include "web/asset.h"

/* Of assets.S: where each begins, and where it ends. */
#define EMBEDDED(name) extern const char embedded_##name[], embedded_##name##_end[]

EMBEDDED(frame);
EMBEDDED(style);
EMBEDDED(app);
EMBEDDED(chart);
EMBEDDED(icon);
EMBEDDED(schema);

static struct span between(const char *begin, const char *end)
{
	return span_make(begin, (size_t)((uintptr_t)end - (uintptr_t)begin));
}

#define BYTES(name) between(embedded_##name, embedded_##name##_end)

struct span asset_frame(void)
{
	return BYTES(frame);
}

bool asset_find(const char *path, struct asset *out)
{
	const struct asset all[] = {
		{ "/style.css", "text/css; charset=utf-8", BYTES(style) },
		{ "/app.js", "text/javascript; charset=utf-8", BYTES(app) },
		{ "/chart.js", "text/javascript; charset=utf-8", BYTES(chart) },
		{ "/icon.svg", "image/svg+xml", BYTES(icon) },
		{ "/api/schema", "application/schema+json", BYTES(schema) },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (strcmp(all[i].path, path) == 0) {
			*out = all[i];
			return true;
		}
	}
	return false;
}
