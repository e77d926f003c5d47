/* SPDX-License-Identifier: BSD-2-Clause */

/* The words of a cause: console text, command line, example, fix. */
#include "scenario.h"

#define H    "Host: api.example.com\n"
#define O    "Origin: https://app.example.com\n"
#define MODE "Sec-Fetch-Mode: cors\nSec-Fetch-Site: cross-site\nSec-Fetch-Dest: empty\n"
#define GET  "GET /s.json?id=1 HTTP/1.1\n" H O MODE

static void the_console_text_is_chromiums_to_the_letter(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, GET, "200\nAccess-Control-Allow-Origin: http://localhost:3000");
	assert_string_equal(scenario_cause(&s, "acao-mismatch")->console,
			    "Access to fetch at 'http://api.example.com/s.json?id=1' from origin "
			    "'https://app.example.com' has been blocked by CORS policy: The "
			    "'Access-Control-Allow-Origin' header has a value "
			    "'http://localhost:3000' that is not "
			    "equal to the supplied origin. Have the server send the header with a "
			    "valid value.");
	scenario_play(&s,
		      "GET /a.png HTTP/1.1\n" H O
		      "Sec-Fetch-Mode: cors\nSec-Fetch-Site: cross-site\n"
		      "Sec-Fetch-Dest: image",
		      "200\nAccess-Control-Allow-Origin: h");
	assert_string_equal(scenario_cause(&s, "acao-invalid")->console,
			    "Access to image at 'http://api.example.com/a.png' from origin "
			    "'https://app.example.com' has been blocked by CORS policy: The "
			    "'Access-Control-Allow-Origin' header contains the invalid value 'h'.");
	scenario_play(&s, "OPTIONS /p HTTP/1.1\n" H O "Access-Control-Request-Method: PUT",
		      "204\nAccess-Control-Allow-Origin: *");
	assert_string_equal(
		scenario_cause(&s, "preflight-method")->console,
		"Access to fetch at 'http://api.example.com/p' from origin "
		"'https://app.example.com' has been blocked by CORS policy: Method PUT is "
		"not allowed by Access-Control-Allow-Methods in preflight response.");
	scenario_close(&s);
}

static void only_what_blocks_has_a_console_text(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, GET, "413\nServer: nginx");
	assert_null(scenario_cause(&s, "not-cors-body-too-large")->console);
	assert_non_null(scenario_cause(&s, "acao-missing")->console);
	scenario_close(&s);
}

static void the_example_is_one_line_that_says_who_asked_for_what(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	s.is_tls = true;
	scenario_play(&s, GET, "200\nServer: x");
	assert_string_equal(scenario_cause(&s, "acao-missing")->example,
			    "GET https://api.example.com/s.json?id=1 from https://app.example.com");
	scenario_close(&s);
}

static void the_command_repeats_the_request_and_says_what_it_must_print(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, GET "Cookie: (present)", "200\nServer: x");
	assert_string_equal(
		scenario_cause(&s, "acao-missing")->curl,
		"curl -sS -g -o /dev/null -D - \\\n"
		"  -H 'Origin: https://app.example.com' \\\n"
		"  -H 'Cookie: NAME=VALUE' \\\n"
		"  'http://api.example.com/s.json?id=1'\n"
		"# must print: Access-Control-Allow-Origin: https://app.example.com   (once)\n"
		"# must print: Access-Control-Allow-Credentials: true");
	scenario_play(&s,
		      "OPTIONS /p HTTP/1.1\n" H O "Access-Control-Request-Method: PUT\n"
		      "Access-Control-Request-Headers: x-a,x-b",
		      "405\nServer: x");
	assert_has(scenario_cause(&s, "preflight-acao-missing")->curl,
		   "-X 'OPTIONS' \\\n"
		   "  -H 'Origin: https://app.example.com' \\\n"
		   "  -H 'Access-Control-Request-Method: PUT' \\\n"
		   "  -H 'Access-Control-Request-Headers: x-a,x-b' \\\n");
	assert_has(scenario_cause(&s, "preflight-acao-missing")->curl,
		   "# must print: a status from 200 to 299");
	scenario_close(&s);
}

