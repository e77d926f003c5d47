/* SPDX-License-Identifier: BSD-2-Clause */
#include "web/config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/failmalloc.h"
#include "web/login.h"

/* "secret", at bcrypt's lowest cost. */
#define HASH "$2y$04$JCFPXYYPvzp.AKdQHx30Re4KTvDFHxatrNxYVI2m4evTavZMZE9aq"

static char path[64];

static int setup(void **state)
{
	int fd;

	(void)state;
	strcpy(path, "/tmp/cors-sniff-config-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static int read_text(const char *text, struct web_config *out, char *why, size_t why_cap)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	why[0] = '\0';
	return config_read(path, out, why, why_cap);
}

static void files_are_relative_to_the_configuration(void **state)
{
	struct web_config c;
	char why[512];

	(void)state;
	assert_int_equal(read_text("tls_server_config:\n  cert_file: a.crt\n"
				   "  key_file: /etc/b.key\n  min_version: TLS13\n",
				   &c, why, sizeof(why)),
			 0);
	assert_string_equal(c.cert_file, "/tmp/a.crt");
	assert_string_equal(c.key_file, "/etc/b.key");
	assert_true(c.is_tls13);
	assert_int_equal(c.users_cnt, 0);
	config_fini(&c);
}

static void users_have_names_and_hashes(void **state)
{
	struct web_config c;
	char why[512];

	(void)state;
	assert_int_equal(read_text("# who may look\nbasic_auth_users:\n  alice: " HASH
				   "\n  'bob b': \"" HASH "\"\n",
				   &c, why, sizeof(why)),
			 0);
	assert_int_equal(c.users_cnt, 2);
	assert_string_equal(c.users[1].name, "bob b");
	assert_string_equal(c.users[1].hash, HASH);
	assert_null(c.cert_file);
	config_fini(&c);
}

static void nothing_is_a_configuration_of_nothing(void **state)
{
	static const char *const texts[] = { "", "# nothing\n", "---\n", "basic_auth_users:\n",
					     "tls_server_config: {}\n" };
	char why[512];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct web_config c;

		if (read_text(texts[i], &c, why, sizeof(why)) != 0)
			fail_msg("%s: %s", texts[i], why);
		assert_int_equal(c.users_cnt, 0);
		assert_null(c.cert_file);
		config_fini(&c);
	}
}

static void what_is_not_known_is_refused_by_name_and_line(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "http_server_config:\n  http2: true\n", ":1: http_server_config" },
		{ "tls_server_config:\n  client_auth_type: x\n", ":2: client_auth_type" },
		{ "tls_server_config:\n  cert_file: a\n", "go together" },
		{ "tls_server_config:\n  cert_file: a\n  cert_file: b\n",
		  ":3: cert_file is given" },
		{ "tls_server_config:\n  cert_file: [a]\n", ":2: cert_file" },
		{ "tls_server_config:\n  min_version: TLS10\n", ":2: min_version" },
		{ "basic_auth_users: 7\n", ":1: names with values" },
		{ "basic_auth_users:\n  a: secret\n", ":2: a: write a bcrypt" },
		{ "basic_auth_users:\n  a: $1$salt$hash\n", ":2: a: write a bcrypt" },
		{ "basic_auth_users:\n  'a:b': " HASH "\n", "no colon" },
		{ "basic_auth_users:\n  a: " HASH "\n  a: " HASH "\n", ":3: a is given twice" },
		{ "basic_auth_users:\n  [a]: " HASH "\n", ":2: a name" },
		{ "- a\n", ":1: names with values" },
		{ "a: b\n\t- c", ":2: " },
		{ "\"a\\0b\": c\n", ":1: a name" },
	};
	char why[512];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct web_config c;

		assert_int_equal(read_text(cases[i].text, &c, why, sizeof(why)), -EINVAL);
		if (!strstr(why, cases[i].says) || strchr(why, '\n'))
			fail_msg("'%s' gives '%s', not '%s'", cases[i].text, why, cases[i].says);
		assert_null(c.cert_file);
		assert_int_equal(c.users_cnt, 0);
	}
}

static void users_end_at_their_number(void **state)
{
	char why[512], *text = NULL;
	size_t len;
	struct web_config c;

	(void)state;
	for (unsigned n = WEB_USERS_MAX; n <= WEB_USERS_MAX + 1; n++) {
		FILE *f = open_memstream(&text, &len);

		fputs("basic_auth_users:\n", f);
		for (unsigned i = 0; i < n; i++)
			fprintf(f, "  u%u: %s\n", i, HASH);
		fclose(f);
		assert_int_equal(read_text(text, &c, why, sizeof(why)),
				 n > WEB_USERS_MAX ? -EINVAL : 0);
		config_fini(&c);
		free(text);
	}
}

static void a_file_that_is_not_there_is_told(void **state)
{
	struct web_config c;
	char why[512];

	(void)state;
	assert_int_equal(config_read("/nonexistent.yml", &c, why, sizeof(why)), -ENOENT);
	assert_non_null(strstr(why, "/nonexistent.yml"));
}

static void short_memory_is_told(void **state)
{
	char why[512];

	(void)state;
	for (unsigned n = 1; n < 200; n++) {
		struct web_config c;
		int err;
		bool was_short;

		(void)read_text("basic_auth_users:\n  a: " HASH "\n", &c, why, sizeof(why));
		config_fini(&c);
		failmalloc_arm(n);
		err = config_read(path, &c, why, sizeof(why));
		was_short = failmalloc_disarm();
		if (err)
			assert_true(strlen(why) > 0 && c.users_cnt == 0);
		config_fini(&c);
		if (!was_short)
			return;
	}
	fail_msg("it never ends");
}

static void a_password_is_right_or_not(void **state)
{
	struct web_config c;
	struct login l = { .next = 0 };
	char why[512];

	(void)state;
	assert_int_equal(read_text("basic_auth_users:\n  alice: " HASH "\n", &c, why, sizeof(why)),
			 0);
	for (unsigned i = 0; i < 3; i++) {
		assert_true(login_is_right(&l, &c, "alice", "secret"));
		assert_false(login_is_right(&l, &c, "alice", "Secret"));
		assert_false(login_is_right(&l, &c, "alice", ""));
		assert_false(login_is_right(&l, &c, "", "secret"));
		assert_false(login_is_right(&l, &c, "eve", "secret"));
		/* The colon between them is not theirs to move. */
		assert_false(login_is_right(&l, &c, "alice:sec", "ret"));
	}
	assert_int_equal(l.next, 1);
	config_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_relative_to_the_configuration),
		cmocka_unit_test(users_have_names_and_hashes),
		cmocka_unit_test(nothing_is_a_configuration_of_nothing),
		cmocka_unit_test(what_is_not_known_is_refused_by_name_and_line),
		cmocka_unit_test(users_end_at_their_number),
		cmocka_unit_test(a_file_that_is_not_there_is_told),
		cmocka_unit_test(short_memory_is_told),
		cmocka_unit_test(a_password_is_right_or_not),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
