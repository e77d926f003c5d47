/* SPDX-License-Identifier: BSD-2-Clause */
#include "cors/check.h"
#include "scenario.h"

#define O "https://app.example.com"

/* Check lines against the origin; the rule's id and the error's name, or NULLs. */
static void check(const char *origin, const char *lines, bool is_include, const char *code,
		  const char *error)
{
	static char text[8192];
	struct http_field fields[HTTP_FIELDS_MAX];
	struct http_message m = { 0 };
	struct check_input in;
	struct fieldget g;
	struct check k;

	snprintf(text, sizeof(text), "200\n%s", lines);
	(void)scenario_head(text, &m, fields, false);
	fieldget_index(&g, &m);
	check_prepare(&in, span_text(origin), span_text("api.example.com"), &g);
	k = check_cors(&in, is_include, false);
	if (!code) {
		if (k.code != RULE_NONE)
			fail_msg("%s: %s", lines, rules[k.code].id);
		assert_null(k.error);
		return;
	}
	if (k.code == RULE_NONE || strcmp(rules[k.code].id, code) != 0)
		fail_msg("%s: %s", lines, k.code == RULE_NONE ? "passes" : rules[k.code].id);
	assert_string_equal(k.error, error);
	/* The twin is the same fault one request earlier. */
	k = check_cors(&in, is_include, true);
	assert_true(strncmp(k.error, "Preflight", 9) == 0 && strcmp(k.error + 9, error) == 0);
	assert_true(strncmp(rules[k.code].id, "preflight-", 10) == 0);
	assert_string_equal(rules[k.code].id + 10, code);
}

#define ACAO "Access-Control-Allow-Origin: "
#define ACAC "Access-Control-Allow-Credentials: "

static void the_exact_origin_passes(void **state)
{
	(void)state;
	check(O, ACAO O, false, NULL, NULL);
	check(O, ACAO "  " O "\t", false, NULL, NULL);
	check("null", ACAO "null", false, NULL, NULL);
	check(O, ACAO O "\n" ACAC "true", true, NULL, NULL);
	check(O, ACAO O "\n" ACAC "  true ", true, NULL, NULL);
}

static void a_wildcard_passes_without_credentials_only(void **state)
{
	(void)state;
	check(O, ACAO "*", false, NULL, NULL);
	check("null", ACAO "*", false, NULL, NULL);
	check(O, ACAO "*", true, "acao-wildcard-credentials", "WildcardOriginNotAllowed");
	check(O, ACAO "*\n" ACAC "true", true, "acao-wildcard-credentials",
	      "WildcardOriginNotAllowed");
}

static void credentials_need_exactly_true(void **state)
{
	static const char *const values[] = { "True", "TRUE",       "1",
					      "yes",  "true, true", "\"true\"",
					      "",     "true;",      "true\n" ACAC "true" };
	char lines[256];

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		snprintf(lines, sizeof(lines), ACAO O "\n" ACAC "%s", values[i]);
		check(O, lines, true, "acac-invalid", "InvalidAllowCredentials");
		check(O, lines, false, NULL, NULL);
	}
	check(O, ACAO O, true, "acac-missing", "InvalidAllowCredentials");
}

