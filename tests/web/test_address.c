/* SPDX-License-Identifier: BSD-2-Clause */
#include "web/address.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void expect(const char *word, const char *host, const char *port)
{
	struct web_address a;
	char why[256] = "";

	if (!address_parse(word, &a, why, sizeof(why)))
		fail_msg("%s: %s", word, why);
	assert_string_equal(a.host, host);
	assert_string_equal(a.port, port);
}

static void hosts_and_ports_are_told_apart(void **state)
{
	(void)state;
	expect(":8123", "127.0.0.1", "8123");
	expect(":0", "127.0.0.1", "0");
	expect("192.0.2.1:1", "192.0.2.1", "1");
	expect("0.0.0.0:65535", "0.0.0.0", "65535");
	expect("[::1]:8123", "::1", "8123");
	expect("[2001:db8::1]:80", "2001:db8::1", "80");
	expect("localhost:8123", "localhost", "8123");
	expect("my-host_1.example:8123", "my-host_1.example", "8123");
}

static void what_is_no_address_is_refused_with_its_form(void **state)
{
	static const char *const words[] = { "",        "8123",       ":",       ":65536",
					     ":123456", ":-1",        ": 80",    "::1",
					     "::1:80",  "[::1]",      "[::1]80", "[]:80",
					     "[x]:80",  "[::1]x:80",  "a b:80",  "a/b:80",
					     ":80x",    "http://a:80" };
	char why[256];

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct web_address a;

		why[0] = '\0';
		if (address_parse(words[i], &a, why, sizeof(why)))
			fail_msg("'%s' is taken", words[i]);
		assert_non_null(strstr(why, "HOST:PORT"));
	}
}

static void a_host_ends_at_its_longest(void **state)
{
	char word[ADDRESS_HOST_CAP + 8], why[512];
	struct web_address a;

	(void)state;
	memset(word, 'a', sizeof(word));
	strcpy(word + ADDRESS_HOST_CAP - 1, ":80");
	assert_true(address_parse(word, &a, why, sizeof(why)));
	memset(word, 'a', sizeof(word));
	strcpy(word + ADDRESS_HOST_CAP, ":80");
	assert_false(address_parse(word, &a, why, sizeof(why)));
}

static void a_socket_knows_where_it_came_to_be(void **state)
{
	struct web_address a;
	struct web_socket s, again;
	char why[256] = "";

	(void)state;
	assert_true(address_parse(":0", &a, why, sizeof(why)));
	assert_int_equal(address_listen(&a, &s, why, sizeof(why)), 0);
	assert_true(s.is_loopback);
	assert_true(strncmp(s.text, "127.0.0.1:", 10) == 0 && strcmp(s.text + 10, "0") != 0);
	strcpy(a.port, s.text + 10);
	assert_int_equal(address_listen(&a, &again, why, sizeof(why)), -EADDRINUSE);
	assert_non_null(strstr(why, "in use"));
	close(s.fd);
	assert_true(address_parse("0.0.0.0:0", &a, why, sizeof(why)));
	assert_int_equal(address_listen(&a, &s, why, sizeof(why)), 0);
	assert_false(s.is_loopback);
	close(s.fd);
}

static void a_foreign_name_is_not_our_own(void **state)
{
	static const char *const own[] = {
		"localhost",    "localhost:80", "LOCALHOST", "127.0.0.1",
		"127.0.0.1:80", "192.0.2.1",    "[::1]",     "[::1]:80"
	};
	static const char *const foreign[] = { "",
					       "evil.example",
					       "localhost.evil.example",
					       "127.0.0.1.evil.example",
					       "[::1",
					       "[::1.evil]:80",
					       "::1",
					       "127.1",
					       "[]",
					       "[" };

	(void)state;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (!address_is_own_host(own[i]))
			fail_msg("%s is own", own[i]);
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		if (address_is_own_host(foreign[i]))
			fail_msg("%s is foreign", foreign[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_and_ports_are_told_apart),
		cmocka_unit_test(what_is_no_address_is_refused_with_its_form),
		cmocka_unit_test(a_host_ends_at_its_longest),
		cmocka_unit_test(a_socket_knows_where_it_came_to_be),
		cmocka_unit_test(a_foreign_name_is_not_our_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
