/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * sink: where judgements go. A sink is a table of functions; its private state stays in its own
 * struct, and it copies what it keeps.
 */
#ifndef REPORT_SINK_H
#define REPORT_SINK_H

#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "cors/cause.h"
#include "cors/finding.h"

struct tally;

/* Exchanges of a history's span of time that were counted together. */
struct summary_span {
	uint64_t time_ns, end_ns; /* from and before */
	enum cors_kind kind;
	enum cors_verdict verdict;
	uint64_t cnt;
};

/* One layer's counters: rows of table read from stats. */
struct counter_group {
	const char *name; /* "capture", "net", "http", "cors" */
	const struct counter *table;
	size_t cnt;
	const void *stats;
};

/* One capture that was read, or one interface. */
struct summary_input {
	const char *name;    /* as the user gave it */
	uint64_t packets;    /* read from it */
	const char *trouble; /* one line: where and how it is damaged; NULL: read to its end */
	/* Of an interface; NULL for a file: */
	const char *rung;                     /* how much of the filtering the kernel does */
	const char *rung_why;                 /* why not more; "" when it is all of it */
	const struct counter_group *counters; /* its own */
};

/* By which rule a host, or one server behind it, allows origins, as far as it was seen. */
struct summary_policy {
	struct span host;              /* the target's authority; absent when it was forgotten */
	const struct endpoint *server; /* NULL: the host as a whole */
	const char *kind;     /* "constant", "one", "list", "reflects", "wildcard", "silent",
			       * "websocket" */
	bool has_credentials; /* some origin was allowed with them */
	bool has_null;        /* null was sent as the allowed origin */
	struct span constant; /* a value that was not the asker's; absent: none */
	struct span allowed[CORS_POLICY_ORIGINS_MAX]; /* the first allowed; absent: forgotten */
	unsigned allowed_cnt;
	uint64_t allowed_others;     /* responses that allowed one which is not among these */
	uint64_t responses, refused; /* to requests with an Origin; of these, without it or * */
};

/* Where judgements go to, and whether they got there. */
struct summary_sink {
	const char *name; /* of sink_ops */
	uint64_t errors;
};

/* Everything a run can say at its end, or so far. Borrowed for the call. */
struct summary {
	bool is_final;                      /* nothing more will be judged */
	const struct summary_input *inputs; /* in the order in which they were read */
	size_t inputs_cnt;
	const struct counter_group *groups;
	size_t groups_cnt;
	const struct cause *const *causes; /* worst first */
	size_t causes_cnt;
	const uint64_t *rule_counts;           /* findings of each of rules[] */
	const struct summary_policy *policies; /* first seen first */
	size_t policies_cnt;
	const struct summary_sink *sinks;
	size_t sinks_cnt;
	uint64_t connections_open; /* followed right now */
	const struct tally *tally; /* of a history, whose exchanges without findings are counted
				    * and not told; NULL: what was judged is all */
	const struct summary_span *spans; /* of the tally: when they were; the earliest first */
	size_t spans_cnt;
	uint64_t first_ns, last_ns; /* times of the first and the last packet; 0: none */
	const char *const *notes;   /* lines for people: unknown link types, ... */
	size_t notes_cnt;
};

struct sink {
	const struct sink_ops *ops;
	const struct counter_group *counters; /* its own, for every summary; NULL: none */
};

/* Each returns 0 or -errno; after an error the sink is not called again but for close. */
struct sink_ops {
	const char *name;  /* "text", "json", ...; stable, in the metrics */
	uint64_t every_ns; /* finish is also called so often meanwhile; 0: only at the end */
	int (*judged)(struct sink *s, const struct judgement *j);
	/* A judgement that it heard before counts no more. */
	int (*taken_back)(struct sink *s, const struct takeback *t);
	int (*cause_opened)(struct sink *s, const struct cause *c);
	int (*finish)(struct sink *s, const struct summary *sum);
	void (*close)(struct sink *s); /* frees it */
};

/* For the tables of sinks that do without the one or the other. */
static inline int sink_ignore_judged(struct sink *s, const struct judgement *j)
{
	(void)s;
	(void)j;
	return 0;
}

static inline int sink_ignore_taken_back(struct sink *s, const struct takeback *t)
{
	(void)s;
	(void)t;
	return 0;
}

static inline int sink_ignore_cause(struct sink *s, const struct cause *c)
{
	(void)s;
	(void)c;
	return 0;
}

/* Takes NULL. */
static inline void sink_close(struct sink *s)
{
	if (s)
		s->ops->close(s);
}

#endif
