/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "http/http.h"
#include "net/net.h"
#include "report/tally.h"
#include "sample.h"
#include "support/failmalloc.h"

/* A run of the sink: what is judged, what the end says, and the text that comes of it. */
struct run {
	struct text_config config;
	struct judgement judged[4];
	unsigned judged_cnt;
	struct summary sum;
};

/* The text; to be freed. */
static char *run_text(const struct run *r)
{
	uint64_t *rule_counts = calloc(rules_cnt, sizeof(*rule_counts));
	struct text_config config = r->config;
	struct summary sum = r->sum;
	struct sample_stream stream;
	struct sink *s;

	assert_non_null(rule_counts);
	if (!sum.rule_counts)
		sum.rule_counts = rule_counts;
	config.file = sample_open(&stream)->file;
	s = text_new(&config);
	assert_non_null(s);
	for (unsigned i = 0; i < r->judged_cnt; i++)
		assert_int_equal(s->ops->judged(s, &r->judged[i]), 0);
	for (size_t i = 0; i < sum.causes_cnt; i++)
		assert_int_equal(s->ops->cause_opened(s, sum.causes[i]), 0);
	assert_int_equal(s->ops->finish(s, &sum), 0);
	sink_close(s);
	free(rule_counts);
	return sample_text(&stream);
}

static void expect_text(const struct run *r, const char *expected)
{
	char *text = run_text(r);

	assert_string_equal(text, expected);
	free(text);
}

static void expect_in_text(const struct run *r, const char *part)
{
	char *text = run_text(r);

	if (!strstr(text, part))
		fail_msg("\"%s\" is not in:\n%s", part, text);
	free(text);
}

static const char cause_text[] = "error sample-rule: The allowed origin has another port\n"
				 "  seen       1,234 times on api.example.com, 2026-11-23 14:46:14 "
				 "to 14:47:14 UTC, certain, "
				 "c-1f3a0042\n"
				 "  what       the port differs\n"
				 "  browser    blocked by CORS policy\n"
				 "  example    GET http://api.example.com/s.json, packet #12\n"
				 "  origins    https://app.example.com (1,200), others (34)\n"
				 "  endpoints  GET /s.json (1,234)\n"
				 "  server     nginx\n"
				 "  change     map $http_origin {\n"
				 "                     default \"\";\n"
				 "             }\n"
				 "  check      curl -i http://api.example.com/s.json\n"
				 "\n";

static void a_cause_is_told_in_full(void **state)
{
	struct cause c = sample_cause();
	const struct cause *causes[] = { &c };
	struct run r = { .config = { .is_quiet = true },
			 .sum = { .causes = causes, .causes_cnt = 1 } };

	(void)state;
	expect_text(&r, cause_text);
}

static void live_a_cause_is_told_when_it_is_met_and_counted_at_the_end(void **state)
{
	struct cause c = sample_cause();
	const struct cause *causes[] = { &c };
	struct run r = { .config = { .is_quiet = true, .is_live = true },
			 .sum = { .causes = causes, .causes_cnt = 1 } };
	char expected[2 * sizeof(cause_text)];

	(void)state;
	snprintf(
		expected, sizeof(expected), "%s%s%s", cause_text,
		"error sample-rule: The allowed origin has another port\n"
		"  seen       1,234 times on api.example.com, 2026-11-23 14:46:14 to 14:47:14 UTC, "
		"certain, c-1f3a0042\n",
		"  origins    https://app.example.com (1,200), others (34)\n"
		"  endpoints  GET /s.json (1,234)\n\n");
	expect_text(&r, expected);
	r.config.is_summary_only = true;
	expect_text(&r, "");
}

static void an_interface_shows_what_the_kernel_filters(void **state)
{
	struct summary_input input = {
		.name = "eth0", .packets = 3, .rung = "classic BPF", .rung_why = "--no-ebpf"
	};
	struct run r = { .config = { .is_live = true },
			 .sum = { .inputs = &input, .inputs_cnt = 1 } };

	(void)state;
	expect_in_text(&r, "  read       eth0: 3 packets, filter: classic BPF: --no-ebpf\n");
	input.rung_why = "";
	expect_in_text(&r, "  read       eth0: 3 packets, filter: classic BPF\n");
	expect_in_text(&r, "--port any");
}

