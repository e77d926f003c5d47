/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Endpoints and the hash of a connection's two, by which it is found and dealt to a lane.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/endpoint.h"
#include "support/packets.h"

#define SEED 0x1234567890abcdefull

/* The n-th bit of the address and, behind it, of the port. */
#define BITS (16 * 8 + 16)
static struct endpoint with_bit(struct endpoint e, unsigned n)
{
	if (n < 16 * 8)
		e.addr.bytes[n / 8] ^= (uint8_t)(1u << n % 8);
	else
		e.port ^= (uint16_t)(1u << (n - 16 * 8));
	return e;
}

static void both_directions_have_one_hash(void **state)
{
	static const char *const addresses[] = { "10.0.0.1", "10.0.0.2", "2001:db8::1", "::" };

	(void)state;
	for (unsigned i = 0; i < 16; i++) {
		struct endpoint a = packets_endpoint(addresses[i / 4], 80);
		struct endpoint b = packets_endpoint(addresses[i % 4], 40000);

		assert_true(endpoints_hash(&a, &b, SEED) == endpoints_hash(&b, &a, SEED));
		assert_true(endpoints_hash(&a, &b, SEED) != endpoints_hash(&a, &b, SEED + 1));
	}
}

static void any_bit_makes_another_endpoint(void **state)
{
	struct endpoint e = packets_endpoint("2001:db8::1", 80), same = e;

	(void)state;
	assert_true(endpoint_eq(&e, &same));
	for (unsigned i = 0; i < BITS; i++) {
		struct endpoint other = with_bit(e, i);

		assert_false(endpoint_eq(&e, &other));
		assert_false(endpoint_eq(&other, &e));
	}
}

/* Any two bits that differ, of whichever parts: nothing that an outsider could choose so that it
 * cancels out, in halves and both words of the hash, since tables and lanes use either. */
static void bits_do_not_cancel_out(void **state)
{
	struct endpoint a = packets_endpoint("2001:db8::1", 80);
	struct endpoint b = packets_endpoint("2001:db8::2", 40000);
	uint64_t plain = endpoints_hash(&a, &b, SEED);

	(void)state;
	for (unsigned i = 0; i < BITS; i++) {
		for (unsigned j = 0; j < BITS; j++) {
			struct endpoint one = with_bit(a, i), both = with_bit(one, j);
			struct endpoint other = with_bit(b, j);
			uint64_t hash = endpoints_hash(&one, &other, SEED);

			assert_true(hash >> 32 != plain >> 32);
			assert_true((uint32_t)hash != (uint32_t)plain);
			if (i != j)
				assert_true(endpoints_hash(&both, &b, SEED) >> 32 != plain >> 32);
		}
	}
}

/* Connections that differ in who has which port are four. */
static void ends_are_not_mixed(void **state)
{
	struct endpoint a = packets_endpoint("10.0.0.1", 80), b = packets_endpoint("10.0.0.2", 81);
	struct endpoint c = packets_endpoint("10.0.0.1", 81), d = packets_endpoint("10.0.0.2", 80);

	(void)state;
	assert_true(endpoints_hash(&a, &b, SEED) != endpoints_hash(&c, &d, SEED));
	assert_true(endpoints_hash(&a, &d, SEED) != endpoints_hash(&b, &c, SEED));
	assert_true(endpoints_hash(&a, &a, SEED) != endpoints_hash(&c, &c, SEED));
}

/* Without randomness the seed is 0: addresses of IPv4, whose upper halves are 0 as well, count all
 * the same. */
static void any_seed_tells_addresses_apart(void **state)
{
	static const uint64_t seeds[] = { 0, 1, UINT64_MAX, SEED };
	struct endpoint server = packets_endpoint("10.0.0.1", 80);
	struct endpoint client = packets_endpoint("10.1.0.1", 40000);

	(void)state;
	for (unsigned i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		for (unsigned n = 12 * 8; n < 16 * 8; n++) {
			struct endpoint other = with_bit(client, n);

			assert_true(endpoints_hash(&client, &server, seeds[i]) >> 32 !=
				    endpoints_hash(&other, &server, seeds[i]) >> 32);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_directions_have_one_hash),
		cmocka_unit_test(any_bit_makes_another_endpoint),
		cmocka_unit_test(bits_do_not_cancel_out),
		cmocka_unit_test(ends_are_not_mixed),
		cmocka_unit_test(any_seed_tells_addresses_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
