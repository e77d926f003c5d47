/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario.h"

static void every_row_is_filled(void **state)
{
	(void)state;
	assert_int_equal(rules_cnt, RULE_CNT);
	for (size_t i = 0; i < rules_cnt; i++) {
		const struct rule *r = &rules[i];

		assert_non_null(r->id);
		assert_true(r->anchor && strncmp(r->anchor, "https://", 8) == 0);
		assert_true(r->title && r->explanation && r->fix);
		assert_true(strlen(r->title) > 10 && strlen(r->explanation) > 40);
		assert_true(r->title[strlen(r->title) - 1] != '.');
		assert_true(r->explanation[strlen(r->explanation) - 1] == '.');
		assert_true(r->fix[strlen(r->fix) - 1] == '.');
		/* A name that Chromium shows has its console text, and the other way round. */
		assert_int_equal(r->chromium != NULL, r->console != NULL);
	}
}

static void ids_are_unique_and_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < rules_cnt; i++)
		assert_ptr_equal(rule_by_id(rules[i].id), &rules[i]);
	assert_null(rule_by_id("no-such-rule"));
	assert_null(rule_by_id(""));
}

static void twins_are_neighbours(void **state)
{
	char id[64];

	(void)state;
	for (int i = RULE_ACAO_MISSING; i < RULE_PREFLIGHT_REDIRECT; i += 2) {
		snprintf(id, sizeof(id), "preflight-%s", rules[i].id);
		assert_string_equal(rules[i + 1].id, id);
		snprintf(id, sizeof(id), "Preflight%s", rules[i].chromium);
		assert_string_equal(rules[i + 1].chromium, id);
	}
}

static void the_indexes_name_the_rows_they_should(void **state)
{
	static const struct {
		enum rule_index index;
		const char *id;
	} rows[] = {
		{ RULE_NOT_CORS_BODY_TOO_LARGE, "not-cors-body-too-large" },
		{ RULE_ACAO_MISSING, "acao-missing" },
		{ RULE_ACAO_WILDCARD_CREDENTIALS, "acao-wildcard-credentials" },
		{ RULE_PREFLIGHT_ACAC_INVALID, "preflight-acac-invalid" },
		{ RULE_PREFLIGHT_HEADER, "preflight-header" },
		{ RULE_REDIRECT_SCHEME, "redirect-scheme" },
		{ RULE_VARY_ORIGIN_POISONED, "vary-origin-poisoned" },
		{ RULE_SEC_WILDCARD_INTERNAL, "sec-wildcard-internal" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(rules[rows[i].index].id, rows[i].id);
}

static void console_texts_are_found_by_error_name(void **state)
{
	(void)state;
	assert_string_equal(rule_console("MissingAllowOriginHeader"),
			    "No 'Access-Control-Allow-Origin' header is present on the requested "
			    "resource.");
	assert_has(rule_console("PreflightInvalidAllowOriginValue"),
		   "Response to preflight request doesn't pass access control check: ");
	assert_null(rule_console("NoSuchError"));
}

static void enums_have_words(void **state)
{
	(void)state;
	assert_string_equal(severity_text(SEVERITY_INFO), "info");
	assert_string_equal(severity_text(SEVERITY_WARNING), "warning");
	assert_string_equal(severity_text(SEVERITY_ERROR), "error");
	assert_string_equal(confidence_text(CONFIDENCE_POSSIBLE), "possible");
	assert_string_equal(confidence_text(CONFIDENCE_LIKELY), "likely");
	assert_string_equal(confidence_text(CONFIDENCE_CERTAIN), "certain");
	assert_string_equal(cors_credentials_text(CORS_CREDENTIALS_OMITTED), "omitted");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_filled),
		cmocka_unit_test(ids_are_unique_and_found),
		cmocka_unit_test(twins_are_neighbours),
		cmocka_unit_test(the_indexes_name_the_rows_they_should),
		cmocka_unit_test(console_texts_are_found_by_error_name),
		cmocka_unit_test(enums_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