static void what_a_cause_lacks_takes_no_line(void **state)
{
	struct cause c = sample_cause();
	const struct cause *causes[] = { &c };
	struct run r = { .config = { .is_quiet = true },
			 .sum = { .causes = causes, .causes_cnt = 1 } };

	(void)state;
	c.cnt = 1;
	c.first_ns = c.last_ns = 0;
	c.host = c.platform = c.example = "";
	c.console = c.fix = c.curl = NULL;
	c.origins.rows_cnt = c.endpoints.rows_cnt = 0;
	expect_text(&r, "error sample-rule: The allowed origin has another port\n"
			"  seen       once, certain, c-1f3a0042\n"
			"  what       the port differs\n"
			"\n");
}

static void no_header_can_speak_to_the_terminal(void **state)
{
	static const char hostile[] = "\33[2J\33]0;owned\7\r\x9b\xc2\x9b\xe2\x80\xae\x7f";
	struct cause c = sample_cause();
	const struct cause *causes[] = { &c };
	const struct summary_input input = { .name = hostile, .trouble = hostile };
	const char *notes[] = { hostile };
	struct run r = { .sum = { .causes = causes,
				  .causes_cnt = 1,
				  .inputs = &input,
				  .inputs_cnt = 1,
				  .notes = notes,
				  .notes_cnt = 1 } };
	char *text;

	(void)state;
	c.host = c.platform = c.example = c.detail = c.console = c.fix = c.curl = hostile;
	c.origins.rows[0].text = c.endpoints.rows[0].text = (char *)(uintptr_t)hostile;
	text = run_text(&r);
	for (const char *p = text; *p; p++)
		assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
	assert_non_null(strstr(text,
			       "on \\x1b[2J\\x1b]0;owned\\x07\\x0d\\x9b\\xc2\\x9b\\xe2\\x80\\xae"
			       "\\x7f, "));
	free(text);
}

static void many_samples_are_broken_before_the_edge(void **state)
{
	struct cause c = sample_cause();
	const struct cause *causes[] = { &c };
	struct run r = { .config = { .is_quiet = true },
			 .sum = { .causes = causes, .causes_cnt = 1 } };

	(void)state;
	c.origins.rows_cnt = 4;
	for (unsigned i = 0; i < 4; i++) {
		c.origins.rows[i].text =
			(char *)(uintptr_t) "https://a-rather-long-name.of-an-origin.example.com";
		c.origins.rows[i].cnt = i;
	}
	c.origins.rows[3].text = (char *)(uintptr_t) "http://bb.example.test";
	expect_in_text(&r, "  origins    https://a-rather-long-name.of-an-origin.example.com (0),\n"
			   "             https://a-rather-long-name.of-an-origin.example.com (1),\n"
			   "             https://a-rather-long-name.of-an-origin.example.com (2), "
			   "http://bb.example.test (3),\n"
			   "             others (34)\n");
}

static void colour_is_put_only_when_asked(void **state)
{
	struct cause c = sample_cause();
	const struct cause *causes[] = { &c };
	struct run r = { .sum = { .causes = causes, .causes_cnt = 1 } };
	char *text;

	(void)state;
	text = run_text(&r);
	assert_null(strchr(text, '\33'));
	free(text);
	r.config.is_colored = true;
	expect_in_text(&r, "\33[1;31merror\33[0m \33[1msample-rule\33[0m: ");
}

static void a_range_over_days_has_both_days(void **state)
{
	struct cause c = sample_cause();
	const struct cause *causes[] = { &c };
	struct run r = { .sum = { .causes = causes, .causes_cnt = 1 } };

	(void)state;
	c.last_ns = c.first_ns + 86400000000000ull;
	expect_in_text(&r, ", 2026-11-23 14:46:14 to 2026-11-24 14:46:14 UTC, ");
	c.last_ns = c.first_ns + 1;
	expect_in_text(&r, ", 2026-11-23 14:46:14 UTC, ");
}

