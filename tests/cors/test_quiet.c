/* SPDX-License-Identifier: BSD-2-Clause */

/* Well-made servers and ordinary browsing: nothing of severity error, nothing certain. */
#include "scenario.h"

#define SITE               "https://app.example.com"
#define OTHER              "https://admin.example.com"
#define HEAD(method, path) method " " path " HTTP/1.1\nHost: api.example.com\n"
#define FETCH(origin)                                                                              \
	"Origin: " origin "\nSec-Fetch-Mode: cors\nSec-Fetch-Site: cross-site\n"                   \
	"Sec-Fetch-Dest: empty\n"

struct step {
	const char *request, *response;
};

/* Play them all, twice, from two browsers, and require quiet after each. */
static void stay_quiet(const struct step *steps, size_t cnt)
{
	struct scenario s;

	scenario_open(&s);
	for (unsigned round = 0; round < 2; round++) {
		s.client = (uint8_t)(1 + round);
		for (size_t i = 0; i < cnt; i++) {
			scenario_play(&s, steps[i].request, steps[i].response);
			assert_int_not_equal(s.last.verdict, CORS_VERDICT_BLOCK);
			for (unsigned k = 0; k < s.last.findings_cnt; k++) {
				const struct finding *f = &s.last.findings[k];

				if (f->rule->severity == SEVERITY_ERROR ||
				    f->confidence == CONFIDENCE_CERTAIN)
					fail_msg("%s after %s", f->rule->id, steps[i].request);
			}
		}
	}
	scenario_close(&s);
}

#define QUIET(steps) stay_quiet(steps, sizeof(steps) / sizeof((steps)[0]))

static void a_list_with_vary_on_every_response_is_quiet(void **state)
{
	static const struct step steps[] = {
		{ HEAD("GET", "/"), "200\nCache-Control: max-age=60\nVary: Origin" },
		{ HEAD("GET", "/") FETCH(SITE), "200\nCache-Control: max-age=60\nVary: Origin\n"
						"Access-Control-Allow-Origin: " SITE },
		{ HEAD("GET", "/") FETCH(OTHER), "200\nCache-Control: max-age=60\nVary: Origin\n"
						 "Access-Control-Allow-Origin: " OTHER },
		{ HEAD("GET", "/") FETCH(SITE),
		  "200\nCache-Control: max-age=60\nVary: Origin\nAge: 12\nX-Cache: HIT\n"
		  "Access-Control-Allow-Origin: " SITE },
		{ HEAD("GET", "/none") FETCH(SITE),
		  "404\nVary: Origin\nAccess-Control-Allow-Origin: " SITE },
		{ HEAD("OPTIONS", "/x") FETCH(SITE) "Access-Control-Request-Method: PUT\n"
						    "Access-Control-Request-Headers: content-type",
		  "204\nVary: Origin, Access-Control-Request-Headers\n"
		  "Access-Control-Allow-Origin: " SITE "\n"
		  "Access-Control-Allow-Methods: GET,HEAD,PUT,PATCH,POST,DELETE\n"
		  "Access-Control-Allow-Headers: content-type" },
		{ HEAD("PUT", "/x") FETCH(SITE) "Content-Type: application/json",
		  "401\nVary: Origin\nAccess-Control-Allow-Origin: " SITE },
	};

	(void)state;
	QUIET(steps);
}

static void a_public_interface_is_quiet(void **state)
{
	static const struct step steps[] = {
		{ HEAD("GET", "/"), "200\nAccess-Control-Allow-Origin: *\nETag: \"1\"" },
		{ HEAD("GET", "/") FETCH(SITE),
		  "200\nAccess-Control-Allow-Origin: *\nETag: \"1\"" },
		{ HEAD("GET", "/") FETCH("null"), "200\nAccess-Control-Allow-Origin: *\nAge: 3" },
		{ HEAD("GET", "/") FETCH(OTHER) "If-None-Match: \"1\"", "304\nETag: \"1\"" },
		{ HEAD("OPTIONS", "/x") FETCH(SITE) "Access-Control-Request-Method: PUT\n"
						    "Access-Control-Request-Headers: x-a",
		  "204\nAccess-Control-Allow-Origin: *\nAccess-Control-Allow-Methods: *\n"
		  "Access-Control-Allow-Headers: *\nAccess-Control-Max-Age: 86400" },
		{ HEAD("PUT", "/x") FETCH(SITE) "Authorization: Bearer x",
		  "200\nAccess-Control-Allow-Origin: *" },
	};

	(void)state;
	QUIET(steps);
}

