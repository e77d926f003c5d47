/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/failmalloc.h"
#include "tls/keys.h"

#define RANDOM "203e616acc55bbf527f1b8899cb6aa3a4caafcc6a7d2e6fc2c918be8bba2b366"
#define HEX_32 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define HEX_48 HEX_32 "202122232425262728292a2b2c2d2e2f"

static const uint8_t random_bytes[TLS_RANDOM_LEN] = {
	0x20, 0x3e, 0x61, 0x6a, 0xcc, 0x55, 0xbb, 0xf5, 0x27, 0xf1, 0xb8,
	0x89, 0x9c, 0xb6, 0xaa, 0x3a, 0x4c, 0xaa, 0xfc, 0xc6, 0xa7, 0xd2,
	0xe6, 0xfc, 0x2c, 0x91, 0x8b, 0xe8, 0xbb, 0xa2, 0xb3, 0x66,
};

static struct tls_keys *keys_of(const char *text)
{
	struct tls_keys *k = tls_keys_new(7, 0);

	tls_keys_add(k, span_text(text));
	return k;
}

static void each_kind_is_found_by_its_random(void **state)
{
	struct tls_keys *k = keys_of("# a comment\r\n\n"
				     "CLIENT_RANDOM " RANDOM " " HEX_48 "\r\n"
				     "SERVER_TRAFFIC_SECRET_0 " RANDOM "  " HEX_32 " \n"
				     "CLIENT_HANDSHAKE_TRAFFIC_SECRET " RANDOM " " HEX_48);
	const struct tls_secret *s;

	(void)state;
	s = tls_keys_find(k, random_bytes, TLS_SECRET_MASTER);
	assert_non_null(s);
	assert_int_equal(s->len, 48);
	assert_int_equal(s->bytes[47], 0x2f);
	s = tls_keys_find(k, random_bytes, TLS_SECRET_SERVER_TRAFFIC);
	assert_non_null(s);
	assert_int_equal(s->len, 32);
	assert_non_null(tls_keys_find(k, random_bytes, TLS_SECRET_CLIENT_HANDSHAKE));
	assert_null(tls_keys_find(k, random_bytes, TLS_SECRET_CLIENT_TRAFFIC));
	assert_int_equal(tls_keys_stats(k)->secrets, 1);
	assert_int_equal(tls_keys_stats(k)->lines_bad, 0);
	tls_keys_free(k);
}

static void what_is_said_last_counts(void **state)
{
	struct tls_keys *k = keys_of("CLIENT_TRAFFIC_SECRET_0 " RANDOM " " HEX_32 "\n"
				     "CLIENT_TRAFFIC_SECRET_0 " RANDOM " " HEX_48 "\n");

	(void)state;
	assert_int_equal(tls_keys_find(k, random_bytes, TLS_SECRET_CLIENT_TRAFFIC)->len, 48);
	tls_keys_free(k);
}

static void bad_lines_are_counted_and_give_nothing(void **state)
{
	static const char *const bad[] = {
		"CLIENT_RANDOM",
		"CLIENT_RANDOM " RANDOM,
		"CLIENT_RANDOM " RANDOM " " HEX_32,
		"CLIENT_RANDOM " RANDOM " " HEX_48 "00",
		"CLIENT_RANDOM " RANDOM "00 " HEX_48,
		"CLIENT_RANDOM " RANDOM " " HEX_48 "0",
		"CLIENT_RANDOM x" RANDOM " " HEX_48,
		"CLIENT_TRAFFIC_SECRET_0 " RANDOM " zz",
		"CLIENT_TRAFFIC_SECRET_0 " RANDOM " 00",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct tls_keys *k = keys_of(bad[i]);

		assert_int_equal(tls_keys_stats(k)->lines_bad, 1);
		assert_false(tls_keys_has_any(k));
		tls_keys_free(k);
	}
}

static void other_kinds_are_told_apart_from_bad_ones(void **state)
{
	struct tls_keys *k = keys_of("EXPORTER_SECRET " RANDOM " " HEX_48 "\nRSA 00 00\nnonsense");

	(void)state;
	assert_int_equal(tls_keys_stats(k)->lines_other, 3);
	assert_int_equal(tls_keys_stats(k)->lines_bad, 0);
	tls_keys_free(k);
}

static void add_number(struct tls_keys *k, unsigned n)
{
	char line[256];

	snprintf(line, sizeof(line), "CLIENT_RANDOM %064x " HEX_48 "\n", n);
	tls_keys_add(k, span_text(line));
}

static bool has_number(const struct tls_keys *k, unsigned n)
{
	uint8_t random[TLS_RANDOM_LEN] = { [30] = (uint8_t)(n >> 8), [31] = (uint8_t)n };

	return tls_keys_find(k, random, TLS_SECRET_MASTER) != NULL;
}

/* Beyond the limit, each new connection takes the place of the oldest. */
static void the_oldest_are_forgotten_first(void **state)
{
	struct tls_keys *k = tls_keys_new(7, 300);

	(void)state;
	for (unsigned n = 0; n < 300; n++)
		add_number(k, n);
	assert_int_equal(tls_keys_stats(k)->forgotten, 0);
	for (unsigned n = 300; n < 1000; n++) {
		add_number(k, n);
		assert_false(has_number(k, n - 300));
		assert_true(has_number(k, n - 299));
		assert_true(has_number(k, n));
	}
	assert_int_equal(tls_keys_stats(k)->forgotten, 700);
	tls_keys_free(k);
}

static void every_failing_malloc_is_survived(void **state)
{
	(void)state;
	for (unsigned n = 1; n < 8; n++) {
		struct tls_keys *k = tls_keys_new(7, 0);
		bool has_failed;

		failmalloc_arm(n);
		for (unsigned i = 0; i < 100; i++)
			add_number(k, i);
		has_failed = failmalloc_disarm();
		assert_int_equal(has_failed, tls_keys_stats(k)->no_memory != 0);
		for (unsigned i = 0; i < 100; i++)
			assert_true(has_number(k, i) || tls_keys_stats(k)->no_memory);
		tls_keys_free(k);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_found_by_its_random),
		cmocka_unit_test(what_is_said_last_counts),
		cmocka_unit_test(bad_lines_are_counted_and_give_nothing),
		cmocka_unit_test(other_kinds_are_told_apart_from_bad_ones),
		cmocka_unit_test(the_oldest_are_forgotten_first),
		cmocka_unit_test(every_failing_malloc_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