/* What a shell makes of the command when curl only prints its arguments. */
static void run_shell(const char *command, char *out, size_t cap)
{
	static char script[40000];
	FILE *f;
	size_t n;

	snprintf(script, sizeof(script), "curl() { printf '[%%s]' \"$@\"; }\n%s\n", command);
	assert_int_equal(setenv("CORS_SNIFF_TEST_SCRIPT", script, 1), 0);
	f = popen("eval \"$CORS_SNIFF_TEST_SCRIPT\"", "r");
	assert_non_null(f);
	n = fread(out, 1, cap - 1, f);
	out[n] = '\0';
	assert_int_equal(pclose(f), 0);
}

static void hostile_bytes_do_not_leave_their_quotes(void **state)
{
	static const char *const hostile[] = {
		"/a';echo${IFS}PWNED;'",  "/$(echo${IFS}PWNED)",        "/`echo${IFS}PWNED`",
		"/\\';echo${IFS}PWNED;#", "/\r\necho${IFS}PWNED",       "/'\n#",
		"/\x1b[2J\xff\xfe",       "/a'b\"c|d&e;f<g>h*i?[j]{k}",
	};
	char out[40000];

	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		struct http_field fields[4] = {
			{ .id = HTTP_NAME_HOST, .value = span_text(hostile[i] + 1) },
			{ .id = HTTP_NAME_ORIGIN, .value = span_text(hostile[i] + 1) },
			{ .id = HTTP_NAME_ACRM, .value = span_text(hostile[i] + 1) },
			{ .id = HTTP_NAME_ACRH, .value = span_text(hostile[i] + 1) },
		};
		struct exchange x = { .has_request = true, .has_response = true };
		struct scenario s;

		scenario_open(&s);
		x.request.method = span_text("OPTIONS");
		x.request.host = fields[0].value;
		x.request.path = x.request.target = span_text(hostile[i]);
		x.request.m.fields = fields;
		x.request.m.fields_cnt = 4;
		x.response.status = 405;
		judge_exchange(s.judge, &x);
		run_shell(scenario_cause(&s, "preflight-acao-missing")->curl, out, sizeof(out));
		/* Had it run, its output would stand outside the brackets. */
		assert_true(out[0] == '[' && out[strlen(out) - 1] == ']');
		assert_true(strncmp(out, "[-sS][-g][-o][/dev/null][-D][-]", 31) == 0);
		assert_null(strstr(out, "]PWNED"));
		assert_null(strstr(out, "\nPWNED"));
		assert_null(strchr(out, '\x1b'));
		scenario_close(&s);
	}
}

static void a_command_too_long_to_be_whole_is_left_out(void **state)
{
	static char request[HTTP_TARGET_MAX + 256];
	struct scenario s;

	(void)state;
	scenario_open(&s);
	memset(request, '\x80', sizeof(request)); /* each takes three bytes in a URL */
	memcpy(request, "GET /", 5);
	snprintf(request + HTTP_TARGET_MAX, 256, " HTTP/1.1\n" H O MODE);
	scenario_play(&s, request, "200\nServer: x");
	assert_string_equal(scenario_cause(&s, "acao-missing")->curl, "");
	scenario_close(&s);
}

static void bytes_that_are_no_text_become_text(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, GET, "200\nAccess-Control-Allow-Origin: h\xff\xc3\xa9\xc3");
	assert_has(scenario_cause(&s, "acao-invalid")->detail,
		   "is h\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd, the");
	scenario_close(&s);
}

