/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/nearest.h"
#include "options_part.h"
#include "values.h"

/* Less would cut the headers of TCP and IP themselves. */
#define SNAPLEN_MIN 128u
/* 1 GiB; libpcap counts the bytes in an int. */
#define BUFFER_KIB_MAX (1u << 20)

/* Long options without a letter, above every character. */
enum {
	OPT_PORT = 256,
	OPT_KEYLOG,
	OPT_FINDINGS_ONLY,
	OPT_SUMMARY_ONLY,
	OPT_COLOR,
	OPT_NO_PROGRESS,
	OPT_PLATFORM,
	OPT_VERSION,
	OPT_LIST_RULES,
	OPT_EXPLAIN,
	OPT_PROMISC,
	OPT_NO_EBPF,
	OPT_NO_BODY_CUT,
	OPT_DURATION,
	OPT_TLS,
	OPT_LISTEN,
	OPT_WEB_CONFIG,
	OPT_REPORT,
	OPT_METRICS_LABEL,
	OPT_REPLAY_SPEED,
};

/* '+': stop at the first word that is no option. ':': tell a missing value from a bad option. */
static const char short_options[] = "+:r:i:Ds:B:pZ:w:C:G:W:o:c:j:qh";

static const struct option long_options[] = {
	{ "interface", required_argument, NULL, 'i' },
	{ "list-interfaces", no_argument, NULL, 'D' },
	{ "promisc", no_argument, NULL, OPT_PROMISC },
	{ "no-ebpf", no_argument, NULL, OPT_NO_EBPF },
	{ "no-body-cut", no_argument, NULL, OPT_NO_BODY_CUT },
	{ "tls", optional_argument, NULL, OPT_TLS },
	{ "output", required_argument, NULL, 'o' },
	{ "duration", required_argument, NULL, OPT_DURATION },
	{ "count", required_argument, NULL, 'c' },
	{ "listen", required_argument, NULL, OPT_LISTEN },
	{ "web-config", required_argument, NULL, OPT_WEB_CONFIG },
	{ "report", required_argument, NULL, OPT_REPORT },
	{ "metrics-label", required_argument, NULL, OPT_METRICS_LABEL },
	{ "replay-speed", required_argument, NULL, OPT_REPLAY_SPEED },
	{ "lanes", required_argument, NULL, 'j' },
	{ "port", required_argument, NULL, OPT_PORT },
	{ "keylog", required_argument, NULL, OPT_KEYLOG },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "findings-only", no_argument, NULL, OPT_FINDINGS_ONLY },
	{ "quiet", no_argument, NULL, 'q' },
	{ "summary-only", no_argument, NULL, OPT_SUMMARY_ONLY },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "no-progress", no_argument, NULL, OPT_NO_PROGRESS },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "also", required_argument, NULL, OPT_ALSO },
	{ "fail-on", required_argument, NULL, OPT_FAIL_ON },
	{ "baseline", required_argument, NULL, OPT_BASELINE },
	{ "write-baseline", required_argument, NULL, OPT_WRITE_BASELINE },
	{ "metrics-file", required_argument, NULL, OPT_METRICS_FILE },
	{ "evidence", required_argument, NULL, OPT_EVIDENCE },
	{ "store", required_argument, NULL, OPT_STORE },
	{ "store-keep", required_argument, NULL, OPT_STORE_KEEP },
	{ "store-size", required_argument, NULL, OPT_STORE_SIZE },
	{ "from-store", required_argument, NULL, OPT_FROM_STORE },
	{ "since", required_argument, NULL, OPT_SINCE },
	{ "until", required_argument, NULL, OPT_UNTIL },
	{ "platform", required_argument, NULL, OPT_PLATFORM },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "list-rules", no_argument, NULL, OPT_LIST_RULES },
	{ "explain", required_argument, NULL, OPT_EXPLAIN },
	{ NULL, 0, NULL, 0 },
};

