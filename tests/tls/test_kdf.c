/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tls/kdf.h"

/* The bytes that text writes out, in a buffer of the caller. */
static struct span hex(const char *text, uint8_t *out)
{
	size_t n = strlen(text) / 2;

	for (size_t i = 0; i < n; i++) {
		unsigned byte;

		assert_int_equal(sscanf(text + 2 * i, "%2x", &byte), 1);
		out[i] = (uint8_t)byte;
	}
	return span_make(out, n);
}

/* RFC 8448, 3: the server's and the client's handshake keys. */
static void labels_expand_as_in_rfc_8448(void **state)
{
	static const char *const rows[][3] = {
		{ "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38",
		  "3fce516009c21727d0f2e4e86ee403bc", "5d313eb2671276ee13000b30" },
		{ "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21",
		  "dbfaa693d1762c5b666af5d950258d01", "5bd3c71b836e0b76bb73265f" },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		uint8_t buf[32], want[32], out[32];
		struct span secret = hex(rows[i][0], buf), right;

		right = hex(rows[i][1], want);
		assert_true(kdf_expand_label(SUITE_SHA256, secret, "key", out, right.len));
		assert_memory_equal(out, right.ptr, right.len);
		right = hex(rows[i][2], want);
		assert_true(kdf_expand_label(SUITE_SHA256, secret, "iv", out, right.len));
		assert_memory_equal(out, right.ptr, right.len);
	}
}

/* The vectors that the TLS working group's list has for P_SHA256 and P_SHA384. */
static void the_prf_gives_the_known_bytes(void **state)
{
	uint8_t a[32], b[32], c[32], out[100];
	struct span secret = hex("9bbe436ba940f017b17652849a71db35", a);
	struct span seed = hex("a0ba9f936cda311827a6f796ffd5198c", b);
	struct span first =
		hex("e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a", c);

	(void)state;
	assert_true(kdf_prf(SUITE_SHA256, secret, "test label", seed, out, sizeof(out)));
	assert_memory_equal(out, first.ptr, first.len);
	secret = hex("b80b733d6ceefcdc71566ea48e5567df", a);
	seed = hex("cd665cf6a8447dd6ff8b27555edb7465", b);
	first = hex("7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cd", c);
	assert_true(kdf_prf(SUITE_SHA384, secret, "test label", seed, out, sizeof(out)));
	assert_memory_equal(out, first.ptr, first.len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_expand_as_in_rfc_8448),
		cmocka_unit_test(the_prf_gives_the_known_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
