/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * route: which answer a request gets, from what is in its head. Knows no sockets and no library.
 *
 * Spec: RFC 9110, 12.5.1 (Accept), 13.1.2 (If-None-Match); OpenMetrics 1.0.0, 'Protocol
 *       negotiation'.
 */
#ifndef WEB_ROUTE_H
#define WEB_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "report/metrics.h"

enum route {
	ROUTE_NONE,     /* there is no such path */
	ROUTE_PAGE,     /* / */
	ROUTE_ASSET,    /* one of the page's files */
	ROUTE_METRICS,  /* /metrics */
	ROUTE_EVENTS,   /* /api/events */
	ROUTE_INDEX,    /* /api */
	ROUTE_DOCUMENT, /* /api/..., of the shelf, where there may be no such document */
	ROUTE_HEALTHY,
	ROUTE_READY,
};

enum route route_find(const char *path);

/* The format of the metrics for an Accept field (NULL: none was sent). What nobody asked for in
 * words gets Prometheus' text. */
enum metrics_format route_format(const char *accept);

/* Room for an entity tag with its quotes. */
#define ROUTE_TAG_CAP 20
void route_tag(uint64_t hash, char out[static ROUTE_TAG_CAP]);

/* Whether If-None-Match (NULL: none) names this tag. */
bool route_is_known(const char *if_none_match, const char *tag);

#endif
