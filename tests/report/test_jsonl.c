/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/jsonl.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "sample.h"
#include "support/failmalloc.h"

/* A sink into memory. */
struct run {
	struct sample_stream stream;
	struct sink *sink;
};

static void run_open(struct run *r, struct jsonl_config config)
{
	config.file = sample_open(&r->stream)->file;
	r->sink = jsonl_new(&config);
	assert_non_null(r->sink);
}

static void run_judge(struct run *r, const struct judgement *j)
{
	assert_int_equal(r->sink->ops->judged(r->sink, j), 0);
}

/* The sink's text; to be freed. */
static char *run_close(struct run *r)
{
	sink_close(r->sink);
	return sample_text(&r->stream);
}

/* The end of a run in which nothing happened but what cause is about; NULL for nothing. */
static void run_finish(struct run *r, const struct cause *cause)
{
	struct summary_input input = { .name = "a\xff.pcap", .packets = 20, .trouble = "cut" };
	static const struct counter table[] = { { "one", "help", COUNTER_TRAFFIC, 0 },
						{ "two", "help", COUNTER_LOSS, 8 } };
	const uint64_t stats[] = { 5, 0 };
	struct counter_group groups[] = { { "net", table, 2, stats }, { "http", table, 0, stats } };
	const char *notes[] = { "a note" };
	uint64_t *rule_counts = calloc(rules_cnt, sizeof(*rule_counts));
	struct summary sum = { .inputs = &input,
			       .inputs_cnt = 1,
			       .groups = groups,
			       .groups_cnt = 2,
			       .causes = &cause,
			       .causes_cnt = cause ? 1 : 0,
			       .rule_counts = rule_counts,
			       .first_ns = SAMPLE_TIME_NS,
			       .notes = notes,
			       .notes_cnt = 1 };

	assert_non_null(rule_counts);
	rule_counts[0] = 3;
	assert_int_equal(r->sink->ops->finish(r->sink, &sum), 0);
	free(rule_counts);
}

static void a_policy_is_one_line(void **state)
{
	struct endpoint server = { .addr = address_from_v4((const uint8_t[]){ 10, 9, 0, 2 }),
				   .port = 8080 };
	struct summary_policy policy = sample_policy(&server);
	uint64_t *rule_counts = calloc(rules_cnt, sizeof(*rule_counts));
	struct summary sum = { .rule_counts = rule_counts, .policies = &policy, .policies_cnt = 1 };
	struct run r;
	char *text;

	(void)state;
	assert_non_null(rule_counts);
	run_open(&r, (struct jsonl_config){ 0 });
	assert_int_equal(r.sink->ops->finish(r.sink, &sum), 0);
	text = run_close(&r);
	*strchr(text, '\n') = 0;
	assert_string_equal(text,
			    "{\"type\":\"policy\",\"v\":1,\"host\":\"api.example.com\","
			    "\"server\":\"10.9.0.2:8080\",\"kind\":\"list\",\"credentials\":true,"
			    "\"null\":false,\"constant\":\"https://old.example\",\"allowed\":["
			    "\"https://app.example.com\",\"https://\\u001b[31m\"],"
			    "\"allowed_others\":1,\"responses\":1200,\"refused\":3}");
	free(text);
	free(rule_counts);
}

static void expect_exchange(const struct judgement *j, const char *expected)
{
	struct run r;
	char *text;

	run_open(&r, (struct jsonl_config){ 0 });
	run_judge(&r, j);
	text = run_close(&r);
	assert_string_equal(text, expected);
	free(text);
}