int options_complain(const struct parse *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(p->why, p->why_cap, format, args);
	va_end(args);
	return -EINVAL;
}

static int ports_parse(const struct parse *p, const char *list)
{
	struct options *o = p->o;

	o->ports_text = strcmp(list, "any") == 0 ? NULL : list;
	o->has_ports = o->ports_text != NULL;
	if (!o->has_ports || values_ports(list, &o->ports))
		return 0;
	return options_complain(
		p, "--port %s: write ports from 1 to 65535 as 80,8080,8000-8010, or any", list);
}

/* A number of an option named so, in min..max. */
static int number_parse(const struct parse *p, const char *option, uint64_t min, uint64_t max,
			uint64_t *out)
{
	if (values_number(optarg, min, max, out))
		return 0;
	return options_complain(p, "%s %s: write a number from %llu to %llu", option, optarg,
				(unsigned long long)min, (unsigned long long)max);
}

static int number32_parse(const struct parse *p, const char *option, uint32_t min, uint32_t max,
			  uint32_t *out)
{
	uint64_t n;
	int err = number_parse(p, option, min, max, &n);

	if (!err)
		*out = (uint32_t)n;
	return err;
}

/* -s; 0 stands for the default, as it does for tcpdump. */
static int snaplen_parse(const struct parse *p)
{
	uint32_t n = 0;
	int err = number32_parse(p, "-s", 0, CAPTURE_SNAPLEN, &n);

	if (!err && n && n < SNAPLEN_MIN)
		return options_complain(p, "-s %u: headers need at least %u bytes", n, SNAPLEN_MIN);
	p->o->live.snaplen = n ? n : CAPTURE_SNAPLEN;
	return err;
}

/* -C; in millions of bytes, as tcpdump has it. */
static int file_size_parse(const struct parse *p)
{
	uint64_t millions = 0;
	int err = number_parse(p, "-C", 1, 1000000, &millions);

	p->o->write.file_bytes = millions * 1000000;
	return err;
}

static int duration_parse(const struct parse *p)
{
	if (values_seconds(optarg, &p->o->duration_s))
		return 0;
	return options_complain(p, "--duration %s: write seconds, or 10m, 2h, 1d", optarg);
}

static int listen_add(const struct parse *p)
{
	struct options_web *w = &p->o->web;

	if (!address_parse(optarg, &w->listen[w->listen_cnt], p->why, p->why_cap))
		return -EINVAL;
	w->listen_cnt++;
	return 0;
}

/* "origin:20". */
static int label_parse(const struct parse *p)
{
	const char *colon = strchr(optarg, ':');
	size_t len = colon ? (size_t)(colon - optarg) : 0;
	enum measure_label label = measure_label_of(span_make(optarg, len));
	uint64_t max;

	if (label == MEASURE_LABELS || !values_number(colon + 1, 1, METRICS_LABEL_VALUES_MAX, &max))
		return options_complain(
			p,
			"--metrics-label %s: write origin, host or path, and how many of "
			"them, up to %d, as in origin:20",
			optarg, METRICS_LABEL_VALUES_MAX);
	p->o->web.labels[label] = (unsigned)max;
	return 0;
}

static int speed_parse(const struct parse *p)
{
	if (values_speed(optarg, &p->o->replay_speed))
		return 0;
	return options_complain(
		p, "--replay-speed %s: write 1 for as recorded, 10 for ten times as fast", optarg);
}

static int color_parse(const struct parse *p, const char *word)
{
	static const char *const words[] = { "auto", "always", "never" };

	for (unsigned i = 0; i < 3; i++) {
		if (strcmp(word, words[i]) == 0) {
			p->o->color = (enum options_color)i;
			return 0;
		}
	}
	return options_complain(p, "--color %s: write auto, always or never", word);
}

