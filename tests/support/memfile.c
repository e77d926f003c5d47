/* SPDX-License-Identifier: BSD-2-Clause */
#include "support/memfile.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void write_all(int fd, struct span bytes)
{
	while (bytes.len) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);

		if (n <= 0)
			abort();
		bytes = span_from(bytes, (size_t)n);
	}
}

static struct memfile with_path(int fd)
{
	struct memfile m = { .fd = fd };

	(void)snprintf(m.path, sizeof(m.path), "/proc/self/fd/%d", fd);
	return m;
}

struct memfile memfile_make(struct span bytes)
{
	int fd = memfd_create("memfile", MFD_CLOEXEC);

	write_all(fd, bytes);
	return with_path(fd);
}

struct memfile memfile_pipe(struct span bytes, size_t pieces)
{
	size_t step = (bytes.len + pieces - 1) / pieces;
	int fd[2];

	/* "Packet" pipes keep writes apart. Not blocking: more bytes than the pipe holds abort
	 * instead of waiting forever. */
	if (pipe2(fd, O_CLOEXEC | O_DIRECT) < 0 ||
	    fcntl(fd[1], F_SETFL, O_DIRECT | O_NONBLOCK) < 0 ||
	    fcntl(fd[1], F_SETPIPE_SZ, MEMFILE_PIECES * 4096) < 0)
		abort();
	for (; bytes.len; bytes = span_from(bytes, step))
		write_all(fd[1], span_first(bytes, step));
	close(fd[1]);
	return with_path(fd[0]);
}

void memfile_close(struct memfile *m)
{
	close(m->fd);
}
