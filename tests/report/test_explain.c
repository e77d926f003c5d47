/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/explain.h"

#include <errno.h>
#include <string.h>

#include "sample.h"

static void the_list_has_a_line_for_each_rule(void **state)
{
	struct sample_stream s;
	const char *at;

	(void)state;
	assert_int_equal(explain_list(sample_open(&s)->file), 0);
	at = sample_text(&s);
	for (size_t i = 0; i < rules_cnt; i++) {
		const char *end = strchr(at, '\n');
		size_t title_len = strlen(rules[i].title);

		assert_non_null(end);
		assert_memory_equal(at, rules[i].id, strlen(rules[i].id));
		assert_memory_equal(end - title_len, rules[i].title, title_len);
		at = end + 1;
	}
	assert_string_equal(at, "");
	free(s.text);
}

static void a_rule_is_told_in_full(void **state)
{
	static const struct rule rule = {
		.id = "a-rule",
		.severity = SEVERITY_WARNING,
		.confidence = CONFIDENCE_LIKELY,
		.anchor = "https://fetch.spec.whatwg.org/#cors-check",
		.chromium = "AllowOriginMismatch",
		.console = "The value '{acao}' is not equal to the supplied origin.",
		.title = "A title",
		.explanation =
			"A word, and words enough to go beyond the eightieth column of it, so "
			"that the line has to be broken between two of them.\nA new line.",
		.fix = "Change it.",
	};
	struct sample_stream s;

	(void)state;
	assert_int_equal(explain_rule(sample_open(&s)->file, &rule), 0);
	assert_string_equal(
		sample_text(&s),
		"a-rule: A title\n"
		"\n"
		"Severity    warning\n"
		"Confidence  likely\n"
		"Standard    https://fetch.spec.whatwg.org/#cors-check\n"
		"Chromium    AllowOriginMismatch\n"
		"Firefox     none\n"
		"\n"
		"What it means\n"
		"  A word, and words enough to go beyond the eightieth column of it, so that the\n"
		"  line has to be broken between two of them.\n"
		"  A new line.\n"
		"\n"
		"What the browser's console says (Chromium)\n"
		"  The value '{acao}' is not equal to the supplied origin.\n"
		"\n"
		"What to change\n"
		"  Change it.\n");
	free(s.text);
}

static void every_rule_can_be_explained_in_eighty_columns(void **state)
{
	(void)state;
	for (size_t i = 0; i < rules_cnt; i++) {
		struct sample_stream s;
		char *line, *rest;

		assert_int_equal(explain_rule(sample_open(&s)->file, &rules[i]), 0);
		rest = sample_text(&s);
		strsep(&rest, "\n"); /* a title is one line, whatever its length */
		while ((line = strsep(&rest, "\n")) != NULL)
			assert_true(strlen(line) <= 80 || !strchr(line + 2, ' '));
		free(s.text);
	}
}

static void a_slip_in_an_id_is_told_the_nearest(void **state)
{
	char why[256], typed[64];

	(void)state;
	snprintf(typed, sizeof(typed), "%sx", rules[0].id);
	explain_unknown(typed, why, sizeof(why));
	assert_non_null(strstr(why, "did you mean "));
	assert_non_null(strstr(why, rules[0].id));
	explain_unknown("zzzzzzzz", why, sizeof(why));
	assert_string_equal(why, "no rule is called 'zzzzzzzz' (cors-sniff --list-rules has them)");
}

static void a_full_disk_is_told(void **state)
{
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(full);
	assert_int_equal(explain_list(full), -ENOSPC);
	assert_int_equal(explain_rule(full, &rules[0]), -ENOSPC);
	fclose(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_has_a_line_for_each_rule),
		cmocka_unit_test(a_rule_is_told_in_full),
		cmocka_unit_test(every_rule_can_be_explained_in_eighty_columns),
		cmocka_unit_test(a_slip_in_an_id_is_told_the_nearest),
		cmocka_unit_test(a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