/* " and the names", as far as they fit, for a --platform that is like none of them. */
static int platform_refuse(const struct parse *p, const char *word)
{
	size_t used;

	options_complain(p, "--platform %s: write one of", word);
	used = strlen(p->why);
	for (size_t i = 0; p->platforms[i] && used < p->why_cap; i++) {
		int n = snprintf(p->why + used, p->why_cap - used, "%s %s", i ? "," : "",
				 p->platforms[i]);

		used += n > 0 ? (size_t)n : 0;
	}
	return -EINVAL;
}

static int platform_parse(const struct parse *p, const char *word)
{
	struct nearest n = nearest_make(word);

	for (size_t i = 0; p->platforms[i]; i++) {
		if (span_is_nocase(span_text(word), p->platforms[i])) {
			p->o->platform = p->platforms[i];
			return 0;
		}
		nearest_offer(&n, p->platforms[i]);
	}
	if (n.name)
		return options_complain(p, "--platform %s is not known: did you mean %s?", word,
					n.name);
	return platform_refuse(p, word);
}

static int file_add(const struct parse *p, const char *name)
{
	if (!*name)
		return options_complain(p, "-r needs a file name ('-' is standard input)");
	p->o->files[p->o->files_cnt++] = name;
	return 0;
}

static int device_add(const struct parse *p, const char *name)
{
	if (!*name)
		return options_complain(p, "-i needs an interface (-D lists them)");
	for (size_t i = 0; i < p->o->devices_cnt; i++) {
		if (strcmp(p->o->devices[i], name) == 0)
			return options_complain(p, "-i %s is given twice", name);
	}
	p->o->devices[p->o->devices_cnt++] = name;
	return 0;
}

static int keylog_set(const struct parse *p, const char *name)
{
	if (!*name || strcmp(name, "-") == 0)
		return options_complain(p,
					"--keylog needs the name of a file, as in SSLKEYLOGFILE");
	if (p->o->keylog)
		return options_complain(
			p, "--keylog given twice: join the files (cat), as key logs may be");
	p->o->keylog = name;
	return 0;
}

static int tls_set(const struct parse *p)
{
	if (optarg && !*optarg)
		return options_complain(p,
					"--tls= needs a process id, a program's name or its path");
	p->o->live.has_tls = true;
	p->o->live.tls_who = optarg;
	return 0;
}

/* The first of --help, --version, --list-rules and --explain wins; it needs no more. */
static int action_set(const struct parse *p, enum options_action action)
{
	if (p->o->action == OPTIONS_RUN)
		p->o->action = action;
	return 0;
}

/* What getopt could not read: an option that does not exist, or that takes no value. */
static int unknown_option(const struct parse *p)
{
	const char *word = p->argv[optind - 1];
	struct nearest n;

	if (optopt && strncmp(word, "--", 2) != 0)
		return options_complain(p, "unknown option '-%c' (cors-sniff --help lists them)",
					optopt);
	if (optopt)
		return options_complain(p, "'%.*s' takes no value", (int)strcspn(word, "="), word);
	n = nearest_make(word + 2);
	for (const struct option *l = long_options; l->name; l++)
		nearest_offer(&n, l->name);
	if (n.name)
		return options_complain(p, "unknown option '%s': did you mean '--%s'?", word,
					n.name);
	return options_complain(p, "unknown option '%s' (cors-sniff --help lists them)", word);
}

