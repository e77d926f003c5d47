/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

/* How long a stop may go unseen when its signal came just before the wait began. */
#define STOP_LOOK_MS 200

/* Wait for bytes, the end or an error. False when nobody wants them any more. */
static bool wait_bytes(const struct input *in)
{
	struct pollfd p = { .fd = in->fd, .events = POLLIN };

	if (!in->can_wait || !in->stop)
		return true;
	while (!__atomic_load_n(in->stop, __ATOMIC_RELAXED)) {
		int n = poll(&p, 1, STOP_LOOK_MS);

		if (n > 0 || (n < 0 && errno != EINTR))
			return true;
		if (in->idle)
			in->idle(in->idle_ctx);
	}
	return false;
}

/* Read from the descriptor itself; 0 at its end and on errors, with in->status set. */
static size_t raw_read(struct input *in, uint8_t *dst, size_t cap)
{
	ssize_t n;

	if (!wait_bytes(in)) {
		in->status = INPUT_STOPPED;
		return 0;
	}
	do
		n = read(in->fd, dst, cap);
	while (n < 0 && errno == EINTR);
	if (n > 0) {
		in->raw_bytes += (uint64_t)n;
		return (size_t)n;
	}
	in->status = n == 0 ? INPUT_END : INPUT_ERROR;
	in->err = n == 0 ? 0 : errno;
	return 0;
}

/* Fill raw[] until n bytes are held or the input ends. Only for the input's head. */
static void hold_head(struct input *in, size_t n)
{
	in->held = span_make(in->raw, 0);
	while (in->held.len < n && in->status == INPUT_OK)
		in->held.len += raw_read(in, in->raw + in->held.len, CAPTURE_RAW - in->held.len);
	/* Its end is told again when what is held has been given. */
	if (in->status == INPUT_END)
		in->status = INPUT_OK;
}

int input_init(struct input *in, int fd, const volatile sig_atomic_t *stop)
{
	const struct codec_ops *codec;
	struct stat st;
	int err = 0;

	*in = (struct input){ .fd = fd, .stop = stop, .can_wait = true };
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		in->size_bytes = (uint64_t)st.st_size;
		in->can_wait = false;
		/* A hint only: twice the read-ahead from a slow disk. */
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	}
	hold_head(in, CODEC_MAGIC_LEN);
	if (in->status == INPUT_ERROR) {
		err = -in->err;
		goto out_close;
	}
	codec = codec_find(in->held);
	if (codec) {
		in->codec = codec->open();
		err = in->codec ? 0 : -ENOMEM;
	}
	if (!err)
		return 0;
out_close:
	close(fd);
	return err;
}

void input_fini(struct input *in)
{
	if (in->codec)
		in->codec->ops->close(in->codec);
	close(in->fd);
}

static size_t read_plain(struct input *in, uint8_t *dst, size_t cap)
{
	size_t n = in->held.len < cap ? in->held.len : cap;

	if (n == 0)
		return raw_read(in, dst, cap);
	memcpy(dst, in->held.ptr, n);
	in->held = span_from(in->held, n);
	return n;
}

static size_t read_compressed(struct input *in, uint8_t *dst, size_t cap)
{
	size_t len = 0;

	for (;;) {
		bool ok = in->codec->ops->run(in->codec, &in->held, dst, cap, &len);

		if (!ok)
			in->status = INPUT_BROKEN;
		if (!ok || len)
			return len;
		if (in->held.len)
			continue;
		in->held = span_make(in->raw, raw_read(in, in->raw, CAPTURE_RAW));
		if (in->held.len)
			continue;
		if (in->status == INPUT_END && !in->codec->between)
			in->status = INPUT_CUT;
		return 0;
	}
}

size_t input_read(struct input *in, uint8_t *dst, size_t cap)
{
	if (in->status != INPUT_OK)
		return 0;
	return in->codec ? read_compressed(in, dst, cap) : read_plain(in, dst, cap);
}