static void the_summary_counts_requests_findings_and_losses(void **state)
{
	static const struct counter table[] = {
		{ "packets", "packets read", COUNTER_TRAFFIC, 0 },
		{ "bytes", "bytes", COUNTER_TRAFFIC, 8 },
		{ "connections", "connections", COUNTER_TRAFFIC, 16 },
		{ "gaps", "holes in streams", COUNTER_LOSS, 24 },
		{ "none", "things that did not happen", COUNTER_LOSS, 32 },
		{ "again", "segments that came twice", COUNTER_NOTE, 40 },
	};
	const uint64_t stats[] = { 1500000, 1550000000, 12, 1234, 0, 77 };
	const struct counter_group group = { "net", table, 6, stats };
	const struct summary_input inputs[] = {
		{ .name = "a.pcap", .packets = 1499999 },
		{ .name = "b.pcap", .packets = 1, .trouble = "cut at byte 24" }
	};
	const char *notes[] = { "link type 999 is not known", "another" };
	struct exchange x = sample_exchange();
	struct run r = { .judged_cnt = 4,
			 .judged = { sample_pass(&x), sample_pass(&x), sample_pass(&x),
				     sample_pass(&x) },
			 .sum = { .groups = &group,
				  .groups_cnt = 1,
				  .inputs = inputs,
				  .inputs_cnt = 2,
				  .first_ns = SAMPLE_TIME_NS,
				  .last_ns = SAMPLE_TIME_NS,
				  .notes = notes,
				  .notes_cnt = 2 } };

	(void)state;
	r.judged[1].kind = CORS_KIND_PREFLIGHT;
	r.judged[1].verdict = CORS_VERDICT_UNKNOWN;
	r.judged[1].unknown = "response-head-cut";
	r.judged[2].kind = CORS_KIND_NONE;
	r.judged[2].verdict = CORS_VERDICT_NONE;
	r.judged[3].kind = CORS_KIND_UNKNOWN;
	r.judged[3].is_browser = false;
	expect_text(
		&r,
		"Nothing wrong: 2 CORS requests pass, none is blocked, 1 cannot be decided. "
		"Not everything could be read, though: see below.\n"
		"\n"
		"Summary\n"
		"  read       a.pcap: 1,499,999 packets\n"
		"             b.pcap: 1 packet, then cut at byte 24\n"
		"  traffic    1,500,000 packets (1.5 GB), 12 connections, 4 exchanges, "
		"2026-11-23 14:46:14 UTC\n"
		"  preflights 1: 0 pass, 0 blocked, 1 undecided\n"
		"  actual     1: 1 pass, 0 blocked, 0 undecided\n"
		"  perhaps    1: 1 pass, 0 blocked, 0 undecided\n"
		"  no CORS    1\n"
		"  undecided  1: response-head-cut\n"
		"  no browser 1 shows no sign of a browser; there, blocked means that one would\n"
		"  findings   none\n"
		"  lost or unreadable, so that something may have been missed:\n"
		"      1,234  holes in streams\n"
		"  seen and handled, nothing lost by it:\n"
		"         77  segments that came twice\n"
		"  notes      link type 999 is not known\n"
		"             another\n");
}

static void findings_are_counted_by_rule(void **state)
{
	uint64_t *counts = calloc(rules_cnt, sizeof(*counts));
	struct cause c = sample_cause();
	const struct cause *causes[] = { &c };
	struct run r = { .config = { .is_summary_only = true },
			 .sum = { .rule_counts = counts, .causes = causes, .causes_cnt = 1 } };
	char line[256];
	char *text;

	(void)state;
	assert_non_null(counts);
	counts[rules_cnt - 1] = 1001;
	snprintf(line, sizeof(line), " cause\n      1,001  %s\n", rules[rules_cnt - 1].id);
	expect_in_text(&r, line);
	text = run_text(&r);
	assert_null(strstr(text, rules[0].id));
	assert_null(strstr(text, "sample-rule"));
	free(text);
	free(counts);
}