static void an_exchange_is_one_line_as_the_contract_says(void **state)
{
	struct exchange x = sample_exchange();
	struct judgement j = sample_block(&x);

	(void)state;
	expect_exchange(
		&j, "{\"type\":\"exchange\",\"v\":1,\"time\":\"2026-11-23T14:46:14.000123456Z\","
		    "\"duration_ms\":1.842,\"client\":\"10.9.0.1:51234\","
		    "\"server\":\"10.9.0.2:8080\",\"transport\":\"tcp\",\"source\":\"eth0\","
		    "\"protocol\":\"http/1.1\",\"connection\":\"#7\",\"stream\":0,\"index\":3,"
		    "\"request\":{\"method\":\"GET\",\"target\":\"/s.json?id=1\","
		    "\"host\":\"api.example.com\",\"scheme\":\"http\",\"packet\":\"#12\","
		    "\"headers\":[[\"Origin\",\"https://app.example.com\"]]},"
		    "\"response\":{\"status\":200,\"packet\":\"#19\",\"headers\":["
		    "[\"Access-Control-Allow-Origin\",\"https://app.example.com:8443\"],"
		    "[\"Vary\",\"Origin\"]]},\"outcome\":\"response\","
		    "\"cors\":{\"kind\":\"actual\",\"verdict\":\"block\","
		    "\"error\":\"AllowOriginMismatch\",\"code\":\"sample-rule\","
		    "\"confidence\":\"certain\",\"credentials\":\"include\",\"unknown\":null,"
		    "\"browser\":true},"
		    "\"findings\":[{\"rule\":\"sample-rule\",\"severity\":\"error\","
		    "\"confidence\":\"certain\",\"cause\":\"c-1f3a0042\","
		    "\"components\":[\"scheme\",\"port\"],\"subject\":\"X-Thing\","
		    "\"evidence\":[\"#12\",\"#19\"]}]}\n");
}

static void what_is_not_known_is_null(void **state)
{
	struct exchange x = sample_exchange();
	struct judgement j = sample_pass(&x);

	(void)state;
	x.has_response = false;
	x.outcome = HTTP_RESET;
	x.is_client_known = false;
	x.request.host = span_make(NULL, 0);
	x.request.m.fields_cnt = 0;
	x.request.m.time_ns = 0;
	j.kind = CORS_KIND_UNKNOWN;
	j.verdict = CORS_VERDICT_UNKNOWN;
	j.unknown = "response-head-cut";
	j.is_browser = false;
	j.credentials = CORS_CREDENTIALS_UNKNOWN;
	expect_exchange(&j, "{\"type\":\"exchange\",\"v\":1,\"time\":null,\"duration_ms\":null,"
			    "\"client\":null,\"server\":null,\"transport\":\"tcp\","
			    "\"source\":\"eth0\",\"protocol\":\"http/1.1\",\"connection\":\"#7\","
			    "\"stream\":0,\"index\":3,"
			    "\"request\":{\"method\":\"GET\",\"target\":\"/s.json?id=1\","
			    "\"host\":null,\"scheme\":\"http\",\"packet\":\"#12\","
			    "\"headers\":[]},"
			    "\"response\":null,\"outcome\":\"reset\","
			    "\"cors\":{\"kind\":\"unknown\",\"verdict\":\"unknown\",\"error\":null,"
			    "\"code\":null,\"confidence\":\"certain\",\"credentials\":\"unknown\","
			    "\"unknown\":\"response-head-cut\",\"browser\":false},"
			    "\"findings\":[]}\n");
}