static void every_mismatch_has_its_rule(void **state)
{
	static const struct {
		const char *acao, *code, *error;
	} rows[] = {
		{ "", "acao-empty", "InvalidAllowOriginValue" },
		{ O "," O, "acao-list", "MultipleAllowOriginValues" },
		{ O " " O, "acao-list", "MultipleAllowOriginValues" },
		{ "null", "acao-null-literal", "AllowOriginMismatch" },
		{ O "/", "acao-trailing-slash", "AllowOriginMismatch" },
		{ O "/path", "acao-path", "AllowOriginMismatch" },
		{ O "?q", "acao-path", "AllowOriginMismatch" },
		{ "https://user@app.example.com", "acao-path", "AllowOriginMismatch" },
		{ "https://APP.example.com", "acao-case", "AllowOriginMismatch" },
		{ "HTTPS://app.example.com", "acao-case", "AllowOriginMismatch" },
		{ "http://app.example.com", "acao-scheme", "AllowOriginMismatch" },
		{ "https://app.example.com:443", "acao-port", "AllowOriginMismatch" },
		{ "https://app.example.com:8443", "acao-port", "AllowOriginMismatch" },
		{ "https://www.app.example.com", "acao-host", "AllowOriginMismatch" },
		{ "https://app.example.com.", "acao-host", "AllowOriginMismatch" },
		{ "http://localhost:3000", "acao-mismatch", "AllowOriginMismatch" },
		{ "app.example.com", "acao-invalid", "InvalidAllowOriginValue" },
		{ "localhost:3000", "acao-invalid", "AllowOriginMismatch" },
		{ "127.0.0.1:80", "acao-invalid", "InvalidAllowOriginValue" },
		{ "\"" O "\"", "acao-invalid", "InvalidAllowOriginValue" },
		{ "undefined", "acao-invalid", "InvalidAllowOriginValue" },
		{ "true", "acao-invalid", "InvalidAllowOriginValue" },
		{ "https%3A%2F%2Fapp.example.com", "acao-invalid", "InvalidAllowOriginValue" },
		{ "https://*.example.com", "acao-wildcard-pattern", "AllowOriginMismatch" },
		{ "*.example.com", "acao-wildcard-pattern", "InvalidAllowOriginValue" },
		{ O "\v", "acao-invalid", "AllowOriginMismatch" },
	};
	char lines[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(lines, sizeof(lines), ACAO "%s", rows[i].acao);
		check(O, lines, false, rows[i].code, rows[i].error);
		check(O, lines, true, rows[i].code, rows[i].error);
	}
}

static void lines_are_never_one_origin(void **state)
{
	(void)state;
	check(O, ACAO O "\n" ACAO O, false, "acao-multiple-headers", "MultipleAllowOriginValues");
	check(O, ACAO O "\n" ACAO, false, "acao-multiple-headers", "MultipleAllowOriginValues");
	check(O, ACAO "*\n" ACAO "*", false, "acao-multiple-headers", "MultipleAllowOriginValues");
	check(O, ACAO "*\naccess-control-allow-origin: " O, false, "acao-multiple-headers",
	      "MultipleAllowOriginValues");
}

static void an_opaque_origin_meets_a_concrete_one(void **state)
{
	(void)state;
	check("null", ACAO O, false, "acao-null-origin", "AllowOriginMismatch");
}

static void no_header_is_missing(void **state)
{
	(void)state;
	check(O, "Server: x", false, "acao-missing", "MissingAllowOriginHeader");
	check(O, ACAC "true", true, "acao-missing", "MissingAllowOriginHeader");
}

/* The verdict is byte equality: flip any byte of the value, and it fails. */
static void any_changed_byte_fails(void **state)
{
	char lines[64];

	(void)state;
	for (size_t i = 0; i < sizeof(O) - 1; i++) {
		struct http_field fields[HTTP_FIELDS_MAX];
		struct http_message m = { 0 };
		struct check_input in;
		struct fieldget g;

		snprintf(lines, sizeof(lines), "200\n" ACAO O);
		lines[strlen(lines) - sizeof(O) + 1 + i] ^= 1;
		(void)scenario_head(lines, &m, fields, false);
		fieldget_index(&g, &m);
		check_prepare(&in, span_text(O), span_text("h"), &g);
		assert_int_not_equal(check_cors(&in, false, false).code, RULE_NONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_exact_origin_passes),
		cmocka_unit_test(a_wildcard_passes_without_credentials_only),
		cmocka_unit_test(credentials_need_exactly_true),
		cmocka_unit_test(every_mismatch_has_its_rule),
		cmocka_unit_test(lines_are_never_one_origin),
		cmocka_unit_test(an_opaque_origin_meets_a_concrete_one),
		cmocka_unit_test(no_header_is_missing),
		cmocka_unit_test(any_changed_byte_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
