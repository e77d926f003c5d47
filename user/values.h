/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * values: what stands after an option, as a number or a set.
 *
 * In:   a word of the command line.
 * Out:  true and the value, or false and nothing changed.
 */
#ifndef VALUES_H
#define VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "net/net.h"

/* Ports and ranges of ports: "80,8080,8000-8010". Adds to the set, also what comes before an
 * error. */
bool values_ports(const char *word, struct port_set *set);

/* A decimal number from min to max. */
bool values_number(const char *word, uint64_t min, uint64_t max, uint64_t *out);

/* Seconds: "90", "0.5", "10m", "2h", "1d"; more than 0. */
bool values_seconds(const char *word, double *out);

/* Bytes, from min on: "1048576", "500M", "2G" (powers of 1024). */
bool values_size(const char *word, uint64_t min, uint64_t *out);

/* A time since 1970 in UTC: "2026-11-23", "2026-11-23T14:46", "2026-11-23T14:46:14Z"; or as
 * values_seconds(), and *is_ago says that it is a time span. */
bool values_time(const char *word, bool *is_ago, uint64_t *ns);

/* How many times as fast: "1", "0.5", "10x"; more than 0, at most a million. */
bool values_speed(const char *word, double *out);

#endif