/* The exchange as another parser reads it; to be given back. */
static json_t *exchange_read(const struct exchange *x)
{
	struct judgement j = sample_pass(x);
	struct run r;
	char *text;
	json_t *root;

	run_open(&r, (struct jsonl_config){ 0 });
	run_judge(&r, &j);
	text = run_close(&r);
	root = json_loads(text, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	free(text);
	return root;
}

static void a_response_without_request_keeps_its_time(void **state)
{
	struct exchange x = sample_exchange();
	json_t *root;

	(void)state;
	x.has_request = false;
	x.outcome = HTTP_LOST;
	x.response.m.time_ns = SAMPLE_TIME_NS;
	x.response.m.version = HTTP_1_0;
	root = exchange_read(&x);
	assert_true(json_is_null(json_object_get(root, "request")));
	assert_true(json_is_null(json_object_get(root, "duration_ms")));
	assert_string_equal(json_string_value(json_object_get(root, "outcome")), "lost");
	assert_string_equal(json_string_value(json_object_get(root, "protocol")), "http/1.0");
	assert_string_equal(json_string_value(json_object_get(root, "time")),
			    "2026-11-23T14:46:14.000123456Z");
	json_decref(root);
}

static void a_clock_that_went_back_gives_no_duration(void **state)
{
	struct exchange x = sample_exchange();
	json_t *root;

	(void)state;
	x.end_ns = x.request.m.time_ns - 1;
	root = exchange_read(&x);
	assert_true(json_is_null(json_object_get(root, "duration_ms")));
	json_decref(root);
}

static void expect_scheme(const char *target, bool is_tls, const char *scheme)
{
	struct exchange x = sample_exchange();
	json_t *root;

	x.request.target = span_text(target);
	x.request.is_tls = is_tls;
	root = exchange_read(&x);
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(root, "request"), "scheme")),
		scheme);
	json_decref(root);
}

static void the_scheme_is_what_this_hop_saw(void **state)
{
	(void)state;
	expect_scheme("/", false, "http");
	expect_scheme("/", true, "https");
	expect_scheme("HTTPS://api.example.com/", false, "https");
	expect_scheme("http://api.example.com/", false, "http");
	expect_scheme("https:/", false, "http");
}

static void flaws_are_named(void **state)
{
	struct http_field cut = sample_response_fields[0];
	struct exchange x = sample_exchange();
	json_t *root, *flaws;

	(void)state;
	cut.is_cut = true;
	x.request.is_target_cut = true;
	x.response.m.fields = &cut;
	x.response.m.fields_cnt = 1;
	x.response.m.flaws = HTTP_FLAW_HEAD_CUT | HTTP_FLAW_FOLDED;
	x.is_pairing_unsure = true;
	root = exchange_read(&x);
	flaws = json_object_get(json_object_get(root, "request"), "flaws");
	assert_int_equal(json_array_size(flaws), 1);
	assert_string_equal(json_string_value(json_array_get(flaws, 0)), "target-cut");
	flaws = json_object_get(json_object_get(root, "response"), "flaws");
	assert_int_equal(json_array_size(flaws), 3);
	assert_string_equal(json_string_value(json_array_get(flaws, 0)), "folded");
	assert_string_equal(json_string_value(json_array_get(flaws, 1)), "head-cut");
	assert_string_equal(json_string_value(json_array_get(flaws, 2)), "value-cut");
	assert_true(json_is_true(json_object_get(root, "pairing_unsure")));
	json_decref(root);
}

static void hostile_values_stay_inside_their_strings(void **state)
{
	static const char hostile[] = "\"],\"x\":[\"\\\"\r\n\0\33]0;owned\7\xff";
	const struct http_field field = { .name = span_make(hostile, sizeof(hostile) - 1),
					  .value = span_make(hostile, sizeof(hostile) - 1) };
	struct exchange x = sample_exchange();
	json_t *root, *line;

	(void)state;
	x.request.method = field.value;
	x.request.target = field.value;
	x.request.host = field.value;
	x.request.m.fields = &field;
	root = exchange_read(&x);
	line = json_array_get(json_object_get(json_object_get(root, "request"), "headers"), 0);
	assert_int_equal(json_array_size(line), 2);
	/* 0xff became U+00FF, which has two bytes. */
	assert_int_equal(json_string_length(json_array_get(line, 0)), sizeof(hostile));
	assert_memory_equal(json_string_value(json_array_get(line, 1)), hostile,
			    sizeof(hostile) - 2);
	json_decref(root);
}