static void policies_are_listed_by_host(void **state)
{
	uint64_t *counts = calloc(rules_cnt, sizeof(*counts));
	struct endpoint server = { .port = 80 };
	struct summary_policy policies[13];
	struct run r = {
		.config = { .is_summary_only = true },
		.sum = { .rule_counts = counts, .policies = policies, .policies_cnt = 13 }
	};
	char *text;

	(void)state;
	assert_non_null(counts);
	/* One server's own policy is in its host's; of twelve hosts ten have room. */
	for (unsigned i = 0; i < 13; i++)
		policies[i] = sample_policy(i ? NULL : &server);
	text = run_text(&r);
	assert_non_null(strstr(text, "  policies   api.example.com: list with credentials, allows "
				     "https://app.example.com, https://\\x1b[31m and others, "
				     "sends https://old.example; 3 of 1,200 refused\n"));
	assert_non_null(strstr(text, "             2 more hosts (--json has them all)\n"));
	free(text);
	free(counts);
}

/* A loss that is counted and not told would be the worst of faults: every counter, one by one. */
static void every_loss_of_the_core_is_told(void **state)
{
	struct http_stats http = { 0 };
	struct decode_stats decode = { 0 };
	struct net_stats net = { 0 };
	struct counter_group groups[] = {
		{ "capture", decode_counters, decode_counters_cnt, &decode },
		{ "net", net_counters, net_counters_cnt, &net },
		{ "http", http_counters, http_counters_cnt, &http },
	};
	struct run r = { .sum = { .groups = groups, .groups_cnt = 3 } };
	unsigned told = 0;

	(void)state;
	for (unsigned g = 0; g < 3; g++) {
		for (size_t i = 0; i < groups[g].cnt; i++) {
			const struct counter *c = &groups[g].table[i];
			uint64_t *value =
				(uint64_t *)(void *)((char *)(uintptr_t)groups[g].stats + c->off);
			char line[160];

			if (c->class == COUNTER_TRAFFIC)
				continue;
			*value = 4711;
			snprintf(line, sizeof(line), "\n      4,711  %s\n", c->help);
			expect_in_text(&r, line);
			*value = 0;
			told++;
		}
	}
	assert_true(told > 20);
}

/* A run of which only these counters of the core are not 0. */
static void expect_word(const struct decode_stats *decode, const struct net_stats *net,
			const struct http_stats *http, const char *word)
{
	const struct counter_group groups[] = {
		{ "capture", decode_counters, decode_counters_cnt, decode },
		{ "net", net_counters, net_counters_cnt, net },
		{ "http", http_counters, http_counters_cnt, http },
	};
	struct summary_input input = { .name = "a.pcap" };
	struct run r = {
		.sum = { .inputs = &input, .inputs_cnt = 1, .groups = groups, .groups_cnt = 3 }
	};

	expect_in_text(&r, word);
}

static void nothing_seen_says_what_to_do(void **state)
{
	struct decode_stats none = { 0 }, udp = { .packets = 1 };
	struct decode_stats tcp = { .packets = 1, .tcp_segments = 1 };
	struct net_stats idle = { 0 }, ports = { .ports_ignored = 1 }, some = { .connections = 1 };
	struct http_stats other = { 0 }, tls = { .tls_connections = 1 };
	struct http_stats http2 = { .http2_connections = 1 };

	struct run unopened = { .sum = { .inputs_cnt = 0 } };

	(void)state;
	expect_in_text(&unopened, "Nothing was read: no input could be opened.");
	expect_word(&none, &idle, &other, "No packets: ");
	expect_word(&udp, &idle, &other, "No TCP in this capture");
	expect_word(&tcp, &ports, &other, "--port any");
	expect_word(&tcp, &some, &tls, "behind the proxy or load balancer");
	expect_word(&tcp, &some, &http2, "HTTP/2");
	expect_word(&tcp, &some, &other, "No HTTP in these TCP connections");
}