static int option_take(const struct parse *p, int c)
{
	struct options *o = p->o;

	switch (c) {
	case 'r': return file_add(p, optarg);
	case 'i': return device_add(p, optarg);
	case 'D': return action_set(p, OPTIONS_LIST_INTERFACES);
	case 's': return snaplen_parse(p);
	case 'B': return number32_parse(p, "-B", 1, BUFFER_KIB_MAX, &o->live.buffer_kib);
	case 'p': o->live.is_promiscuous = false; return 0;
	case OPT_PROMISC: o->live.is_promiscuous = true; return 0;
	case OPT_NO_EBPF: o->live.no_ebpf = true; return 0;
	case OPT_NO_BODY_CUT: o->live.no_body_cut = true; return 0;
	case 'Z': o->live.user = optarg; return 0;
	case OPT_TLS: return tls_set(p);
	case 'w': o->write.path = optarg; return 0;
	case 'C': return file_size_parse(p);
	case 'G': return number32_parse(p, "-G", 1, UINT32_MAX, &o->write.every_s);
	case 'W': return number32_parse(p, "-W", 1, UINT32_MAX, &o->write.files_max);
	case 'o': o->output.path = optarg; return 0;
	case 'c': return number_parse(p, "--count", 1, UINT64_MAX / 2, &o->count);
	case 'j': return number32_parse(p, "--lanes", 1, LANES_MAX, &o->lanes);
	case OPT_DURATION: return duration_parse(p);
	case OPT_LISTEN: return listen_add(p);
	case OPT_WEB_CONFIG: o->web.config = optarg; return 0;
	case OPT_REPORT: o->web.report = optarg; return 0;
	case OPT_METRICS_LABEL: return label_parse(p);
	case OPT_REPLAY_SPEED: return speed_parse(p);
	case 'q': o->is_quiet = true; return 0;
	case 'h': return action_set(p, OPTIONS_HELP);
	case OPT_PORT: return ports_parse(p, optarg);
	case OPT_KEYLOG: return keylog_set(p, optarg);
	case OPT_FINDINGS_ONLY: o->is_findings_only = true; return 0;
	case OPT_SUMMARY_ONLY: o->is_summary_only = true; return 0;
	case OPT_COLOR: return color_parse(p, optarg);
	case OPT_NO_PROGRESS: o->is_progress_off = true; return 0;
	case OPT_PLATFORM: return platform_parse(p, optarg);
	case OPT_VERSION: return action_set(p, OPTIONS_VERSION);
	case OPT_LIST_RULES: return action_set(p, OPTIONS_LIST_RULES);
	case OPT_EXPLAIN: o->rule = optarg; return action_set(p, OPTIONS_EXPLAIN);
	case ':': return options_complain(p, "'%s' needs a value", p->argv[optind - 1]);
	default: return c >= OPT_OUTPUT ? options_output_take(p, c) : unknown_option(p);
	}
}

/* Join the words from argv[first] on. No word of a filter begins like an option, so one that
 * does was meant as one. */
static int filter_join(const struct parse *p, int first, int argc)
{
	size_t len = 0;
	char *at;

	for (int i = first; i < argc; i++) {
		const char *letter = p->argv[i] + strspn(p->argv[i], "-");

		if (letter != p->argv[i] && (*letter | 0x20) >= 'a' && (*letter | 0x20) <= 'z')
			return options_complain(
				p, "'%s' comes after the filter: options go before it", p->argv[i]);
		len += strlen(p->argv[i]) + 1;
	}
	if (!len)
		return 0;
	at = p->o->filter = malloc(len);
	if (!at)
		return -ENOMEM;
	for (int i = first; i < argc; i++) {
		size_t n = strlen(p->argv[i]);

		memcpy(at, p->argv[i], n);
		at[n] = ' ';
		at += n + 1;
	}
	at[-1] = '\0';
	return 0;
}

static int web_check(const struct parse *p)
{
	const struct options *o = p->o;

	if (o->web.config && !o->web.listen_cnt)
		return options_complain(p, "--web-config is for the server of --listen: add one");
	for (unsigned i = 0; i < MEASURE_LABELS; i++) {
		if (o->web.labels[i] && !o->web.listen_cnt && !o->output.metrics)
			return options_complain(p, "--metrics-label is for the metrics of --listen "
						   "and --metrics-file: add one");
	}
	if (o->replay_speed > 0 && options_is_live(o))
		return options_complain(
			p, "--replay-speed plays captures (-r): what -i brings has its own");
	return options_output_check(p);
}

