/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * counter: what a layer counts, told once. A layer lists its counters in one
 * X-macro, which gives both the struct and the table that every report walks, so
 * that no loss can be counted and then forgotten by a report.
 */
#ifndef BASE_COUNTER_H
#define BASE_COUNTER_H

#include <stddef.h>
#include <stdint.h>

enum counter_class {
	COUNTER_TRAFFIC, /* work done: packets, bytes, exchanges */
	COUNTER_NOTE,    /* seen and handled; nothing was lost by it */
	COUNTER_LOSS,    /* something the verdicts could have used is missing */
};

struct counter {
	const char *name; /* snake_case; stable, in the JSON summary and the metrics */
	const char *help; /* a line for people */
	enum counter_class class;
	size_t off; /* of its uint64_t in the layer's struct */
};

#define COUNTER_FIELD(name, class, help)     uint64_t name;
#define COUNTER_ROW(type, name, class, help) { #name, help, class, offsetof(struct type, name) },

static inline uint64_t counter_get(const void *stats, const struct counter *c)
{
	return *(const uint64_t *)(const void *)((const char *)stats + c->off);
}

#endif
