/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/failmalloc.h"

#define WORDS_MAX 32

static const char *const platforms[] = { "nginx", "Apache", NULL };

/* A command line written in one string, its words apart by single blanks; ~ stands for a blank
 * inside a word. */
struct line {
	char text[256];
	char *argv[WORDS_MAX + 2];
	int argc;
	char why[256];
	struct options o;
};

static int parse(struct line *l, const char *words)
{
	char *rest = l->text, *word;

	snprintf(l->text, sizeof(l->text), "%s", words);
	l->argv[0] = (char *)(uintptr_t) "cors-sniff";
	l->argc = 1;
	l->why[0] = '\0';
	while ((word = strsep(&rest, " ")) != NULL) {
		for (char *c = word; *c; c++)
			*c = *c == '~' ? ' ' : *c;
		assert_true(l->argc <= WORDS_MAX);
		l->argv[l->argc++] = word;
	}
	l->argv[l->argc] = NULL;
	return options_parse(&l->o, l->argc, l->argv, platforms, l->why, sizeof(l->why));
}

static void parse_well(struct line *l, const char *words)
{
	int err = parse(l, words);

	if (err)
		fail_msg("%s: %s", words, l->why);
}

static void expect_refused(const char *words, const char *why)
{
	struct line l;

	assert_int_equal(parse(&l, words), -EINVAL);
	assert_string_equal(l.why, why);
	assert_null(l.o.files);
	assert_null(l.o.filter);
}

static void files_are_read_in_their_order(void **state)
{
	struct line l;

	(void)state;
	parse_well(&l, "-r a.pcap -r - -rb.pcap");
	assert_int_equal(l.o.action, OPTIONS_RUN);
	assert_int_equal(l.o.files_cnt, 3);
	assert_string_equal(l.o.files[0], "a.pcap");
	assert_string_equal(l.o.files[1], "-");
	assert_string_equal(l.o.files[2], "b.pcap");
	assert_null(l.o.filter);
	assert_false(l.o.has_ports);
	assert_false(l.o.has_fail_on);
	assert_int_equal(l.o.color, OPTIONS_COLOR_AUTO);
	options_fini(&l.o);
}

static void filter_words_are_joined_quoted_or_not(void **state)
{
	struct line l;

	(void)state;
	parse_well(&l, "-r a.pcap tcp port 80");
	assert_string_equal(l.o.filter, "tcp port 80");
	options_fini(&l.o);
	parse_well(&l, "-r a.pcap tcp~port~80");
	assert_string_equal(l.o.filter, "tcp port 80");
	options_fini(&l.o);
	parse_well(&l, "-r a.pcap -- tcp port 80 or tcp[12] - 4 = 5");
	assert_string_equal(l.o.filter, "tcp port 80 or tcp[12] - 4 = 5");
	options_fini(&l.o);
	parse_well(&l, "-r a.pcap --");
	assert_null(l.o.filter);
	options_fini(&l.o);
}

static void an_option_after_the_filter_is_told(void **state)
{
	(void)state;
	expect_refused("-r a.pcap tcp port 80 --json",
		       "'--json' comes after the filter: options go before it");
	expect_refused("-r a.pcap tcp -q", "'-q' comes after the filter: options go before it");
}

static void switches_are_set(void **state)
{
	struct line l;

	(void)state;
	parse_well(&l,
		   "-r a --json --findings-only -q --no-progress --color never --fail-on warning");
	assert_true(l.o.output.format == OPTIONS_JSON);
	assert_true(l.o.is_findings_only);
	assert_true(l.o.is_quiet);
	assert_true(l.o.is_progress_off);
	assert_false(l.o.is_summary_only);
	assert_int_equal(l.o.color, OPTIONS_COLOR_NEVER);
	assert_true(l.o.has_fail_on);
	assert_int_equal(l.o.fail_on, SEVERITY_WARNING);
	options_fini(&l.o);
	parse_well(&l, "-r a --summary-only --color=always --platform apache --fail-on=error");
	assert_true(l.o.is_summary_only);
	assert_int_equal(l.o.color, OPTIONS_COLOR_ALWAYS);
	assert_int_equal(l.o.fail_on, SEVERITY_ERROR);
	assert_ptr_equal(l.o.platform, platforms[1]);
	options_fini(&l.o);
}

