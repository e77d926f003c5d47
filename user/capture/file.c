/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/names.h"
#include "capture/fallback.h"
#include "capture/guess.h"
#include "capture/pcapng.h"
#include "capture/savefile.h"
#include "capture/source.h"
#include "capture/window.h"

struct file {
	struct source base;
	struct window w;
	bool is_done;            /* the input's end was told, by last */
	enum source_status last; /* END or DAMAGED */
	bool is_pcapng;          /* else a savefile, unless fallback is set */
	struct savefile savefile;
	struct pcapng pcapng;
	struct fallback *fallback; /* NULL unless libpcap reads it */
};

/* What an offset of the window counts in, as part of a message. */
static const char *offset_of(const struct file *f)
{
	return f->w.in.codec ? " of the decompressed stream" : "";
}

static enum source_status file_done(struct file *f, enum source_status status)
{
	f->is_done = true;
	f->last = status;
	return status;
}

/* The bytes cannot be right. */
static enum source_status file_broken(struct file *f, const char *why)
{
	(void)snprintf(f->base.message, sizeof(f->base.message), "broken at offset %llu%s: %s",
		       (unsigned long long)f->w.offset, offset_of(f), why);
	return file_done(f, SOURCE_DAMAGED);
}

/* No more bytes come although the record r needs them; the window shows all that came. */
static enum source_status file_short(struct file *f, const struct record *r)
{
	const struct input *in = &f->w.in;
	unsigned long long have = r->begun + window_seen(&f->w).len;
	unsigned long long end = f->w.offset + window_seen(&f->w).len;
	const char *codec = in->codec ? in->codec->ops->name : "";
	char *to = f->base.message;
	size_t cap = sizeof(f->base.message);

	if (f->w.no_memory) {
		(void)snprintf(to, cap, "no memory for a %s of %llu bytes at offset %llu%s",
			       r->what, (unsigned long long)r->total,
			       (unsigned long long)f->w.offset, offset_of(f));
		return file_done(f, SOURCE_DAMAGED);
	}
	switch (in->status) {
	case INPUT_ERROR:
		(void)snprintf(to, cap, "cannot be read beyond offset %llu%s: %s", end,
			       offset_of(f), strerror(in->err));
		return file_done(f, SOURCE_DAMAGED);
	case INPUT_BROKEN:
		(void)snprintf(
			to, cap,
			"broken at offset %llu of the decompressed stream, near byte %llu of "
			"the %s data: %s",
			end, (unsigned long long)input_used(in), codec, in->codec->why);
		return file_done(f, SOURCE_DAMAGED);
	case INPUT_CUT:
		(void)snprintf(
			to, cap,
			"cut short: the %s data ends in its middle at byte %llu, offset %llu of "
			"the decompressed stream",
			codec, (unsigned long long)input_used(in), end);
		return file_done(f, SOURCE_DAMAGED);
	case INPUT_STOPPED: return file_done(f, SOURCE_END);
	case INPUT_OK:
	case INPUT_END: break;
	}
	if (have == 0)
		return file_done(f, SOURCE_END);
	(void)snprintf(to, cap, "cut short: %s ends at offset %llu, %llu bytes into a %s of %llu",
		       in->codec ? "the decompressed stream" : "the file", end, have, r->what,
		       (unsigned long long)r->total);
	return file_done(f, SOURCE_DAMAGED);
}

static enum record_kind file_parse(struct file *f, struct packet *out, struct record *r)
{
	struct span seen = window_seen(&f->w);

	if (f->is_pcapng)
		return pcapng_next(&f->pcapng, seen, out, r);
	return savefile_next(&f->savefile, seen, out, r);
}

/* Before the input is asked for more. */
static void follow_hooks(struct file *f)
{
	f->w.in.idle = f->base.idle;
	f->w.in.idle_ctx = f->base.idle_ctx;
	f->w.turn = f->base.turn;
	f->w.turn_ctx = f->base.turn_ctx;
}

static enum source_status file_next(struct source *s, struct packet *out)
{
	struct file *f = (struct file *)s;
	struct record r;

