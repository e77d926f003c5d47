/* SPDX-License-Identifier: BSD-2-Clause */
#include "web/files.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void look(const char *path, struct stat *out)
{
	*out = (struct stat){ 0 };
	if (path)
		(void)stat(path, out);
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* A small file as a text. 0, or -errno with why[]. */
static int text_read(const char *path, char **out, char *why, size_t why_cap)
{
	FILE *file = fopen(path, "re");
	char *text = file ? calloc(1, WEB_FILE_MAX + 1) : NULL;
	size_t len;
	int err = file ? -ENOMEM : -errno;

	if (!text)
		goto out_close;
	len = fread(text, 1, WEB_FILE_MAX, file);
	err = ferror(file) ? -EIO : len == WEB_FILE_MAX ? -EFBIG : 0;
	if (!err)
		*out = text;
	else
		free(text);

out_close:
	if (file)
		fclose(file);
	if (err)
		snprintf(why, why_cap, "%s: %s", path, strerror(-err));
	return err;
}

/* Whether certificate and key are such, and belong to each other. */
static int pair_check(const struct web_files *f, char *why, size_t why_cap)
{
	gnutls_certificate_credentials_t cred;
	gnutls_datum_t cert = { (unsigned char *)f->cert, (unsigned)strlen(f->cert) };
	gnutls_datum_t key = { (unsigned char *)f->key, (unsigned)strlen(f->key) };
	int rc;

	if (gnutls_certificate_allocate_credentials(&cred) < 0)
		return -ENOMEM;
	rc = gnutls_certificate_set_x509_key_mem(cred, &cert, &key, GNUTLS_X509_FMT_PEM);
	gnutls_certificate_free_credentials(cred);
	if (rc >= 0)
		return 0;
	snprintf(why, why_cap, "%s and %s: %s", f->config.cert_file, f->config.key_file,
		 gnutls_strerror(rc));
	return -EINVAL;
}

void files_look(const char *path, struct web_files *f)
{
	look(path, &f->seen[0]);
	look(f->config.cert_file, &f->seen[1]);
	look(f->config.key_file, &f->seen[2]);
}

int files_read(const char *path, struct web_files *out, char *why, size_t why_cap)
{
	int err;

	*out = (struct web_files){ 0 };
	if (!path)
		return 0;
	err = config_read(path, &out->config, why, why_cap);
	if (err)
		return err;
	/* Before they are read: a change meanwhile is seen the next time. */
	files_look(path, out);
	if (!out->config.cert_file)
		return 0;
	err = text_read(out->config.cert_file, &out->cert, why, why_cap);
	if (!err)
		err = text_read(out->config.key_file, &out->key, why, why_cap);
	if (!err)
		err = pair_check(out, why, why_cap);
	if (err)
		files_fini(out);
	return err;
}

bool files_have_changed(const char *path, const struct web_files *f)
{
	struct web_files now = { .config = f->config };

	files_look(path, &now);
	return !is_same(&now.seen[0], &f->seen[0]) || !is_same(&now.seen[1], &f->seen[1]) ||
	       !is_same(&now.seen[2], &f->seen[2]);
}

void files_fini(struct web_files *f)
{
	if (f->key)
		gnutls_memset(f->key, 0, strlen(f->key));
	free(f->key);
	free(f->cert);
	config_fini(&f->config);
	*f = (struct web_files){ 0 };
}
