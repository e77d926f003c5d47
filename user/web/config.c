/* SPDX-License-Identifier: BSD-2-Clause */
#include "web/config.h"

#include <crypt.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* One read: where its result and its complaint go. */
struct reading {
	const char *path;
	yaml_document_t doc;
	const yaml_node_t *key; /* what is being read; NULL: nothing yet */
	struct web_config *out;
	char *why;
	size_t why_cap;
};

static int complain(const struct reading *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* "file:3: what is wrong". Returns -EINVAL. */
static int complain(const struct reading *r, const char *format, ...)
{
	int n = snprintf(r->why, r->why_cap, "%s:%zu: ", r->path,
			 r->key ? r->key->start_mark.line + 1 : 1);
	va_list args;

	va_start(args, format);
	if (n > 0 && (size_t)n < r->why_cap)
		vsnprintf(r->why + n, r->why_cap - (size_t)n, format, args);
	va_end(args);
	return -EINVAL;
}

/* A scalar's text; NULL for what is none, or has a NUL in it. */
static const char *text_of(const yaml_node_t *n)
{
	const char *text;

	if (!n || n->type != YAML_SCALAR_NODE)
		return NULL;
	text = (const char *)n->data.scalar.value;
	return strlen(text) == n->data.scalar.length ? text : NULL;
}

typedef int (*entry_fn)(struct reading *r, const char *key, const yaml_node_t *value);

/* Each entry of a mapping; one that is empty ("key:" and nothing) has none. */
static int each_entry(struct reading *r, const yaml_node_t *map, entry_fn take)
{
	const char *text = text_of(map);

	if (text && !*text)
		return 0;
	if (!map || map->type != YAML_MAPPING_NODE)
		return complain(r, "names with values are expected here");
	for (const yaml_node_pair_t *p = map->data.mapping.pairs.start;
	     p < map->data.mapping.pairs.top; p++) {
		const yaml_node_t *key = yaml_document_get_node(&r->doc, p->key);
		const char *name = text_of(key);
		int err;

		r->key = key;
		err = name ? take(r, name, yaml_document_get_node(&r->doc, p->value))
			   : complain(r, "a name is expected here");
		if (err)
			return err;
	}
	return 0;
}

/* A file's path, which is relative to the configuration's folder. */
static int path_take(struct reading *r, const char *key, const yaml_node_t *value, char **out)
{
	const char *text = text_of(value), *slash = strrchr(r->path, '/');
	int folder = slash && text && text[0] != '/' ? (int)(slash + 1 - r->path) : 0;

	if (!text || !*text)
		return complain(r, "%s: write the path of a file", key);
	if (*out)
		return complain(r, "%s is given twice", key);
	if (asprintf(out, "%.*s%s", folder, r->path, text) < 0) {
		*out = NULL;
		return -ENOMEM;
	}
	return 0;
}

static int tls_take(struct reading *r, const char *key, const yaml_node_t *value)
{
	const char *text = text_of(value);

	if (strcmp(key, "cert_file") == 0)
		return path_take(r, key, value, &r->out->cert_file);
	if (strcmp(key, "key_file") == 0)
		return path_take(r, key, value, &r->out->key_file);
	if (strcmp(key, "min_version") != 0)
		return complain(
			r, "%.64s is not supported here (cert_file, key_file and min_version are)",
			key);
	r->out->is_tls13 = text && strcmp(text, "TLS13") == 0;
	if (r->out->is_tls13 || (text && strcmp(text, "TLS12") == 0))
		return 0;
	return complain(r, "min_version: write TLS12 or TLS13");
}

static int user_take(struct reading *r, const char *key, const yaml_node_t *value)
{
	const char *hash = text_of(value);
	struct web_user *u = &r->out->users[r->out->users_cnt];

	if (r->out->users_cnt == WEB_USERS_MAX)
		return complain(r, "more than %d users", WEB_USERS_MAX);
	if (!*key || strchr(key, ':'))
		return complain(r, "a user's name is not empty and has no colon");
	if (!hash || strncmp(hash, "$2", 2) != 0 || crypt_checksalt(hash) == CRYPT_SALT_INVALID ||
	    crypt_checksalt(hash) == CRYPT_SALT_METHOD_DISABLED)
		return complain(r, "%.64s: write a bcrypt hash, as by htpasswd -nB", key);
	for (size_t i = 0; i < r->out->users_cnt; i++) {
		if (strcmp(r->out->users[i].name, key) == 0)
			return complain(r, "%.64s is given twice", key);
	}
	*u = (struct web_user){ .name = strdup(key), .hash = strdup(hash) };
	r->out->users_cnt++;
	return u->name && u->hash ? 0 : -ENOMEM;
}

static int top_take(struct reading *r, const char *key, const yaml_node_t *value)
{
	if (strcmp(key, "tls_server_config") == 0)
		return each_entry(r, value, tls_take);
	if (strcmp(key, "basic_auth_users") == 0)
		return each_entry(r, value, user_take);
	return complain(
		r, "%.64s is not supported here (tls_server_config and basic_auth_users are)", key);
}

static int document_read(struct reading *r)
{
	const yaml_node_t *root = yaml_document_get_root_node(&r->doc);
	/* An empty file is a configuration of nothing. */
	int err = root ? each_entry(r, root, top_take) : 0;

	if (!err && !r->out->cert_file != !r->out->key_file)
		err = complain(r, "cert_file and key_file go together");
	if (err == -ENOMEM)
		snprintf(r->why, r->why_cap, "%s: memory is short", r->path);
	return err;
}

static int parse(struct reading *r, FILE *file)
{
	yaml_parser_t parser;
	int err;

	if (!yaml_parser_initialize(&parser)) {
		snprintf(r->why, r->why_cap, "%s: memory is short", r->path);
		return -ENOMEM;
	}
	yaml_parser_set_input_file(&parser, file);
	if (yaml_parser_load(&parser, &r->doc)) {
		err = document_read(r);
		yaml_document_delete(&r->doc);
	} else {
		snprintf(r->why, r->why_cap, "%s:%zu: %s", r->path, parser.problem_mark.line + 1,
			 parser.problem ? parser.problem : "it cannot be read");
		err = -EINVAL;
	}
	yaml_parser_delete(&parser);
	return err;
}

int config_read(const char *path, struct web_config *out, char *why, size_t why_cap)
{
	struct reading r = { .path = path, .out = out, .why = why, .why_cap = why_cap };
	FILE *file = fopen(path, "re");
	int err;

	*out = (struct web_config){ 0 };
	if (!file) {
		err = -errno;
		snprintf(why, why_cap, "%s: %s", path, strerror(-err));
		return err;
	}
	err = parse(&r, file);
	fclose(file);
	if (err)
		config_fini(out);
	return err;
}

void config_fini(struct web_config *c)
{
	free(c->cert_file);
	free(c->key_file);
	for (size_t i = 0; i < c->users_cnt; i++) {
		free(c->users[i].name);
		free(c->users[i].hash);
	}
	*c = (struct web_config){ 0 };
}