	if (f->is_done)
		return f->last;
	for (;;) {
		uint64_t skipped;

		switch (file_parse(f, out, &r)) {
		case RECORD_PACKET:
			window_take(&f->w, r.take);
			s->read_bytes = input_used(&f->w.in);
			return SOURCE_PACKET;
		case RECORD_SECRETS:
			if (s->secrets)
				s->secrets(s->secrets_ctx, r.secrets);
			window_take(&f->w, r.take);
			break;
		case RECORD_OTHER:
			follow_hooks(f);
			skipped = window_skip(&f->w, r.take);
			if (skipped == r.take)
				break;
			r.begun += skipped;
			return file_short(f, &r);
		case RECORD_SHORT:
			follow_hooks(f);
			if (!window_want(&f->w, r.take))
				return file_short(f, &r);
			break;
		case RECORD_BAD: return file_broken(f, r.why);
		}
	}
}

static enum source_status file_next_fallback(struct source *s, struct packet *out)
{
	struct file *f = (struct file *)s;
	struct record r = { .what = "packet record" };

	if (f->is_done)
		return f->last;
	switch (fallback_next(f->fallback, out, &r)) {
	case RECORD_PACKET: s->read_bytes = input_used(&f->w.in); return SOURCE_PACKET;
	/* libpcap cannot tell a clean end from an input that broke between two packets. */
	case RECORD_OTHER: return file_short(f, &r);
	case RECORD_SECRETS:
	case RECORD_SHORT:
	case RECORD_BAD: break;
	}
	return file_broken(f, r.why);
}

static void file_close(struct source *s)
{
	struct file *f = (struct file *)s;

	follow_hooks(f);
	fallback_close(f->fallback);
	pcapng_fini(&f->pcapng);
	window_fini(&f->w);
	free(f);
}

/*
 * Choose the reader by the first bytes. Nothing is taken from the window.
 *
 * 0        f is ready to be read
 * -EPROTO  no reader knows it; why[] says what it looks like
 */
static int file_detect(struct file *f, char *why, size_t why_cap)
{
	static const struct source_ops by_window = { .next = file_next, .close = file_close };
	static const struct source_ops by_libpcap = { .next = file_next_fallback,
						      .close = file_close };
	bool is_whole = window_want(&f->w, SAVEFILE_HEADER_LEN);
	struct span head = window_seen(&f->w);
	char err[sizeof(f->base.message)];

	f->base.ops = &by_window;
	f->is_pcapng = pcapng_is(head);
	if (f->is_pcapng || savefile_is(head))
		return 0;
	/* A compressed file that breaks before its first byte, or a dialect of pcap that ends in
	 * its header: both are damaged, and the first file_next() says so. */
	if (f->w.in.status != INPUT_OK && f->w.in.status != INPUT_END && head.len == 0)
		return 0;
	if (!is_whole && guess_is_dialect(head))
		return 0;
	f->base.ops = &by_libpcap;
	f->base.is_fleeting = true;
	f->fallback = fallback_open(&f->w, f->base.name, err, sizeof(err));
	if (f->fallback)
		return 0;
	if (guess_is_dialect(head))
		(void)snprintf(why, why_cap, "a capture that libpcap does not read: %s", err);
	else
		guess_describe(head, f->w.in.codec ? f->w.in.codec->ops->name : NULL, why, why_cap);
	return -EPROTO;
}

/* A descriptor of its own for path, so that closing the source leaves stdin alone. */
static int open_path(const char *path)
{
	int fd = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
					: open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : fd;
}

int file_open(const char *path, struct names *names, const volatile sig_atomic_t *stop,
	      struct source **out, char *why, size_t why_cap)
{
	const char *text = strcmp(path, "-") == 0 ? "stdin" : path;
	const char *name = names_keep(names, span_text(text));
	struct file *f = calloc(1, sizeof(*f));
	int fd, err = -ENOMEM;

	*out = NULL;
	if (!f || !name)
		goto out_free;
	f->base.name = f->savefile.source = f->pcapng.source = name;
	f->pcapng.names = names;
	fd = open_path(path);
	err = fd < 0 ? fd : window_init(&f->w, fd, stop);
	if (err)
		goto out_free;
	f->base.size_bytes = f->w.in.size_bytes;
	err = file_detect(f, why, why_cap);
	if (err) {
		window_fini(&f->w);
		free(f);
		return err;
	}
	*out = &f->base;
	return 0;

out_free:
	free(f);
	(void)snprintf(why, why_cap, "%s", strerror(-err));
	return err;
}

uint64_t file_bytes(const char *path)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct stat st;

	if ((is_stdin ? fstat(STDIN_FILENO, &st) : stat(path, &st)) || !S_ISREG(st.st_mode))
		return 0;
	return (uint64_t)st.st_size;
}