static void the_fix_is_for_the_server_and_the_origin(void **state)
{
	static const struct {
		const char *field, *platform, *part;
	} rows[] = {
		{ "Server: nginx/1.22.1", "nginx", "\"https://app.example.com\" $http_origin;" },
		{ "Server: Apache/2.4.57 (Debian)", "Apache",
		  "SetEnvIf Origin \"^https://app\\.example\\.com$\"" },
		{ "Server: nginx\nX-Powered-By: Express", "Express",
		  "cors({ origin: ['https://app.example.com'] })" },
		{ "Server: Apache\nX-Powered-By: PHP/8.2", "PHP", "['https://app.example.com']" },
		{ "X-Runtime: 0.01", "Rails", "origins 'https://app.example.com'" },
		{ "Server: Kestrel", "ASP.NET", ".WithOrigins(\"https://app.example.com\")" },
		{ "Server: uvicorn", "FastAPI", "allow_origins=[\"https://app.example.com\"]" },
		{ "Server: Werkzeug/3.0", "Flask", "origins=[\"https://app.example.com\"]" },
		{ "Server: envoy", "Envoy", "exact: \"https://app.example.com\"" },
		{ "Server: Caddy", "Caddy", "header Origin https://app.example.com" },
		{ "Via: 1.1 x (Varnish/7.1)", "Varnish", "\"^https://app\\.example\\.com$\"" },
		{ "Server: AmazonS3", "S3", "\"AllowedOrigins\": [\"https://app.example.com\"]" },
		{ "Server: cloudflare", "Cloudflare", "new Set(['https://app.example.com'])" },
		{ "X-Amz-Cf-Id: x", "CloudFront", "\"Items\": [\"https://app.example.com\"]" },
		{ "Server: unheard-of", "", "send Access-Control-Allow-Origin" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct cause *c;
		struct scenario s;

		scenario_open(&s);
		snprintf(s.text[1], sizeof(s.text[1]), "200\n%s", rows[i].field);
		scenario_play(&s, GET, s.text[1]);
		c = scenario_cause(&s, "acao-missing");
		assert_string_equal(c->platform, rows[i].platform);
		assert_has(c->fix, rows[i].part);
		scenario_close(&s);
	}
}

static void a_chosen_platform_overrides_the_recognised_one(void **state)
{
	struct scenario s;

	(void)state;
	for (const char *const *p = judge_platforms(); *p; p++) {
		scenario_open_with(&s, (struct judge_config){ .seed = 1, .platform = *p });
		scenario_play(&s, GET, "200\nServer: nginx");
		assert_string_equal(scenario_cause(&s, "acao-missing")->platform, *p);
		assert_has(scenario_cause(&s, "acao-missing")->fix, "https://app");
		scenario_close(&s);
	}
}

static void no_foreign_origin_gets_into_a_snippet(void **state)
{
	static const char *const hostile[] = { "https://a';system('id');//", "https://a\"; }",
					       "https://h:443", "https://$(id)" };
	struct scenario s;

	(void)state;
	for (const char *const *p = judge_platforms(); *p; p++) {
		for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
			scenario_open_with(&s, (struct judge_config){ .seed = 1, .platform = *p });
			snprintf(s.text[0], sizeof(s.text[0]), "GET / HTTP/1.1\n" H "Origin: %s",
				 hostile[i]);
			scenario_play(&s, s.text[0], "200\nServer: x");
			assert_has_not(scenario_cause(&s, "acao-missing")->fix, hostile[i]);
			assert_has(scenario_cause(&s, "acao-missing")->fix,
				   "stands for the origin");
			scenario_close(&s);
		}
	}
}

static void null_is_never_to_be_allowed(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open_with(&s, (struct judge_config){ .seed = 1, .platform = "nginx" });
	scenario_play(&s, "GET / HTTP/1.1\n" H "Origin: null", "200\nServer: x");
	assert_has(scenario_cause(&s, "acao-missing")->fix, "do not allow it");
	assert_has_not(scenario_cause(&s, "acao-missing")->fix, "add_header");
	assert_has_not(scenario_cause(&s, "acao-missing")->curl, "must print");
	scenario_close(&s);
}

/* A preflight for PATCH with two headers. */
#define PATCH                                                                                      \
	"OPTIONS /p HTTP/1.1\n" H O "Access-Control-Request-Method: PATCH\n"                       \
	"Access-Control-Request-Headers: x-a,x-b"
#define ALLOW "Access-Control-Allow-Origin: https://app.example.com\n"

