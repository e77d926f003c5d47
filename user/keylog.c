/* SPDX-License-Identifier: BSD-2-Clause */
#include "keylog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tls/keys.h"

/* A line of the longest secrets has 200 bytes; one that does not fit here is none. */
#define READ_MAX (64u << 10)
/* The beginning tells a file that was begun anew from one that has grown: a comment, and the random
 * of its first line. */
#define HEAD_MAX 160

struct keylog {
	struct tls_keys *keys;
	int fd;
	bool is_growing;
	off_t offset;           /* of the first byte that was not taken */
	uint8_t head[HEAD_MAX]; /* what the file began with when it was read last */
	size_t head_len;
	char bytes[READ_MAX];
};

int keylog_open(const char *path, struct tls_keys *keys, bool is_growing, struct keylog **out,
		char *why, size_t why_cap)
{
	struct keylog *k = calloc(1, sizeof(*k));
	struct stat st;
	int err = -ENOMEM;

	*out = NULL;
	if (!k)
		goto out_free;
	k->keys = keys;
	k->is_growing = is_growing;
	k->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (k->fd < 0 || fstat(k->fd, &st)) {
		err = -errno;
		goto out_close;
	}
	/* It is read again and again, which no pipe allows. */
	err = S_ISREG(st.st_mode) ? 0 : S_ISDIR(st.st_mode) ? -EISDIR : -ESPIPE;
	if (err)
		goto out_close;
	*out = k;
	return 0;

out_close:
	if (k->fd >= 0)
		close(k->fd);
out_free:
	free(k);
	snprintf(why, why_cap, "--keylog %s: %s", path, strerror(-err));
	return err;
}

/* Of n bytes, those up to the last line's end, or as many as can be taken without one. */
static size_t whole_lines(const struct keylog *k, size_t n)
{
	const char *end = memrchr(k->bytes, '\n', n);

	if (end)
		return (size_t)(end - k->bytes) + 1;
	return n == READ_MAX || !k->is_growing ? n : 0;
}

/* Go back to the beginning when it is another. */
static void head_check(struct keylog *k)
{
	uint8_t now[HEAD_MAX];
	ssize_t n = pread(k->fd, now, k->head_len, 0);

	if (n != (ssize_t)k->head_len || memcmp(now, k->head, k->head_len) != 0)
		k->offset = 0;
}

static void head_keep(struct keylog *k)
{
	ssize_t n = pread(k->fd, k->head, k->offset < HEAD_MAX ? (size_t)k->offset : HEAD_MAX, 0);

	k->head_len = n > 0 ? (size_t)n : 0;
}

bool keylog_read(struct keylog *k)
{
	struct stat st;
	bool has_new = false;
	ssize_t n;

	if (fstat(k->fd, &st))
		return false;
	head_check(k);
	while (st.st_size > k->offset &&
	       (n = pread(k->fd, k->bytes, sizeof(k->bytes), k->offset)) > 0) {
		size_t used = whole_lines(k, (size_t)n);

		if (!used)
			break;
		tls_keys_add(k->keys, span_make(k->bytes, used));
		k->offset += (off_t)used;
		has_new = true;
	}
	if (has_new)
		head_keep(k);
	explicit_bzero(k->bytes, sizeof(k->bytes));
	return has_new;
}

void keylog_close(struct keylog *k)
{
	if (!k)
		return;
	close(k->fd);
	explicit_bzero(k->head, sizeof(k->head));
	free(k);
}
