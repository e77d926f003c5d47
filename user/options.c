/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/nearest.h"

/* Long options without a letter, above every character. */
enum {
	OPT_PORT = 256,
	OPT_JSON,
	OPT_FINDINGS_ONLY,
	OPT_SUMMARY_ONLY,
	OPT_COLOR,
	OPT_NO_PROGRESS,
	OPT_FAIL_ON,
	OPT_PLATFORM,
	OPT_VERSION,
	OPT_LIST_RULES,
	OPT_EXPLAIN,
};

/* '+': stop at the first word that is no option. ':': tell a missing value from a bad option. */
static const char short_options[] = "+:r:qh";

static const struct option long_options[] = {
	{ "port", required_argument, NULL, OPT_PORT },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "findings-only", no_argument, NULL, OPT_FINDINGS_ONLY },
	{ "quiet", no_argument, NULL, 'q' },
	{ "summary-only", no_argument, NULL, OPT_SUMMARY_ONLY },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "no-progress", no_argument, NULL, OPT_NO_PROGRESS },
	{ "fail-on", required_argument, NULL, OPT_FAIL_ON },
	{ "platform", required_argument, NULL, OPT_PLATFORM },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "list-rules", no_argument, NULL, OPT_LIST_RULES },
	{ "explain", required_argument, NULL, OPT_EXPLAIN },
	{ NULL, 0, NULL, 0 },
};

/* One parse: where its result and its complaint go. */
struct parse {
	struct options *o;
	char *const *argv;
	const char *const *platforms;
	char *why;
	size_t why_cap;
};