static void every_block_says_what_was_asked_and_what_is_allowed(void **state)
{
	static const struct {
		const char *request, *response, *rule, *detail;
	} rows[] = {
		{ PATCH, "204\n" ALLOW "Access-Control-Allow-Methods: GET, PUT", "preflight-method",
		  "the preflight asks for the method PATCH; Access-Control-Allow-Methods is GET, "
		  "PUT" },
		{ PATCH, "204\n" ALLOW, "preflight-method",
		  "method PATCH; Access-Control-Allow-Methods is not sent" },
		{ PATCH,
		  "204\n" ALLOW "Access-Control-Allow-Methods: PATCH\n"
		  "Access-Control-Allow-Headers: x-a",
		  "preflight-header", "header x-b; Access-Control-Allow-Headers is x-a" },
		{ PATCH, "204\n" ALLOW "Access-Control-Allow-Methods: GET;PUT",
		  "preflight-acam-syntax", "Access-Control-Allow-Methods is GET;PUT" },
		{ PATCH,
		  "204\n" ALLOW "Access-Control-Allow-Methods: PATCH\n"
		  "Access-Control-Allow-Headers: x a",
		  "preflight-acah-syntax", "Access-Control-Allow-Headers is x a" },
		{ PATCH, "418\n" ALLOW, "preflight-status", "the 418 response to OPTIONS /p" },
		{ PATCH, "301\nLocation: https://api.example.com/p/", "preflight-redirect",
		  "the 301 response to OPTIONS /p leads to https://api.example.com/p/" },
		{ GET, "302\n" ALLOW "Location: ftp://x/", "redirect-scheme", "leads to ftp://x/" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct scenario s;

		scenario_open(&s);
		scenario_play(&s, rows[i].request, rows[i].response);
		assert_has(scenario_cause(&s, rows[i].rule)->detail, rows[i].detail);
		scenario_close(&s);
	}
}

static void every_rule_has_a_whole_fix_for_every_platform(void **state)
{
	char fix[CORS_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < rules_cnt; i++) {
		for (const char *const *p = judge_platforms(); *p; p++) {
			assert_true(judge_fix(&rules[i], *p, fix, sizeof(fix)));
			assert_true(strlen(fix) < sizeof(fix) - 1);
			assert_has(fix, rules[i].fix);
			/* Nothing is left to be filled in. */
			assert_has_not(fix, "{origin");
			assert_has_not(fix, "{methods");
			assert_has_not(fix, "{headers");
		}
	}
	assert_false(judge_fix(&rules[0], "no-such-server", fix, sizeof(fix)));
}

static void methods_and_headers_of_the_preflight_are_filled_in(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s,
		      "OPTIONS /p HTTP/1.1\n" H O "Access-Control-Request-Method: PUT\n"
		      "Access-Control-Request-Headers: authorization,x-a,x\"b,x;c",
		      "405\nServer: nginx");
	assert_has(scenario_cause(&s, "not-cors-preflight-unrouted")->fix,
		   "Access-Control-Allow-Methods \"GET, POST, PUT\"");
	assert_has(scenario_cause(&s, "not-cors-preflight-unrouted")->fix,
		   "Access-Control-Allow-Headers \"authorization, x-a\"");
	scenario_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_console_text_is_chromiums_to_the_letter),
		cmocka_unit_test(only_what_blocks_has_a_console_text),
		cmocka_unit_test(the_example_is_one_line_that_says_who_asked_for_what),
		cmocka_unit_test(the_command_repeats_the_request_and_says_what_it_must_print),
		cmocka_unit_test(hostile_bytes_do_not_leave_their_quotes),
		cmocka_unit_test(a_command_too_long_to_be_whole_is_left_out),
		cmocka_unit_test(bytes_that_are_no_text_become_text),
		cmocka_unit_test(the_fix_is_for_the_server_and_the_origin),
		cmocka_unit_test(a_chosen_platform_overrides_the_recognised_one),
		cmocka_unit_test(no_foreign_origin_gets_into_a_snippet),
		cmocka_unit_test(null_is_never_to_be_allowed),
		cmocka_unit_test(every_block_says_what_was_asked_and_what_is_allowed),
		cmocka_unit_test(every_rule_has_a_whole_fix_for_every_platform),
		cmocka_unit_test(methods_and_headers_of_the_preflight_are_filled_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
