/* SPDX-License-Identifier: BSD-2-Clause */
#include "cors/origin.h"
#include "scenario.h"
#include "support/guard.h"

static struct origin parse(const char *text)
{
	struct origin o;

	assert_true(origin_parse(span_text(text), &o));
	return o;
}

static void an_origin_is_taken_apart(void **state)
{
	struct origin o = parse("https://app.example.com:8443");

	(void)state;
	assert_true(span_is(o.scheme, "https"));
	assert_true(span_is(o.host, "app.example.com"));
	assert_true(span_is(o.port, "8443"));
	assert_int_equal(o.tail.len, 0);
	assert_false(span_is_present(o.userinfo));
}

static void an_ipv6_host_keeps_its_brackets(void **state)
{
	struct origin o = parse("http://[::1]:3000/x");

	(void)state;
	assert_true(span_is(o.host, "[::1]"));
	assert_true(span_is(o.port, "3000"));
	assert_true(span_is(o.tail, "/x"));
}

static void userinfo_and_tails_are_parts(void **state)
{
	struct origin o = parse("http://user:pw@h?x=1#y");

	(void)state;
	assert_true(span_is(o.userinfo, "user:pw"));
	assert_true(span_is(o.host, "h"));
	assert_true(span_is(o.tail, "?x=1#y"));
}

static void what_is_no_origin_is_refused(void **state)
{
	static const char *const no[] = { "",          "null",           "*",
					  "localhost", "localhost:3000", "//h",
					  "http:/h",   "http://",        "http://:80",
					  "1http://h", "http://h:80x",   "http://h:8\v" };
	struct origin o;

	(void)state;
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (origin_parse(span_text(no[i]), &o))
			fail_msg("taken for an origin: %s", no[i]);
}

static void every_prefix_is_read_within_its_bytes(void **state)
{
	static const char text[] = "https://user@[2001:db8::1]:8443/path?query#fragment";

	(void)state;
	for (size_t n = 0; n <= sizeof(text) - 1; n++) {
		struct guard g = guard_copy(text, n);
		struct span port;
		struct origin o;

		(void)origin_parse(g.bytes, &o);
		(void)origin_is_clean(g.bytes);
		(void)origin_is_url(g.bytes);
		(void)origin_is_internal(g.bytes);
		(void)origin_site(g.bytes);
		(void)origin_split_host(g.bytes, &port);
		guard_free(&g);
	}
}

static void only_what_a_browser_sends_is_clean(void **state)
{
	static const char *const yes[] = { "https://app.example.com", "http://localhost:3000",
					   "http://[::1]:8080", "https://xn--bcher-kva.example",
					   "capacitor://localhost" };
	static const char *const no[] = { "https://App.example.com",
					  "https://h/",
					  "https://h:443",
					  "http://h:80",
					  "https://h:",
					  "https://h:08",
					  "https://u@h",
					  "https://h\"; rm",
					  "https://h'",
					  "https://h$(x)",
					  "https://[::1",
					  "https://h:123456",
					  "HTTPS://h",
					  "null",
					  "https://h\n  x: y" };

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		if (!origin_is_clean(span_text(yes[i])))
			fail_msg("not clean: %s", yes[i]);
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (origin_is_clean(span_text(no[i])))
			fail_msg("clean: %s", no[i]);
}

static void urls_are_what_chromium_takes_for_one(void **state)
{
	static const char *const yes[] = { "http://h",        "http:h",
					   "http:/\\h",       "localhost:3000",
					   "app.test:80",     "foo:",
					   "file://",         "https://h:80/p?q#f",
					   "http://[::1]:80", "http://127.0.0.1",
					   "http://0x7f.1",   "http://h%41",
					   "http://u@h",      "http://h\v",
					   "http://*.x.test" };
	static const char *const no[] = { "",
					  "127.0.0.1:80",
					  "[::1]:80",
					  "app.test",
					  "*.x.test",
					  "//h",
					  "http://",
					  "http://h:x",
					  "http://h:99999",
					  "http://[::1",
					  "http://[1:2]",
					  "http://1.2.3.4.5",
					  "http://256.1.1.1",
					  "http://h^",
					  "http://h%zz",
					  "http://[:::1]",
					  "\"http://h\"",
					  "true" };

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		if (!origin_is_url(span_text(yes[i])))
			fail_msg("no URL: %s", yes[i]);
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (origin_is_url(span_text(no[i])))
			fail_msg("a URL: %s", no[i]);
}

