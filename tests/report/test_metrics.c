/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/metrics.h"

#include <string.h>

#include "base/limits.h"
#include "sample.h"

static const struct counter table[] = { { "packets", "packets read", COUNTER_TRAFFIC, 0 },
					{ "gaps", "holes", COUNTER_LOSS, 8 },
					{ "gap_bytes", "bytes", COUNTER_LOSS, 16 },
					{ "payload_bytes", "bytes", COUNTER_NOTE, 24 } };
static const uint64_t stats[] = { 5, 6, 7, 8 };

/* All lines for a run with one cause, one interface and two sinks. To be freed. */
static char *written(const struct measure *m, enum metrics_format format)
{
	static uint64_t rule_counts[RULE_CNT];
	struct counter_group groups[] = { { "net", table, 4, stats } };
	struct counter_group live = { "live", table, 3, stats };
	struct summary_input inputs[] = { { .name = "a.pcap" },
					  { .name = "et\"h\\0", .counters = &live } };
	struct summary_sink sinks[] = { { "json", 0 }, { "store", 1 } };
	struct cause cause = sample_cause();
	const struct cause *causes[] = { &cause };
	struct summary sum = { .inputs = inputs,
			       .inputs_cnt = 2,
			       .groups = groups,
			       .groups_cnt = 1,
			       .causes = causes,
			       .causes_cnt = 1,
			       .rule_counts = rule_counts,
			       .sinks = sinks,
			       .sinks_cnt = 2,
			       .connections_open = 3,
			       .last_ns = SAMPLE_TIME_NS };
	struct metrics metrics = { .measure = m, .sum = &sum, .memory_bytes = 4096 };
	struct sample_stream stream;
	struct out o;

	rule_counts[RULE_ACAO_PORT] = 9;
	rule_counts[RULE_VARY_ORIGIN_POISONED] = 2;
	assert_int_equal(out_init(&o, sample_open(&stream)->file), 0);
	metrics_write(&o, &metrics, format);
	assert_int_equal(out_flush(&o), 0);
	out_fini(&o);
	return sample_text(&stream);
}

/* text has this whole line. */
static bool has_line(const char *text, const char *line)
{
	size_t n = strlen(line);

	for (const char *at = text; (at = strstr(at, line)); at++) {
		if ((at == text || at[-1] == '\n') && at[n] == '\n')
			return true;
	}
	print_error("no line %s\n", line);
	return false;
}

static unsigned lines_with(const char *text, const char *begin)
{
	unsigned cnt = strncmp(text, begin, strlen(begin)) == 0;

	for (const char *at = text; (at = strchr(at, '\n')); at++)
		cnt += strncmp(at + 1, begin, strlen(begin)) == 0;
	return cnt;
}

static void add(struct measure *m, enum cors_kind kind, enum cors_verdict verdict, uint64_t took_ns)
{
	struct exchange x = sample_exchange();
	struct judgement j = sample_pass(&x);

	x.end_ns = x.request.m.time_ns + took_ns;
	j.kind = kind;
	j.verdict = verdict;
	if (verdict == CORS_VERDICT_UNKNOWN)
		j.unknown = "response-head-cut";
	if (verdict == CORS_VERDICT_BLOCK) {
		j.findings_cnt = 1;
		j.findings[0] = (struct finding){ .rule = &rules[RULE_ACAO_PORT],
						  .cause = 0x1f3a004200000000ull };
	}
	measure_add(m, &j);
}

/* A history tells of exchanges that it counted in a minute outside of the range asked for, or whose
 * counts it lost. */
static void a_history_that_counts_less_than_it_tells_has_no_unknown_versions(void **state)
{
	const struct tally told = { .exchanges = 1 };
	struct measure m = { 0 };
	char *text;

	(void)state;
	add(&m, CORS_KIND_ACTUAL, CORS_VERDICT_BLOCK, 1000);
	add(&m, CORS_KIND_ACTUAL, CORS_VERDICT_BLOCK, 1000);
	measure_told(&m, &(struct summary){ .tally = &told });
	text = written(&m, METRICS_PROMETHEUS);
	assert_true(has_line(text, "cors_sniff_exchanges_total{proto=\"http/1.1\"} 2"));
	assert_null(strstr(text, "proto=\"unknown\""));
	free(text);
}