static void findings_only_leaves_the_others_out(void **state)
{
	struct exchange x = sample_exchange();
	struct judgement pass = sample_pass(&x), block = sample_block(&x);
	struct run r;
	char *text;

	(void)state;
	run_open(&r, (struct jsonl_config){ .is_findings_only = true });
	run_judge(&r, &pass);
	run_judge(&r, &block);
	run_judge(&r, &pass);
	text = run_close(&r);
	assert_non_null(strstr(text, "\"verdict\":\"block\""));
	assert_null(strstr(text, "\"verdict\":\"pass\""));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	free(text);
}

static void a_cause_is_told_when_it_opens(void **state)
{
	struct cause c = sample_cause();
	struct run r;
	char *text;

	(void)state;
	run_open(&r, (struct jsonl_config){ 0 });
	assert_int_equal(r.sink->ops->cause_opened(r.sink, &c), 0);
	text = run_close(&r);
	assert_string_equal(
		text, "{\"type\":\"cause\",\"v\":1,\"state\":\"opened\",\"cause\":\"c-1f3a0042\","
		      "\"rule\":\"sample-rule\",\"explained_by\":null,"
		      "\"severity\":\"error\",\"confidence\":\"certain\","
		      "\"count\":1234,\"first\":\"2026-11-23T14:46:14.000123456Z\","
		      "\"last\":\"2026-11-23T14:47:14.000123456Z\",\"evidence\":\"#12\","
		      "\"host\":\"api.example.com\",\"detail\":\"the port differs\","
		      "\"console\":\"blocked by CORS policy\",\"platform\":\"nginx\","
		      "\"fix\":\"map $http_origin {\\u000a\\u0009default \\\"\\\";\\u000a}\","
		      "\"curl\":\"curl -i http://api.example.com/s.json\","
		      "\"example\":\"GET http://api.example.com/s.json\","
		      "\"origins\":{\"values\":[{\"text\":\"https://app.example.com\","
		      "\"count\":1200}],\"others\":34},"
		      "\"endpoints\":{\"values\":[{\"text\":\"GET /s.json\",\"count\":1234}],"
		      "\"others\":0}}\n");
	free(text);
}

static void a_cause_names_the_rule_that_explains_it(void **state)
{
	struct cause c = sample_cause();
	const struct rule why = { .id = "the-other-rule" };
	struct run r;
	char *text;

	(void)state;
	c.explained_by = &why;
	run_open(&r, (struct jsonl_config){ 0 });
	assert_int_equal(r.sink->ops->cause_opened(r.sink, &c), 0);
	text = run_close(&r);
	assert_non_null(strstr(text, "\"explained_by\":\"the-other-rule\","));
	free(text);
}

/* The summary with what it is built of, for one passed exchange. */
static void the_end_tells_causes_and_every_counter(void **state)
{
	struct exchange x = sample_exchange();
	struct judgement j = sample_pass(&x);
	struct cause c = sample_cause();
	struct run r;
	char *text, *last;
	char expected[2048];

	(void)state;
	run_open(&r, (struct jsonl_config){ .is_findings_only = true });
	run_judge(&r, &j);
	run_finish(&r, &c);
	text = run_close(&r);
	assert_non_null(strstr(text, "\"state\":\"final\""));
	last = strchr(text, '\n') + 1;
	snprintf(expected, sizeof(expected),
		 "{\"type\":\"summary\",\"v\":1,\"first\":\"2026-11-23T14:46:14.000123456Z\","
		 "\"last\":null,\"inputs\":[{\"name\":\"a\xc3\xbf.pcap\",\"packets\":20,"
		 "\"damage\":\"cut\"}],"
		 "\"cors\":{\"none\":{\"none\":0,\"pass\":0,\"block\":0,\"unknown\":0},"
		 "\"preflight\":{\"none\":0,\"pass\":0,\"block\":0,\"unknown\":0},"
		 "\"actual\":{\"none\":0,\"pass\":1,\"block\":0,\"unknown\":0},"
		 "\"unknown\":{\"none\":0,\"pass\":0,\"block\":0,\"unknown\":0}},\"unknown\":{},"
		 "\"severities\":{\"info\":%d,\"warning\":%d,\"error\":%d},"
		 "\"findings\":{\"%s\":3},\"causes\":1,"
		 "\"counters\":{\"net\":{\"one\":5,\"two\":0},\"http\":{}},"
		 "\"notes\":[\"a note\"]}\n",
		 rules[0].severity == SEVERITY_INFO ? 3 : 0,
		 rules[0].severity == SEVERITY_WARNING ? 3 : 0,
		 rules[0].severity == SEVERITY_ERROR ? 3 : 0, rules[0].id);
	assert_string_equal(last, expected);
	free(text);
}