static void damage_before_the_first_packet_is_no_empty_capture(void **state)
{
	const struct summary_input input = { .name = "a.pcap", .trouble = "cut at byte 24" };
	struct run r = { .sum = { .inputs = &input, .inputs_cnt = 1 } };

	(void)state;
	expect_in_text(&r, "No packets: the input is damaged before the first whole one.\n");
}

static void exchanges_without_cors_are_nothing_to_judge(void **state)
{
	struct exchange x = sample_exchange();
	struct run r = { .judged_cnt = 1, .judged = { sample_pass(&x) } };

	(void)state;
	r.judged[0].kind = CORS_KIND_NONE;
	r.judged[0].verdict = CORS_VERDICT_NONE;
	expect_in_text(&r, "Nothing to judge: no CORS request among 1 exchange.\n");
}

static void undecided_requests_alone_are_not_called_right(void **state)
{
	struct exchange x = sample_exchange();
	struct run r = { .judged_cnt = 1, .judged = { sample_pass(&x) } };

	(void)state;
	r.judged[0].verdict = CORS_VERDICT_UNKNOWN;
	expect_in_text(&r, "Not decided: 1 CORS request; the reason stands below.\n");
}

static void a_block_whose_cause_was_not_kept_is_not_nothing(void **state)
{
	struct exchange x = sample_exchange();
	struct run r = { .judged_cnt = 1, .judged = { sample_block(&x) } };

	(void)state;
	expect_in_text(&r, "Blocked: 1 CORS request; the causes were not kept");
}

static void a_full_disk_is_told(void **state)
{
	uint64_t *rule_counts = calloc(rules_cnt, sizeof(*rule_counts));
	struct text_config config = { .file = fopen("/dev/full", "w") };
	struct summary sum = { .rule_counts = rule_counts };
	struct sink *s;

	(void)state;
	assert_non_null(config.file);
	s = text_new(&config);
	assert_non_null(s);
	assert_int_equal(s->ops->finish(s, &sum), -ENOSPC);
	sink_close(s);
	fclose(config.file);
	free(rule_counts);
}

static void short_memory_gives_no_sink(void **state)
{
	struct text_config config = { .file = stdout };

	(void)state;
	for (unsigned n = 1;; n++) {
		struct sink *s;

		failmalloc_arm(n);
		s = text_new(&config);
		if (!failmalloc_disarm()) {
			sink_close(s);
			break;
		}
		assert_null(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cause_is_told_in_full),
		cmocka_unit_test(live_a_cause_is_told_when_it_is_met_and_counted_at_the_end),
		cmocka_unit_test(an_interface_shows_what_the_kernel_filters),
		cmocka_unit_test(what_a_cause_lacks_takes_no_line),
		cmocka_unit_test(no_header_can_speak_to_the_terminal),
		cmocka_unit_test(many_samples_are_broken_before_the_edge),
		cmocka_unit_test(colour_is_put_only_when_asked),
		cmocka_unit_test(a_range_over_days_has_both_days),
		cmocka_unit_test(the_summary_counts_requests_findings_and_losses),
		cmocka_unit_test(findings_are_counted_by_rule),
		cmocka_unit_test(policies_are_listed_by_host),
		cmocka_unit_test(every_loss_of_the_core_is_told),
		cmocka_unit_test(nothing_seen_says_what_to_do),
		cmocka_unit_test(damage_before_the_first_packet_is_no_empty_capture),
		cmocka_unit_test(exchanges_without_cors_are_nothing_to_judge),
		cmocka_unit_test(undecided_requests_alone_are_not_called_right),
		cmocka_unit_test(a_block_whose_cause_was_not_kept_is_not_nothing),
		cmocka_unit_test(a_full_disk_is_told),
		cmocka_unit_test(short_memory_gives_no_sink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