static void counts_have_names_labels_and_types(void **state)
{
	struct measure m = { 0 };
	char *text;

	(void)state;
	add(&m, CORS_KIND_ACTUAL, CORS_VERDICT_BLOCK, 1000);
	add(&m, CORS_KIND_ACTUAL, CORS_VERDICT_UNKNOWN, 1000);
	add(&m, CORS_KIND_NONE, CORS_VERDICT_NONE, 1000);
	text = written(&m, METRICS_PROMETHEUS);
	assert_null(strstr(text, "proto=\"unknown\""));
	assert_true(has_line(text, "# TYPE cors_sniff_exchanges_total counter"));
	assert_true(has_line(text, "cors_sniff_exchanges_total{proto=\"http/1.1\"} 3"));
	assert_true(has_line(
		text, "cors_sniff_cors_requests_total{kind=\"actual\",verdict=\"block\"} 1"));
	assert_true(has_line(text,
			     "cors_sniff_findings_total{rule=\"acao-port\",severity=\"error\"} 9"));
	assert_true(has_line(text, "cors_sniff_causes{severity=\"error\"} 1"));
	assert_true(has_line(text,
			     "cors_sniff_cache_conflicts_total{rule=\"vary-origin-poisoned\"} 2"));
	assert_true(has_line(
		text, "cors_sniff_incomplete_exchanges_total{reason=\"response-head-cut\"} 1"));
	assert_true(has_line(text, "cors_sniff_streams 3"));
	assert_true(has_line(text, "cors_sniff_memory_bytes 4096"));
	assert_true(
		has_line(text, "cors_sniff_last_packet_timestamp_seconds 1795445174.000123456"));
	assert_true(has_line(text, "cors_sniff_sink_errors_total{sink=\"store\"} 1"));
	assert_true(has_line(text, "cors_sniff_net_packets_total 5"));
	assert_true(has_line(text, "cors_sniff_net_payload_bytes_total 8"));
	assert_null(strstr(text, "# UNIT"));
	assert_null(strstr(text, "# EOF"));
	free(text);
}

static void every_loss_is_told_by_its_place(void **state)
{
	struct measure m = { 0 };
	char *text = written(&m, METRICS_PROMETHEUS);

	(void)state;
	assert_true(has_line(text, "cors_sniff_losses_total{layer=\"net\",reason=\"gaps\"} 6"));
	assert_true(has_line(text,
			     "cors_sniff_lost_bytes_total{layer=\"net\",reason=\"gap_bytes\"} 7"));
	assert_true(has_line(
		text,
		"cors_sniff_capture_drops_total{interface=\"et\\\"h\\\\0\",where=\"gaps\"} 6"));
	free(text);
}

static void a_histogram_is_cumulative(void **state)
{
	struct measure m = { 0 };
	char *text;

	(void)state;
	add(&m, CORS_KIND_PREFLIGHT, CORS_VERDICT_PASS, 5000000);
	add(&m, CORS_KIND_PREFLIGHT, CORS_VERDICT_PASS, 5000001);
	add(&m, CORS_KIND_PREFLIGHT, CORS_VERDICT_PASS, 11 * NS_PER_S);
	add(&m, CORS_KIND_ACTUAL, CORS_VERDICT_PASS, 5000000);
	text = written(&m, METRICS_PROMETHEUS);
	assert_true(has_line(text, "cors_sniff_preflight_duration_seconds_bucket{le=\"0.005\"} 1"));
	assert_true(has_line(text, "cors_sniff_preflight_duration_seconds_bucket{le=\"0.01\"} 2"));
	assert_true(has_line(text, "cors_sniff_preflight_duration_seconds_bucket{le=\"10.0\"} 2"));
	assert_true(has_line(text, "cors_sniff_preflight_duration_seconds_bucket{le=\"+Inf\"} 3"));
	assert_true(has_line(text, "cors_sniff_preflight_duration_seconds_count 3"));
	assert_true(has_line(text, "cors_sniff_preflight_duration_seconds_sum 11.010000001"));
	free(text);
}