/* Exactly the ports of the list are in the set: cnt of them, these among them. */
static void expect_ports(const char *words, unsigned cnt, uint16_t one, uint16_t other)
{
	struct line l;
	unsigned found = 0;

	parse_well(&l, words);
	assert_true(l.o.has_ports);
	for (unsigned n = 0; n < 65536; n++)
		found += port_set_has(&l.o.ports, (uint16_t)n);
	assert_int_equal(found, cnt);
	assert_true(port_set_has(&l.o.ports, one));
	assert_true(port_set_has(&l.o.ports, other));
	options_fini(&l.o);
}

static void port_lists_are_numbers_and_ranges(void **state)
{
	struct line l;

	(void)state;
	expect_ports("-r a --port 80", 1, 80, 80);
	expect_ports("-r a --port 80,8080,8000-8010", 13, 8000, 8010);
	expect_ports("-r a --port 1-65535", 65535, 1, 65535);
	expect_ports("-r a --port 80-80 --port 443", 2, 80, 443);
	parse_well(&l, "-r a --port any");
	assert_false(l.o.has_ports);
	options_fini(&l.o);
}

static void bad_port_lists_are_refused(void **state)
{
	static const char *const lists[] = { "0",     "65536", "80,",     ",80",    "80-",
					     "90-80", "-80",   "80-0",    "http",   "80 81",
					     "80x",   "0x50",  "1-65536", "80,any", "99999999999" };

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		char words[64], why[160];
		struct line l;

		snprintf(words, sizeof(words), "-r a --port=%s", lists[i]);
		for (char *c = strchr(words, '='); *c; c++)
			*c = *c == ' ' ? '~' : *c;
		snprintf(why, sizeof(why),
			 "--port %s: write ports from 1 to 65535 as 80,8080,8000-8010, or any",
			 lists[i]);
		assert_int_equal(parse(&l, words), -EINVAL);
		assert_string_equal(l.why, why);
	}
	expect_refused("-r a --port=",
		       "--port : write ports from 1 to 65535 as 80,8080,8000-8010, or any");
}

static void bad_values_name_the_good_ones(void **state)
{
	(void)state;
	expect_refused("-r a --color yes", "--color yes: write auto, always or never");
	expect_refused("-r a --fail-on bad", "--fail-on bad: write info, warning or error");
	expect_refused("-r a --platform ngnix",
		       "--platform ngnix is not known: did you mean nginx?");
	expect_refused("-r a --platform x", "--platform x: write one of nginx, Apache");
}

static void unknown_options_name_the_nearest(void **state)
{
	(void)state;
	expect_refused("--jsno", "unknown option '--jsno': did you mean '--json'?");
	expect_refused("--xyzzy", "unknown option '--xyzzy' (cors-sniff --help lists them)");
	expect_refused("-y eth0", "unknown option '-y' (cors-sniff --help lists them)");
	expect_refused("-qx", "unknown option '-x' (cors-sniff --help lists them)");
	expect_refused("--json=yes", "'--json' takes no value");
	expect_refused("-r", "'-r' needs a value");
	expect_refused("-r a --port", "'--port' needs a value");
}

static void what_makes_no_sense_together_is_told(void **state)
{
	(void)state;
	expect_refused(
		"--json",
		"nothing to read: name a capture with -r FILE ('-' is standard input), or an "
		"interface with -i");
	expect_refused("a.pcap",
		       "nothing to read: name a capture with -r FILE, as in -r a.pcap, or an "
		       "interface with -i");
	expect_refused(
		"tcp port 80",
		"nothing to read: name a capture with -r FILE ('-' is standard input), or an "
		"interface with -i");
	expect_refused("-r - -r -", "-r - given twice: standard input can be read once");
	expect_refused("-r a -q --summary-only",
		       "--quiet and --summary-only leave nothing to show: drop one");
	expect_refused("--json -r ", "-r needs a file name ('-' is standard input)");
}