/* What no option alone shows. */
static int whole_check(const struct parse *p)
{
	const struct options *o = p->o;
	bool has_stdin = false;
	/* One word alone is rather a forgotten -r than a filter. */
	bool is_name = o->filter && !strchr(o->filter, ' ');

	if (o->action != OPTIONS_RUN)
		return 0;
	if (o->live.has_tls && !o->devices_cnt && o->filter)
		return options_complain(
			p,
			"'%s' chooses packets, and --tls reads none: write --tls=WHO for "
			"one program, or --port",
			o->filter);
	if (o->live.has_tls && !o->devices_cnt && o->write.path)
		return options_complain(p, "-w keeps packets, and --tls reads none: add -i");
	if (!o->files_cnt && !options_is_live(o) && !o->output.from_store)
		return options_complain(
			p,
			"nothing to read: name a capture with -r FILE%s%s, or an interface "
			"with -i",
			is_name ? ", as in -r " : " ('-' is standard input)",
			is_name ? o->filter : "");
	if (o->files_cnt && o->devices_cnt)
		return options_complain(p, "-r reads captures and -i captures: choose one");
	if (o->files_cnt && o->live.has_tls)
		return options_complain(p,
					"-r reads captures and --tls watches programs: choose one");
	if (!o->write.path && (o->write.file_bytes || o->write.every_s || o->write.files_max))
		return options_complain(p, "-C, -G and -W rotate the file of -w: name one");
	if (o->write.files_max && !o->write.file_bytes && !o->write.every_s)
		return options_complain(p, "-W counts the files of -C or -G: add one of them");
	if (o->write.path && strcmp(o->write.path, "-") == 0)
		return options_complain(p,
					"-w -: standard output is for the findings; name a file");
	for (size_t i = 0; i < o->files_cnt; i++) {
		if (strcmp(o->files[i], "-") != 0)
			continue;
		if (has_stdin)
			return options_complain(
				p, "-r - given twice: standard input can be read once");
		has_stdin = true;
	}
	if (o->is_quiet && o->is_summary_only)
		return options_complain(
			p, "--quiet and --summary-only leave nothing to show: drop one");
	return web_check(p);
}

static int parse_all(const struct parse *p, int argc)
{
	bool has_ports = false;
	int c, err;

	optind = 0; /* glibc: start anew, whatever was parsed before */
	opterr = 0;
	while ((c = getopt_long(argc, p->argv, short_options, long_options, NULL)) != -1) {
		has_ports |= c == OPT_PORT;
		err = option_take(p, c);
		if (err)
			return err;
	}
	p->o->is_ports_given = p->o->has_ports;
	if (p->o->devices_cnt && !has_ports)
		ports_parse(p, p->o->keylog ? OPTIONS_LIVE_PORTS_TLS : OPTIONS_LIVE_PORTS);
	err = filter_join(p, optind, argc);
	return err ? err : whole_check(p);
}

int options_parse(struct options *o, int argc, char *const *argv, const char *const *platforms,
		  char *why, size_t why_cap)
{
	struct parse p = { o, argv, platforms, why, why_cap };
	int err;

	*o = (struct options){ .action = OPTIONS_RUN, .live = { .snaplen = CAPTURE_SNAPLEN } };
	/* Each name is a word of argv, so that many slots are enough. */
	o->files = calloc((size_t)argc + 1, sizeof(*o->files));
	o->devices = calloc((size_t)argc + 1, sizeof(*o->devices));
	o->web.listen = calloc((size_t)argc + 1, sizeof(*o->web.listen));
	o->output.also = calloc((size_t)argc + 1, sizeof(*o->output.also));
	err = o->files && o->devices && o->web.listen && o->output.also ? parse_all(&p, argc)
									: -ENOMEM;
	if (err == -ENOMEM)
		snprintf(why, why_cap, "not enough memory");
	if (err)
		options_fini(o);
	return err;
}

void options_fini(struct options *o)
{
	free(o->files);
	free(o->devices);
	free(o->output.also);
	free(o->web.listen);
	free(o->filter);
	*o = (struct options){ .action = OPTIONS_RUN };
}
