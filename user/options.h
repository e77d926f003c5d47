/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * options: the command line.
 *
 * In:   argv.
 * Out:  struct options, or one line that says what is wrong and what to write instead.
 *
 * Prints nothing, opens nothing, never exits.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "cors/rules.h"
#include "net/net.h"
#include "report/measure.h"
#include "web/address.h"

enum options_action {
	OPTIONS_RUN, /* read captures, or capture, and report */
	OPTIONS_HELP,
	OPTIONS_VERSION,
	OPTIONS_LIST_RULES,
	OPTIONS_EXPLAIN,
	OPTIONS_LIST_INTERFACES,
};

enum options_color {
	OPTIONS_COLOR_AUTO, /* when stdout is a terminal and the environment does not object */
	OPTIONS_COLOR_ALWAYS,
	OPTIONS_COLOR_NEVER,
};

/* The ports that a live capture follows unless --port says others: those that HTTP in clear text
 * uses, in production and in development. All ports would do, but cost more. */
#define OPTIONS_LIVE_PORTS "80,81,3000-3010,4200,5000-5010,5173,8000-8100,8880-8890,9000-9010"

/* With the keys of TLS, its usual ports as well. */
#define OPTIONS_LIVE_PORTS_TLS OPTIONS_LIVE_PORTS ",443,8443"

/* -w and its companions; see writer_config. */
struct options_write {
	const char *path; /* NULL: nothing is written */
	uint64_t file_bytes;
	uint32_t every_s, files_max;
};

/* What only a live capture heeds. */
struct options_live {
	uint32_t snaplen;
	uint32_t buffer_kib; /* 0: what the filter in force needs */
	bool is_promiscuous;
	bool no_ebpf;
	bool no_body_cut;
	const char *user; /* -Z; NULL: see privileges_drop() */
	bool has_tls;
	const char *tls_who; /* the value of --tls; NULL: all */
};

/* The forms of a report. */
enum options_format {
	OPTIONS_TEXT,
	OPTIONS_JSON,
	OPTIONS_HAR,
	OPTIONS_SARIF,
	OPTIONS_JUNIT,
	OPTIONS_CSV,
};

/* A report beside the main one. */
struct options_report {
	enum options_format format;
	const char *path;
};

/* A bound of a time range. */
struct options_time {
	bool is_given;
	bool is_ago; /* ns before the program's start, not after 1970 */
	uint64_t ns;
};

/* Less would not hold the empty tables and one batch. */
#define OPTIONS_STORE_BYTES_MIN (1u << 20)

/* Where results go, and from where a history comes. */
struct options_output {
	enum options_format format;  /* of the main report */
	const char *path;            /* -o; NULL: standard output */
	struct options_report *also; /* --also, in the order given. Owned */
	size_t also_cnt;
	const char *metrics;                /* --metrics-file; NULL: none */
	const char *evidence;               /* --evidence; NULL: none */
	const char *baseline;               /* --baseline; NULL: no cause is known */
	const char *write_baseline;         /* --write-baseline; NULL: none */
	const char *store;                  /* --store; NULL: none */
	uint64_t store_keep_s, store_bytes; /* what it may hold; 0: no limit */
	const char *from_store;             /* --from-store, instead of packets; NULL: packets */
	struct options_time since, until;   /* of it */
};

/* The page and the metrics: served, or saved. */
struct options_web {
	struct web_address *listen; /* --listen, in the order given. Owned */
	size_t listen_cnt;
	const char *config;              /* --web-config; NULL: none */
	const char *report;              /* --report; NULL: none */
	unsigned labels[MEASURE_LABELS]; /* --metrics-label: series for each; 0: none */
};

struct options {
	enum options_action action;
	/* Either files or devices, at least one for OPTIONS_RUN without --tls. The names are
	 * argv's, the arrays are owned. */
	const char **files; /* -r, in the order given; "-" is standard input */
	size_t files_cnt;
	const char **devices; /* -i, each once */
	size_t devices_cnt;
	struct options_live live;
	struct options_write write;
	struct options_output output;
	struct options_web web;
	double replay_speed; /* 1: captures are read as slowly as they came; 0: at once */
	double duration_s;   /* stop after so long; 0: never */
	uint64_t count;      /* stop after so many exchanges; 0: never */
	uint32_t lanes;      /* threads that follow connections; 0: as many as pay */
	char *filter;        /* capture filter, the words joined by blanks; NULL for none. Owned */
	const char *keylog;  /* file of TLS secrets; NULL for none */
	struct port_set ports;  /* meaningful with has_ports */
	bool has_ports;         /* false: any port */
	bool is_ports_given;    /* has_ports, and --port says so */
	const char *ports_text; /* the same for people; NULL: any */
	bool is_findings_only;  /* of the exchanges, only those with findings */
	bool is_quiet;          /* no summary */
	bool is_summary_only;   /* nothing but the summary */
	bool is_progress_off;   /* never a progress bar */
	enum options_color color;
	bool has_fail_on;
	enum severity fail_on; /* findings this bad or worse make the exit code 1 */
	const char *platform;  /* one of the names given to options_parse(); NULL for none */
	const char *rule;      /* OPTIONS_EXPLAIN: the rule's id as typed; borrowed from argv */
};

/*
 * Parse argv into *o. platforms is the NULL-terminated list of what --platform takes.
 *
 * 0        *o is filled; give it to options_fini()
 * -EINVAL  why[] says it in one line; *o holds nothing
 * -ENOMEM  the same
 *
 * Options end at the first word that is none: from there on it is the filter, as tcpdump has
 * it. Uses getopt, whose state is the process's own: not for two threads at once.
 */
int options_parse(struct options *o, int argc, char *const *argv, const char *const *platforms,
		  char *why, size_t why_cap);

/* True when it watches what happens now, and does not read what was captured. */
static inline bool options_is_live(const struct options *o)
{
	return o->devices_cnt || o->live.has_tls;
}

/* Free what *o owns. */
void options_fini(struct options *o);

#endif