static void a_live_capture_has_its_own_defaults(void **state)
{
	struct line l;

	(void)state;
	parse_well(&l, "-i eth0 --interface=lo tcp port 80");
	assert_int_equal(l.o.devices_cnt, 2);
	assert_string_equal(l.o.devices[0], "eth0");
	assert_string_equal(l.o.devices[1], "lo");
	assert_string_equal(l.o.filter, "tcp port 80");
	assert_int_equal(l.o.live.snaplen, 262144);
	assert_int_equal(l.o.live.buffer_kib, 0);
	assert_false(l.o.live.is_promiscuous || l.o.live.no_ebpf || l.o.live.no_body_cut);
	assert_true(l.o.has_ports);
	assert_true(port_set_has(&l.o.ports, 80) && port_set_has(&l.o.ports, 8080));
	assert_false(port_set_has(&l.o.ports, 443));
	assert_string_equal(l.o.ports_text, OPTIONS_LIVE_PORTS);
	options_fini(&l.o);
	parse_well(&l, "-i eth0 --keylog keys");
	assert_string_equal(l.o.keylog, "keys");
	assert_true(port_set_has(&l.o.ports, 80) && port_set_has(&l.o.ports, 443));
	options_fini(&l.o);
	parse_well(&l, "--port any -i eth0");
	assert_false(l.o.has_ports);
	options_fini(&l.o);
}

static void a_live_capture_takes_what_tcpdump_takes(void **state)
{
	struct line l;

	(void)state;
	parse_well(&l, "-i any -s 0 -B 4096 --promisc -Z daemon -w a.pcapng -C 5 -G 60 -W 3 -c 10 "
		       "--duration 1.5m --no-ebpf --no-body-cut -o out --port 81");
	assert_int_equal(l.o.live.snaplen, 262144);
	assert_int_equal(l.o.live.buffer_kib, 4096);
	assert_true(l.o.live.is_promiscuous && l.o.live.no_ebpf && l.o.live.no_body_cut);
	assert_string_equal(l.o.live.user, "daemon");
	assert_string_equal(l.o.write.path, "a.pcapng");
	assert_int_equal(l.o.write.file_bytes, 5000000);
	assert_int_equal(l.o.write.every_s, 60);
	assert_int_equal(l.o.write.files_max, 3);
	assert_int_equal(l.o.count, 10);
	assert_true(l.o.duration_s == 90.0);
	assert_string_equal(l.o.output.path, "out");
	assert_false(port_set_has(&l.o.ports, 80));
	options_fini(&l.o);
	parse_well(&l, "-i any --promisc -p -s 128");
	assert_false(l.o.live.is_promiscuous);
	assert_int_equal(l.o.live.snaplen, 128);
	options_fini(&l.o);
	parse_well(&l, "-D");
	assert_int_equal(l.o.action, OPTIONS_LIST_INTERFACES);
	options_fini(&l.o);
}

static void bad_values_of_a_live_capture_are_refused(void **state)
{
	(void)state;
	expect_refused("-i lo -i lo", "-i lo is given twice");
	expect_refused("-i lo -r a", "-r reads captures and -i captures: choose one");
	expect_refused("-i lo -s 127", "-s 127: headers need at least 128 bytes");
	expect_refused("-i lo -s 262145", "-s 262145: write a number from 0 to 262144");
	expect_refused("-i lo -B 0", "-B 0: write a number from 1 to 1048576");
	expect_refused("-i lo -c -1", "--count -1: write a number from 1 to 9223372036854775807");
	expect_refused(
		"-i lo -c 99999999999999999999",
		"--count 99999999999999999999: write a number from 1 to 9223372036854775807");
	expect_refused("-i lo --duration 0", "--duration 0: write seconds, or 10m, 2h, 1d");
	expect_refused("-i lo --duration 5x", "--duration 5x: write seconds, or 10m, 2h, 1d");
	expect_refused("-i lo -C 5", "-C, -G and -W rotate the file of -w: name one");
	expect_refused("-i lo -w a -W 5", "-W counts the files of -C or -G: add one of them");
	expect_refused("-i lo -w -", "-w -: standard output is for the findings; name a file");
}

