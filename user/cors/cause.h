/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * cause: findings that one change would mend, as one group. An operator acts on causes; the
 * single exchanges are in the JSON lines.
 *
 * Two findings have one cause when rule, target host and what the rule is about (the allowed
 * origin that was sent, the header that was not allowed, the status ...) are the same. Origins
 * and paths are attackers' and users' choice, so they are samples in a cause, not its key.
 *
 * A block that another finding of its exchange explains (a 502, a foreign copy from a cache) is
 * apart from the same block without explanation: its remedy is the other cause's.
 */
#ifndef CORS_CAUSE_H
#define CORS_CAUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "cors/finding.h"
#include "net/process.h"

/* The first so many distinct origins and endpoints of a cause are kept; the rest is counted. */
#define CAUSE_SAMPLES_MAX 8

/* One value of a cause's samples, with how often it was met. Owned by the cause. */
struct cause_sample {
	char *text;
	size_t len; /* of text */
	uint64_t cnt;
};

struct cause_samples {
	struct cause_sample rows[CAUSE_SAMPLES_MAX];
	unsigned rows_cnt;
	uint64_t others; /* findings whose value is not among the rows */
};

/* All text is UTF-8-safe to print but for control characters, which sinks escape. */
struct cause {
	uint64_t id; /* the same in every run on the same traffic */
	const struct rule *rule;
	const struct rule *explained_by; /* the rule to be mended first; NULL: none */
	enum confidence confidence;      /* the best of its findings */
	uint64_t cnt;                    /* findings that were not taken back */
	bool was_gone;                   /* there was a time when all of them were taken back */
	uint64_t first_ns, last_ns;      /* when the first and the last of them were seen */
	uint64_t first_packet;           /* response (or request) of the first */
	struct process first_process;    /* where a probe saw it */
	const char *host;                /* target's authority; "" when unknown */
	const char *detail;   /* one line: what was sent, what was expected, which part differs */
	const char *console;  /* what the browser's console says for the example; NULL when
			       * nothing is blocked */
	const char *fix;      /* what to change, filled in, for the server that was recognised;
			       * several lines */
	const char *platform; /* that server: "nginx", "Apache", ... ; "" when not recognised */
	const char *curl;     /* a command that repeats the example's request and says which
			       * lines it must print */
	const char *example;  /* "GET http://api.example.com/s.json from https://..." */
	struct cause_samples origins;   /* who is hit */
	struct cause_samples endpoints; /* "GET /path", without the query */
};

/* "c-" and 8 hexadecimal digits, and the NUL. */
#define CAUSE_NAME_CAP 11
void cause_name(uint64_t id, char out[static CAUSE_NAME_CAP]);

#endif