static void openmetrics_names_families_units_and_examples(void **state)
{
	struct measure m = { 0 };
	char *text;

	(void)state;
	add(&m, CORS_KIND_ACTUAL, CORS_VERDICT_BLOCK, 1842000);
	text = written(&m, METRICS_OPENMETRICS);
	assert_true(has_line(text, "# TYPE cors_sniff_build info"));
	assert_true(has_line(text, "cors_sniff_build_info{version=\"" VERSION "\"} 1"));
	assert_true(has_line(text, "# TYPE cors_sniff_findings counter"));
	assert_true(has_line(text, "# UNIT cors_sniff_preflight_duration_seconds seconds"));
	assert_true(has_line(text, "# UNIT cors_sniff_lost_bytes bytes"));
	assert_true(has_line(text,
			     "cors_sniff_findings_total{rule=\"acao-port\",severity=\"error\"} 9"
			     " # {cause=\"c-1f3a0042\"} 1 1795445174.001965456"));
	assert_string_equal(text + strlen(text) - 6, "# EOF\n");
	free(text);
}

static void count_origin(struct measure *m, const char *origin)
{
	struct http_field field = { .id = HTTP_NAME_ORIGIN, .value = span_text(origin) };
	struct exchange x = sample_exchange();
	struct judgement j = sample_pass(&x);

	x.request.m.fields = &field;
	measure_add(m, &j);
}

static void nothing_off_the_wire_is_a_label_unless_asked_for(void **state)
{
	struct measure m = { 0 };
	char *text;

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		count_origin(&m, "https://evil.example");
	text = written(&m, METRICS_PROMETHEUS);
	assert_null(strstr(text, "evil"));
	assert_null(strstr(text, "label_overflow"));
	free(text);
}

static void made_up_origins_do_not_add_series(void **state)
{
	struct measure m = { 0 };
	unsigned series = 0;
	char *text;

	(void)state;
	assert_int_equal(measure_labels(&m, (unsigned[MEASURE_LABELS]){ [MEASURE_ORIGIN] = 20 }),
			 0);
	for (unsigned i = 0; i < 50000; i++) {
		char origin[64];

		snprintf(origin, sizeof(origin), "https://x%u.evil.example", i);
		count_origin(&m, origin);
		if (i % 100 == 0)
			count_origin(&m, "https://app.example\"\n");
	}
	text = written(&m, METRICS_PROMETHEUS);
	series = lines_with(text, "cors_sniff_cors_requests_by_origin_total{");
	assert_true(has_line(text, "cors_sniff_cors_requests_by_origin_total"
				   "{origin=\"https://app.example\\\"?\",verdict=\"pass\"} 484"));
	assert_true(has_line(text, "cors_sniff_cors_requests_by_origin_total"
				   "{origin=\"other\",verdict=\"pass\"} 50016"));
	assert_true(has_line(text, "cors_sniff_label_overflow_total{label=\"origin\"} 0"));
	assert_int_equal(series, 2 * 3);
	free(text);
	measure_fini(&m);
}

static void series_end_at_their_number(void **state)
{
	struct measure m = { 0 };
	char *text;

	(void)state;
	assert_int_equal(measure_labels(&m, (unsigned[MEASURE_LABELS]){ [MEASURE_ORIGIN] = 3 }), 0);
	for (unsigned i = 0; i < 5 * 100; i++) {
		char origin[64];

		snprintf(origin, sizeof(origin), "https://x%u.example", i / 100);
		count_origin(&m, origin);
	}
	text = written(&m, METRICS_PROMETHEUS);
	assert_int_equal(lines_with(text, "cors_sniff_cors_requests_by_origin_total{"), 4 * 3);
	assert_true(has_line(text, "cors_sniff_label_overflow_total{label=\"origin\"} 200"));
	assert_true(has_line(text, "cors_sniff_cors_requests_by_origin_total"
				   "{origin=\"other\",verdict=\"pass\"} 248"));
	free(text);
	measure_fini(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_have_names_labels_and_types),
		cmocka_unit_test(a_history_that_counts_less_than_it_tells_has_no_unknown_versions),
		cmocka_unit_test(every_loss_is_told_by_its_place),
		cmocka_unit_test(a_histogram_is_cumulative),
		cmocka_unit_test(openmetrics_names_families_units_and_examples),
		cmocka_unit_test(nothing_off_the_wire_is_a_label_unless_asked_for),
		cmocka_unit_test(made_up_origins_do_not_add_series),
		cmocka_unit_test(series_end_at_their_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