static void help_needs_no_input(void **state)
{
	struct line l;

	(void)state;
	parse_well(&l, "--help");
	assert_int_equal(l.o.action, OPTIONS_HELP);
	options_fini(&l.o);
	parse_well(&l, "-h --version");
	assert_int_equal(l.o.action, OPTIONS_HELP);
	options_fini(&l.o);
	parse_well(&l, "--version");
	assert_int_equal(l.o.action, OPTIONS_VERSION);
	options_fini(&l.o);
	parse_well(&l, "--list-rules");
	assert_int_equal(l.o.action, OPTIONS_LIST_RULES);
	options_fini(&l.o);
	parse_well(&l, "--explain acao-port");
	assert_int_equal(l.o.action, OPTIONS_EXPLAIN);
	assert_string_equal(l.o.rule, "acao-port");
	options_fini(&l.o);
}

static void a_line_that_does_not_fit_is_cut(void **state)
{
	const char *argv[] = { "cors-sniff", "--color", "a-word-that-is-long", NULL };
	struct options o;
	char why[8];

	(void)state;
	memset(why, 'x', sizeof(why));
	assert_int_equal(
		options_parse(&o, 3, (char *const *)(uintptr_t)argv, platforms, why, sizeof(why)),
		-EINVAL);
	assert_string_equal(why, "--color");
}

static void short_memory_is_told(void **state)
{
	struct line l;

	(void)state;
	for (unsigned n = 1;; n++) {
		int err;

		failmalloc_arm(n);
		err = parse(&l, "-r a.pcap tcp port 80");
		if (!failmalloc_disarm())
			break;
		assert_int_equal(err, -ENOMEM);
		assert_string_equal(l.why, "not enough memory");
	}
	options_fini(&l.o);
}

static void the_web_has_addresses_a_configuration_and_labels(void **state)
{
	struct line l;

	(void)state;
	parse_well(&l, "-r a --listen :8123 --listen [::1]:1 --web-config w.yml --report r.html "
		       "--metrics-label origin:20 --metrics-label path:100 --replay-speed 2");
	assert_int_equal(l.o.web.listen_cnt, 2);
	assert_string_equal(l.o.web.listen[0].host, "127.0.0.1");
	assert_string_equal(l.o.web.listen[1].port, "1");
	assert_string_equal(l.o.web.config, "w.yml");
	assert_string_equal(l.o.web.report, "r.html");
	assert_int_equal(l.o.web.labels[MEASURE_ORIGIN], 20);
	assert_int_equal(l.o.web.labels[MEASURE_HOST], 0);
	assert_int_equal(l.o.web.labels[MEASURE_PATH], 100);
	assert_true(l.o.replay_speed == 2);
	options_fini(&l.o);
	parse_well(&l, "-r a --metrics-file m.prom --metrics-label host:3");
	assert_int_equal(l.o.web.labels[MEASURE_HOST], 3);
	options_fini(&l.o);
}

static void the_web_is_refused_where_it_makes_no_sense(void **state)
{
	static const char *const labels[] = { "origin", "origin:101", "origin:0", "user:5", ":5" };
	char words[64], why[160];

	(void)state;
	expect_refused("-r a --listen 8123",
		       "--listen 8123: write :PORT, HOST:PORT or [IPv6]:PORT");
	expect_refused("-r a --web-config w.yml",
		       "--web-config is for the server of --listen: add one");
	expect_refused(
		"-r a --metrics-label origin:20",
		"--metrics-label is for the metrics of --listen and --metrics-file: add one");
	expect_refused("-r a --replay-speed 0", "--replay-speed 0: write 1 for as recorded, 10 for "
						"ten times as fast");
	expect_refused("-i lo --replay-speed 1",
		       "--replay-speed plays captures (-r): what -i brings has its own");
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		snprintf(words, sizeof(words), "-r a --listen :1 --metrics-label %s", labels[i]);
		snprintf(why, sizeof(why),
			 "--metrics-label %s: write origin, host or path, and how many of them, up "
			 "to 100, as in origin:20",
			 labels[i]);
		expect_refused(words, why);
	}
}