static void the_summary_can_be_alone_or_left_out(void **state)
{
	struct exchange x = sample_exchange();
	struct judgement j = sample_block(&x);
	struct cause c = sample_cause();

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct run r;
		char *text;

		run_open(&r, (struct jsonl_config){ .is_summary_only = i == 0, .is_quiet = i });
		run_judge(&r, &j);
		assert_int_equal(r.sink->ops->cause_opened(r.sink, &c), 0);
		run_finish(&r, &c);
		text = run_close(&r);
		assert_int_equal(strstr(text, "\"type\":\"summary\"") != NULL, i == 0);
		assert_int_equal(strstr(text, "\"type\":\"cause\"") != NULL, i == 1);
		assert_int_equal(strstr(text, "\"type\":\"exchange\"") != NULL, i == 1);
		free(text);
	}
}

static void a_live_line_is_handed_on_at_once(void **state)
{
	struct exchange x = sample_exchange();
	struct judgement j = sample_pass(&x);
	struct run r;

	(void)state;
	run_open(&r, (struct jsonl_config){ .is_live = true });
	run_judge(&r, &j);
	assert_int_not_equal(r.stream.len, 0);
	assert_int_equal(r.stream.text[r.stream.len - 1], '\n');
	free(run_close(&r));
}

static void a_full_disk_is_told(void **state)
{
	struct exchange x = sample_exchange();
	struct judgement j = sample_pass(&x);
	struct jsonl_config config = { .file = fopen("/dev/full", "w"), .is_live = true };
	struct sink *s;

	(void)state;
	assert_non_null(config.file);
	s = jsonl_new(&config);
	assert_non_null(s);
	assert_int_equal(s->ops->judged(s, &j), -ENOSPC);
	sink_close(s);
	fclose(config.file);
}

static void short_memory_gives_no_sink(void **state)
{
	struct jsonl_config config = { .file = stdout };

	(void)state;
	for (unsigned n = 1;; n++) {
		struct sink *s;

		failmalloc_arm(n);
		s = jsonl_new(&config);
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
		cmocka_unit_test(a_policy_is_one_line),
		cmocka_unit_test(an_exchange_is_one_line_as_the_contract_says),
		cmocka_unit_test(what_is_not_known_is_null),
		cmocka_unit_test(a_response_without_request_keeps_its_time),
		cmocka_unit_test(a_clock_that_went_back_gives_no_duration),
		cmocka_unit_test(the_scheme_is_what_this_hop_saw),
		cmocka_unit_test(flaws_are_named),
		cmocka_unit_test(hostile_values_stay_inside_their_strings),
		cmocka_unit_test(findings_only_leaves_the_others_out),
		cmocka_unit_test(a_cause_is_told_when_it_opens),
		cmocka_unit_test(a_cause_names_the_rule_that_explains_it),
		cmocka_unit_test(the_end_tells_causes_and_every_counter),
		cmocka_unit_test(the_summary_can_be_alone_or_left_out),
		cmocka_unit_test(a_live_line_is_handed_on_at_once),
		cmocka_unit_test(a_full_disk_is_told),
		cmocka_unit_test(short_memory_gives_no_sink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