static void ports_have_defaults(void **state)
{
	const struct origin http = parse("http://h"), https = parse("https://h"),
			    other = parse("app://h"), own = parse("http://h:8080"),
			    huge = parse("http://h:99999999999");

	(void)state;
	assert_int_equal(origin_port(&http), 80);
	assert_int_equal(origin_port(&https), 443);
	assert_int_equal(origin_port(&other), 0);
	assert_int_equal(origin_port(&own), 8080);
	assert_true(origin_port(&huge) > UINT16_MAX);
}

static void authorities_match_with_or_without_the_default_port(void **state)
{
	const struct origin https = parse("https://h.example"),
			    http = parse("http://h.example:8080");

	(void)state;
	assert_true(origin_has_authority(&https, span_text("h.example")));
	assert_true(origin_has_authority(&https, span_text("H.EXAMPLE:443")));
	assert_false(origin_has_authority(&https, span_text("h.example:80")));
	assert_true(origin_has_authority(&http, span_text("h.example:8080")));
	assert_false(origin_has_authority(&http, span_text("h.example")));
	assert_false(origin_has_authority(&http, span_text("h.example:80a")));
}

static unsigned hints(const char *allowed, const char *page, unsigned *components)
{
	const struct origin a = parse(allowed), p = parse(page);
	struct origin_diff d = origin_compare(&a, &p, span_text("api.example.com"));

	*components = d.components;
	return d.hints;
}

static void near_misses_are_recognised(void **state)
{
	unsigned c;

	(void)state;
	assert_int_equal(hints("https://h:443", "https://h", &c), ORIGIN_HINT_DEFAULT_PORT);
	assert_int_equal(c, CORS_DIFF_PORT);
	assert_int_equal(hints("http://127.0.0.1:1", "http://localhost:1", &c),
			 ORIGIN_HINT_LOOPBACK);
	assert_int_equal(c, CORS_DIFF_HOST);
	assert_int_equal(hints("https://www.h.example", "https://h.example", &c), ORIGIN_HINT_WWW);
	assert_int_equal(hints("https://h.example.", "https://h.example", &c), ORIGIN_HINT_DOT);
	assert_int_equal(hints("https://api.example.com", "https://h.example", &c),
			 ORIGIN_HINT_OWN_HOST);
	assert_int_equal(hints("https://H", "https://h", &c), 0);
	assert_int_equal(c, 0);
}

static void sites_are_registrable_domains(void **state)
{
	static const char *const pairs[][2] = {
		{ "app.example.com", "example.com" },
		{ "example.com", "example.com" },
		{ "a.b.example.co.uk", "example.co.uk" },
		{ "localhost", "localhost" },
		{ "10.0.0.1", "10.0.0.1" },
		{ "[::1]", "[::1]" },
		{ "a.example.", "a.example" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (!span_is(origin_site(span_text(pairs[i][0])), pairs[i][1]))
			fail_msg("site of %s", pairs[i][0]);
}

static void internal_names_are_told_from_public_ones(void **state)
{
	static const char *const yes[] = {
		"localhost",    "10.1.2.3",  "192.168.0.1", "172.16.0.1",
		"172.31.255.1", "[fd00::1]", "intranet",    "nas.local"
	};
	static const char *const no[] = { "example.com",   "172.32.0.1", "11.0.0.1",
					  "[2001:db8::1]", "172.15.0.1", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		if (!origin_is_internal(span_text(yes[i])))
			fail_msg("not internal: %s", yes[i]);
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (origin_is_internal(span_text(no[i])))
			fail_msg("internal: %s", no[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_origin_is_taken_apart),
		cmocka_unit_test(an_ipv6_host_keeps_its_brackets),
		cmocka_unit_test(userinfo_and_tails_are_parts),
		cmocka_unit_test(what_is_no_origin_is_refused),
		cmocka_unit_test(every_prefix_is_read_within_its_bytes),
		cmocka_unit_test(only_what_a_browser_sends_is_clean),
		cmocka_unit_test(urls_are_what_chromium_takes_for_one),
		cmocka_unit_test(ports_have_defaults),
		cmocka_unit_test(authorities_match_with_or_without_the_default_port),
		cmocka_unit_test(near_misses_are_recognised),
		cmocka_unit_test(sites_are_registrable_domains),
		cmocka_unit_test(internal_names_are_told_from_public_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