static void reports_may_be_several(void **state)
{
	struct line l;

	(void)state;
	parse_well(&l, "-r a --format csv --also sarif:x.sarif --also har:a:b.har");
	assert_int_equal(l.o.output.format, OPTIONS_CSV);
	assert_int_equal(l.o.output.also_cnt, 2);
	assert_int_equal(l.o.output.also[0].format, OPTIONS_SARIF);
	assert_string_equal(l.o.output.also[0].path, "x.sarif");
	assert_string_equal(l.o.output.also[1].path, "a:b.har");
	options_fini(&l.o);
	expect_refused("-r a --format xml",
		       "--format xml: write text, json, har, sarif, junit or csv");
	expect_refused("-r a --also sarif:", "--also sarif:: write text, json, har, sarif, junit "
					     "or csv, a colon and a file, as in "
					     "sarif:findings.sarif");
	expect_refused("-r a --also x.sarif", "--also x.sarif: write text, json, har, sarif, junit "
					      "or csv, a colon and a file, as in "
					      "sarif:findings.sarif");
}

static void a_history_replaces_packets(void **state)
{
	struct line l;

	(void)state;
	parse_well(&l, "--from-store s.db --since 2026-11-23 --until 2h");
	assert_string_equal(l.o.output.from_store, "s.db");
	assert_true(l.o.output.since.is_given && !l.o.output.since.is_ago);
	assert_true(l.o.output.until.is_given && l.o.output.until.is_ago);
	options_fini(&l.o);
	expect_refused("-r a --from-store s.db",
		       "--from-store reads a history, -r and -i bring packets: choose one");
	expect_refused("--from-store s.db host x", "--from-store has no packets to filter");
	expect_refused("--from-store s.db --evidence e",
		       "--from-store has no packets for -w or --evidence");
	expect_refused("-r a --since 1d", "--since and --until choose from --from-store: add it");
}

static void what_limits_a_store_needs_one(void **state)
{
	struct line l;

	(void)state;
	parse_well(&l, "-r a --store s.db --store-keep 30d --store-size 1G");
	assert_int_equal(l.o.output.store_keep_s, 30 * 86400);
	assert_int_equal(l.o.output.store_bytes, 1 << 30);
	options_fini(&l.o);
	expect_refused("-r a --store-keep 30d",
		       "--store-keep and --store-size limit --store: add it");
	expect_refused("-r a --store s --store-size 4K",
		       "--store-size 4K: write a size from 1M on, as in 500M or 2G");
	expect_refused("-r a --baseline b", "--baseline says which causes --fail-on passes over: "
					    "add --fail-on");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_read_in_their_order),
		cmocka_unit_test(filter_words_are_joined_quoted_or_not),
		cmocka_unit_test(an_option_after_the_filter_is_told),
		cmocka_unit_test(switches_are_set),
		cmocka_unit_test(port_lists_are_numbers_and_ranges),
		cmocka_unit_test(bad_port_lists_are_refused),
		cmocka_unit_test(bad_values_name_the_good_ones),
		cmocka_unit_test(unknown_options_name_the_nearest),
		cmocka_unit_test(what_makes_no_sense_together_is_told),
		cmocka_unit_test(a_live_capture_has_its_own_defaults),
		cmocka_unit_test(a_live_capture_takes_what_tcpdump_takes),
		cmocka_unit_test(bad_values_of_a_live_capture_are_refused),
		cmocka_unit_test(help_needs_no_input),
		cmocka_unit_test(a_line_that_does_not_fit_is_cut),
		cmocka_unit_test(short_memory_is_told),
		cmocka_unit_test(the_web_has_addresses_a_configuration_and_labels),
		cmocka_unit_test(the_web_is_refused_where_it_makes_no_sense),
		cmocka_unit_test(reports_may_be_several),
		cmocka_unit_test(a_history_replaces_packets),
		cmocka_unit_test(what_limits_a_store_needs_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