static void one_constant_origin_without_vary_is_quiet(void **state)
{
	static const struct step steps[] = {
		{ HEAD("GET", "/"),
		  "200\nCache-Control: max-age=60\nAccess-Control-Allow-Origin: " SITE },
		{ HEAD("GET", "/") FETCH(SITE),
		  "200\nCache-Control: max-age=60\nAccess-Control-Allow-Origin: " SITE },
		{ HEAD("GET", "/") FETCH(SITE),
		  "200\nCache-Control: max-age=60\nAge: 3\nAccess-Control-Allow-Origin: " SITE },
	};

	(void)state;
	QUIET(steps);
}

static void credentials_done_right_are_quiet(void **state)
{
	static const struct step steps[] = {
		{ HEAD("GET", "/me") FETCH(SITE) "Cookie: (present)",
		  "200\nCache-Control: private\nVary: Origin\nAccess-Control-Allow-Credentials: "
		  "true\n"
		  "Access-Control-Allow-Origin: " SITE },
		{ HEAD("GET", "/me") FETCH(OTHER) "Cookie: (present)",
		  "200\nCache-Control: private\nVary: Origin\nAccess-Control-Allow-Credentials: "
		  "true\n"
		  "Access-Control-Allow-Origin: " OTHER },
		{ HEAD("GET", "/old") FETCH(SITE) "Cookie: (present)",
		  "302\nLocation: /me\nVary: Origin\nAccess-Control-Allow-Credentials: true\n"
		  "Access-Control-Allow-Origin: " SITE },
	};

	(void)state;
	QUIET(steps);
}

static void pages_forms_and_sockets_are_quiet(void **state)
{
	static const struct step steps[] = {
		{ HEAD("GET", "/page") "Sec-Fetch-Mode: navigate", "200\nContent-Type: text/html" },
		{ HEAD("POST", "/form") "Origin: " SITE "\nSec-Fetch-Mode: navigate\n"
					"Sec-Fetch-Site: cross-site",
		  "303\nLocation: /done" },
		{ HEAD("POST", "/form") "Origin: " SITE "\nUpgrade-Insecure-Requests: 1\n"
					"Accept: text/html",
		  "403\nServer: nginx" },
		{ HEAD("POST", "/beacon") "Origin: " SITE "\nSec-Fetch-Mode: no-cors",
		  "204\nServer: x" },
		{ HEAD("POST", "/csp") "Origin: " SITE "\nContent-Type: application/csp-report",
		  "204\nServer: x" },
		{ HEAD("GET", "/ws") "Origin: " SITE "\nUpgrade: websocket\nConnection: Upgrade",
		  "101\nUpgrade: websocket" },
		{ HEAD("POST", "/own") "Origin: https://api.example.com\nSec-Fetch-Mode: cors\n"
				       "Sec-Fetch-Site: same-origin",
		  "500\nServer: x" },
		{ HEAD("PUT", "/own") "Origin: https://api.example.com", "500\nServer: x" },
		{ HEAD("GET", "/image.png") "Sec-Fetch-Mode: no-cors",
		  "200\nCache-Control: max-age=60" },
	};

	(void)state;
	QUIET(steps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_with_vary_on_every_response_is_quiet),
		cmocka_unit_test(a_public_interface_is_quiet),
		cmocka_unit_test(one_constant_origin_without_vary_is_quiet),
		cmocka_unit_test(credentials_done_right_are_quiet),
		cmocka_unit_test(pages_forms_and_sockets_are_quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