/* Say what is wrong. Returns -EINVAL, so that a caller can return it. */
static int complain(const struct parse *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int complain(const struct parse *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(p->why, p->why_cap, format, args);
	va_end(args);
	return -EINVAL;
}

/* A port number up to the next character that is no digit; 0 when it is none. */
static unsigned port_parse(const char **at)
{
	unsigned n = 0;

	for (; **at >= '0' && **at <= '9'; (*at)++) {
		n = n * 10 + (unsigned)(**at - '0');
		if (n > 65535)
			return 0;
	}
	return n;
}

/* One item of a --port list: "80" or "8000-8010". */
static bool port_item_parse(struct port_set *set, const char **at)
{
	unsigned first = port_parse(at), last = first;

	if (first && **at == '-') {
		(*at)++;
		last = port_parse(at);
	}
	if (!first || last < first)
		return false;
	for (unsigned n = first; n <= last; n++)
		port_set_add(set, (uint16_t)n);
	return true;
}

static int ports_parse(const struct parse *p, const char *list)
{
	const char *at = list;

	if (strcmp(list, "any") == 0) {
		p->o->has_ports = false;
		return 0;
	}
	do {
		if (!port_item_parse(&p->o->ports, &at))
			break;
		if (*at == '\0') {
			p->o->has_ports = true;
			return 0;
		}
	} while (*at++ == ',');
	return complain(p, "--port %s: write ports from 1 to 65535 as 80,8080,8000-8010, or any",
			list);
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
	return complain(p, "--color %s: write auto, always or never", word);
}

static int fail_on_parse(const struct parse *p, const char *word)
{
	for (unsigned s = SEVERITY_INFO; s <= SEVERITY_ERROR; s++) {
		if (strcmp(word, severity_text((enum severity)s)) == 0) {
			p->o->fail_on = (enum severity)s;
			p->o->has_fail_on = true;
			return 0;
		}
	}
	return complain(p, "--fail-on %s: write info, warning or error", word);
}

/* " and the names", as far as they fit, for a --platform that is like none of them. */
static int platform_refuse(const struct parse *p, const char *word)
{
	size_t used;

	complain(p, "--platform %s: write one of", word);
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
		return complain(p, "--platform %s is not known: did you mean %s?", word, n.name);
	return platform_refuse(p, word);
}

static int file_add(const struct parse *p, const char *name)
{
	if (!*name)
		return complain(p, "-r needs a file name ('-' is standard input)");
	p->o->files[p->o->files_cnt++] = name;
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
		return complain(p, "unknown option '-%c' (cors-sniff --help lists them)", optopt);
	if (optopt)
		return complain(p, "'%.*s' takes no value", (int)strcspn(word, "="), word);
	n = nearest_make(word + 2);
	for (const struct option *l = long_options; l->name; l++)
		nearest_offer(&n, l->name);
	if (n.name)
		return complain(p, "unknown option '%s': did you mean '--%s'?", word, n.name);
	return complain(p, "unknown option '%s' (cors-sniff --help lists them)", word);
}

static int option_take(const struct parse *p, int c)
{
	struct options *o = p->o;

	switch (c) {
	case 'r': return file_add(p, optarg);
	case 'q': o->is_quiet = true; return 0;
	case 'h': return action_set(p, OPTIONS_HELP);
	case OPT_PORT: return ports_parse(p, optarg);
	case OPT_JSON: o->is_json = true; return 0;
	case OPT_FINDINGS_ONLY: o->is_findings_only = true; return 0;
	case OPT_SUMMARY_ONLY: o->is_summary_only = true; return 0;
	case OPT_COLOR: return color_parse(p, optarg);
	case OPT_NO_PROGRESS: o->is_progress_off = true; return 0;
	case OPT_FAIL_ON: return fail_on_parse(p, optarg);
	case OPT_PLATFORM: return platform_parse(p, optarg);
	case OPT_VERSION: return action_set(p, OPTIONS_VERSION);
	case OPT_LIST_RULES: return action_set(p, OPTIONS_LIST_RULES);
	case OPT_EXPLAIN: o->rule = optarg; return action_set(p, OPTIONS_EXPLAIN);
	case ':': return complain(p, "'%s' needs a value", p->argv[optind - 1]);
	default: return unknown_option(p);
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
			return complain(p, "'%s' comes after the filter: options go before it",
					p->argv[i]);
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

/* What no option alone shows. */
static int whole_check(const struct parse *p)
{
	const struct options *o = p->o;
	bool has_stdin = false;
	/* One word alone is rather a forgotten -r than a filter. */
	bool is_name = o->filter && !strchr(o->filter, ' ');

	if (o->action != OPTIONS_RUN)
		return 0;
	if (!o->files_cnt)
		return complain(p, "nothing to read: name a capture with -r FILE%s%s",
				is_name ? ", as in -r " : " ('-' is standard input)",
				is_name ? o->filter : "");
	for (size_t i = 0; i < o->files_cnt; i++) {
		if (strcmp(o->files[i], "-") != 0)
			continue;
		if (has_stdin)
			return complain(p, "-r - given twice: standard input can be read once");
		has_stdin = true;
	}
	if (o->is_quiet && o->is_summary_only)
		return complain(p, "--quiet and --summary-only leave nothing to show: drop one");
	return 0;
}

static int parse_all(const struct parse *p, int argc)
{
	int c, err;

	optind = 0; /* glibc: start anew, whatever was parsed before */
	opterr = 0;
	while ((c = getopt_long(argc, p->argv, short_options, long_options, NULL)) != -1) {
		err = option_take(p, c);
		if (err)
			return err;
	}
	err = filter_join(p, optind, argc);
	return err ? err : whole_check(p);
}

int options_parse(struct options *o, int argc, char *const *argv, const char *const *platforms,
		  char *why, size_t why_cap)
{
	struct parse p = { o, argv, platforms, why, why_cap };
	int err;

	*o = (struct options){ .action = OPTIONS_RUN };
	/* Each file is a word of argv, so that many slots are enough. */
	o->files = calloc((size_t)argc + 1, sizeof(*o->files));
	err = o->files ? parse_all(&p, argc) : -ENOMEM;
	if (err == -ENOMEM)
		snprintf(why, why_cap, "not enough memory");
	if (err)
		options_fini(o);
	return err;
}

void options_fini(struct options *o)
{
	free(o->files);
	free(o->filter);
	*o = (struct options){ .action = OPTIONS_RUN };
}
