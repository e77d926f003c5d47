/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * config: the file of --web-config: TLS and passwords.
 *
 * In:   YAML, the part of Prometheus' exporter-toolkit format that is told here; anything else
 *       in it is refused by name, since a setting that is silently ignored protects nobody:
 *
 *		tls_server_config:
 *		  cert_file: server.crt   # relative to this file
 *		  key_file: server.key
 *		  min_version: TLS12      # or TLS13
 *		basic_auth_users:
 *		  alice: $2y$10$...       # bcrypt, as by htpasswd -nB
 *
 * Out:  struct web_config.
 */
#ifndef WEB_CONFIG_H
#define WEB_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"

struct web_user {
	char *name;
	char *hash; /* crypt(3)'s, by bcrypt */
};

struct web_config {
	char *cert_file, *key_file; /* both, or neither: no TLS */
	bool is_tls13;              /* nothing older */
	struct web_user users[WEB_USERS_MAX];
	size_t users_cnt; /* 0: anybody */
};

/* 0, and *out is to be given to config_fini(); or -errno with why[], and *out holds nothing. */
int config_read(const char *path, struct web_config *out, char *why, size_t why_cap);

/* Free what *c owns; takes a zeroed struct. */
void config_fini(struct web_config *c);

#endif
