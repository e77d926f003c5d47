/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Readable as any new file of the user's; mkstemp() makes it private. */
static int make_readable(int fd)
{
	mode_t mask = umask(0);

	umask(mask);
	return fchmod(fd, 0666 & ~mask) ? -errno : 0;
}

int replace_open(struct replace *r, const char *path)
{
	static const char tail[] = ".XXXXXX";
	size_t len = strlen(path);
	int fd, err;

	*r = (struct replace){ .path = path, .temp = malloc(len + sizeof(tail)) };
	if (!r->temp)
		return -ENOMEM;
	memcpy(r->temp, path, len);
	memcpy(r->temp + len, tail, sizeof(tail));
	fd = mkostemp(r->temp, O_CLOEXEC);
	if (fd < 0) {
		err = -errno;
		free(r->temp);
		return err;
	}
	err = make_readable(fd);
	r->file = err ? NULL : fdopen(fd, "w");
	if (r->file)
		return 0;
	err = err ? err : -ENOMEM;
	close(fd);
	replace_drop(r);
	return err;
}

int replace_commit(struct replace *r)
{
	int err = 0;

	errno = 0;
	if (fflush(r->file) != 0 || fsync(fileno(r->file)) != 0)
		err = errno ? -errno : -EIO;
	if (fclose(r->file) != 0 && !err)
		err = errno ? -errno : -EIO;
	r->file = NULL;
	if (!err && rename(r->temp, r->path) != 0)
		err = -errno;
	if (err) {
		replace_drop(r);
		return err;
	}
	free(r->temp);
	return 0;
}

void replace_drop(struct replace *r)
{
	if (r->file)
		fclose(r->file);
	unlink(r->temp);
	free(r->temp);
}
