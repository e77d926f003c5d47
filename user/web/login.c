/* SPDX-License-Identifier: BSD-2-Clause */
#include "web/login.h"

#include <crypt.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The hash of a user who does not exist: htpasswd's and exporter-toolkit's usual cost. Nothing
 * that crypt() returns equals it, since its last part is cut off. */
#define NOBODY "$2y$10$......................"

static bool is_same(const char *a, const char *b)
{
	size_t len = strlen(a);

	return len == strlen(b) && gnutls_memcmp(a, b, len) == 0;
}

static bool is_known(const struct login *l, const char *both)
{
	bool found = false;

	for (unsigned i = 0; i < WEB_LOGINS_MAX; i++)
		found |= l->right[i][0] && is_same(l->right[i], both);
	return found;
}

static const char *hash_of(const struct web_config *c, const char *user)
{
	const char *hash = NOBODY;

	for (size_t i = 0; i < c->users_cnt; i++) {
		if (strcmp(c->users[i].name, user) == 0)
			hash = c->users[i].hash;
	}
	return hash;
}

static bool is_right(const char *password, const char *hash)
{
	struct crypt_data *data = calloc(1, sizeof(*data)); /* 32 KiB */
	const char *made = data ? crypt_r(password, hash, data) : NULL;
	/* crypt() says by '*' that it could not. */
	bool is = made && made[0] != '*' && is_same(made, hash);

	free(data);
	return is;
}

bool login_is_right(struct login *l, const struct web_config *c, const char *user,
		    const char *password)
{
	char both[WEB_LOGIN_CAP];
	int n = snprintf(both, sizeof(both), "%s:%s", user, password);
	bool fits = n > 0 && (size_t)n < sizeof(both);

	if (fits && is_known(l, both))
		return true;
	if (!is_right(password, hash_of(c, user)))
		return false;
	if (fits)
		memcpy(l->right[l->next++ % WEB_LOGINS_MAX], both, sizeof(both));
	return true;
}
