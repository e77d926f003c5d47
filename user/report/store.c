/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "report/sqlite.h"

const struct counter store_counters[] = {
#define ROW(name, class, help) COUNTER_ROW(store_stats, name, class, help)
	STORE_COUNTERS(ROW)
#undef ROW
};
const size_t store_counters_cnt = sizeof(store_counters) / sizeof(store_counters[0]);

struct engine {
	const char *scheme; /* with its colon */
	int (*open)(const struct store_config *config, const char *place, struct sink **out,
		    char *why, size_t why_cap);
	int (*read)(const struct store_replay *r, const char *place, char *why, size_t why_cap);
};

/* The first is what a URL without a scheme means. */
static const struct engine engines[] = {
	{ "sqlite:", sqlite_sink, sqlite_read },
};
#define ENGINES (sizeof(engines) / sizeof(engines[0]))

/* A file whose name has a colon is told from a scheme that does not exist: by a slash before it. */
static const struct engine *engine_find(const char *url, const char **place, char *why,
					size_t why_cap)
{
	size_t len = strcspn(url, ":/");

	for (size_t i = 0; i < ENGINES; i++) {
		size_t n = strlen(engines[i].scheme);

		if (strncmp(url, engines[i].scheme, n) == 0) {
			*place = url + n;
			return &engines[i];
		}
	}
	*place = url;
	if (url[len] != ':')
		return &engines[0];
	snprintf(why, why_cap, "%s: no store of this kind: write sqlite:FILE", url);
	return NULL;
}

const char *store_library_version(void)
{
	return sqlite_version();
}

int store_open(const struct store_config *config, struct sink **out, char *why, size_t why_cap)
{
	const char *place;
	const struct engine *e = engine_find(config->url, &place, why, why_cap);

	return e ? e->open(config, place, out, why, why_cap) : -EINVAL;
}

int store_read(const struct store_replay *r, char *why, size_t why_cap)
{
	const char *place;
	const struct engine *e = engine_find(r->url, &place, why, why_cap);

	return e ? e->read(r, place, why, why_cap) : -EINVAL;
}
