/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"

#define BLOCK_SECTION   0x0a0d0d0au
#define BLOCK_INTERFACE 1u
#define BLOCK_PACKET    6u
#define BYTE_ORDER_MARK 0x1a2b3c4du
#define OPTION_COMMENT  1u /* opt_comment */
#define OPTION_NAME     2u /* if_name */
#define OPTION_UNIT     9u /* if_tsresol */
#define OPTION_PROGRAM  4u /* shb_userappl */
#define UNIT_NS         9u /* 10^-9 s */
/* Type and length before a block's body, and the length after it. */
#define BLOCK_FRAME 12u

/* A name in its file: the pattern, what strftime made of it, and the number after it. */
#define NAME_CAP 4096

/* An interface of the file being written. */
struct port {
	const char *source; /* packet.source, by its address: it lives as long as the run */
	uint32_t link;
};

struct writer {
	struct writer_config config;
	FILE *file;
	char name[NAME_CAP];
	uint64_t bytes;    /* written to the file */
	uint64_t begin_ns; /* of the time slice, with -G */
	uint32_t number;   /* of the file in its time slice, from 0 */
	uint32_t slices;   /* time slices before this one */
	bool is_full;
	struct port *ports; /* in the order of their numbers in the file */
	uint32_t ports_cnt, ports_cap;
};

/* Body bytes are padded to four. */
static uint32_t padded(uint32_t len)
{
	return (len + 3) & ~3u;
}

static void put(struct writer *w, const void *bytes, size_t len)
{
	if (len)
		(void)fwrite(bytes, 1, len, w->file);
	w->bytes += len;
}

/* In the byte order of this machine; the section header tells which it is. */
static void put32(struct writer *w, uint32_t n)
{
	put(w, &n, sizeof(n));
}

/* Bytes, and zeros up to the next multiple of four. */
static void put_padded(struct writer *w, const void *bytes, uint32_t len)
{
	static const uint8_t zeros[4];

	put(w, bytes, len);
	put(w, zeros, padded(len) - len);
}

static void put_option(struct writer *w, uint16_t code, const void *value, uint16_t len)
{
	put(w, &code, sizeof(code));
	put(w, &len, sizeof(len));
	put_padded(w, value, len);
}

static void put_section(struct writer *w)
{
	static const char program[] = "cors-sniff " VERSION;
	static const uint16_t version[2] = { 1, 0 };
	static const uint64_t unknown_length = UINT64_MAX;
	uint32_t len = BLOCK_FRAME + 16 + 4 + padded(sizeof(program) - 1) + 4;

	put32(w, BLOCK_SECTION);
	put32(w, len);
	put32(w, BYTE_ORDER_MARK);
	put(w, version, sizeof(version));
	put(w, &unknown_length, sizeof(unknown_length));
	put_option(w, OPTION_PROGRAM, program, sizeof(program) - 1);
	put_option(w, 0, NULL, 0);
	put32(w, len);
}

static void put_interface(struct writer *w, const struct port *p)
{
	static const uint8_t unit = UNIT_NS;
	size_t name_len = strlen(p->source);
	uint16_t name_kept = (uint16_t)(name_len < CAPTURE_NAME_MAX ? name_len : CAPTURE_NAME_MAX);
	uint32_t len = BLOCK_FRAME + 8 + 4 + padded(name_kept) + 4 + 4 + 4;

	put32(w, BLOCK_INTERFACE);
	put32(w, len);
	put32(w, p->link & 0xffff);
	put32(w, w->config.snaplen);
	put_option(w, OPTION_NAME, p->source, name_kept);
	put_option(w, OPTION_UNIT, &unit, sizeof(unit));
	put_option(w, 0, NULL, 0);
	put32(w, len);
}

/* The name of the file to be written now. */
static int name_make(struct writer *w)
{
	time_t begin_s = (time_t)(w->begin_ns / NS_PER_S);
	char base[NAME_CAP - 16];
	int digits = 0;
	struct tm t;

	if (w->config.every_s) {
		if (!localtime_r(&begin_s, &t) ||
		    strftime(base, sizeof(base), w->config.path, &t) == 0)
			return -ENAMETOOLONG;
	} else if (strlen(w->config.path) < sizeof(base)) {
		strcpy(base, w->config.path);
	} else {
		return -ENAMETOOLONG;
	}
	/* Leading zeros, so that names in turn sort. */
	if (w->config.file_bytes && w->config.files_max)
		digits = snprintf(NULL, 0, "%u", w->config.files_max - 1);
	if (w->number || digits)
		(void)snprintf(w->name, sizeof(w->name), "%s%0*u", base, digits, w->number);
	else
		(void)snprintf(w->name, sizeof(w->name), "%s", base);
	return 0;
}

static int file_close(struct writer *w)
{
	int err = 0;

	if (!w->file)
		return 0;
	if (ferror(w->file))
		err = -EIO;
	errno = 0;
	if (fclose(w->file) != 0)
		err = errno ? -errno : -EIO;
	w->file = NULL;
	return err;
}

/* Create the file of w->name, and what stands at its begin. */
static int file_create(struct writer *w)
{
	/* What was captured is for nobody else's eyes. */
	int fd = open(w->name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600);

	if (fd < 0)
		return -errno;
	w->file = fdopen(fd, "w");
	if (!w->file) {
		close(fd);
		return -ENOMEM;
	}
	w->bytes = 0;
	w->ports_cnt = 0;
	put_section(w);
	return 0;
}

static int file_begin(struct writer *w)
{
	int err = file_close(w), next = name_make(w);

	if (!next)
		next = file_create(w);
	return err ? err : next;
}

int writer_open(const struct writer_config *config, uint64_t now_ns, struct writer **out, char *why,
		size_t why_cap)
{
	struct writer *w = calloc(1, sizeof(*w));
	int err = -ENOMEM;

	*out = NULL;
	if (w) {
		w->config = *config;
		w->begin_ns = now_ns;
		err = file_begin(w);
	}
	if (!err)
		err = writer_flush(w);
	if (err) {
		(void)snprintf(why, why_cap, "%s", strerror(-err));
		if (w)
			(void)file_close(w);
		free(w);
		return err;
	}
	*out = w;
	return 0;
}

/* Another file, when the packet is not for this one any more. */
static int rotate(struct writer *w, const struct packet *p)
{
	uint64_t slice_ns = w->config.every_s * NS_PER_S;

	if (slice_ns && p->time_ns >= w->begin_ns + slice_ns) {
		w->slices++;
		if (w->config.files_max && !w->config.file_bytes &&
		    w->slices >= w->config.files_max) {
			w->is_full = true;
			return WRITER_FULL;
		}
		w->begin_ns = p->time_ns;
		w->number = 0;
		return file_begin(w);
	}
	if (w->config.file_bytes && w->bytes > w->config.file_bytes) {
		w->number++;
		if (w->config.files_max && w->number >= w->config.files_max)
			w->number = 0;
		return file_begin(w);
	}
	return 0;
}

/* The number of the packet's interface in the file; its block is written when it is new there. */
static int port_find(struct writer *w, const struct packet *p, uint32_t *id)
{
	for (*id = 0; *id < w->ports_cnt; (*id)++) {
		if (w->ports[*id].source == p->source && w->ports[*id].link == p->link)
			return 0;
	}
	if (w->ports_cnt == w->ports_cap) {
		uint32_t cap = w->ports_cap ? w->ports_cap * 2 : 4;
		struct port *more = realloc(w->ports, cap * sizeof(*more));

		if (!more)
			return -ENOMEM;
		w->ports = more;
		w->ports_cap = cap;
	}
	w->ports[*id] = (struct port){ .source = p->source, .link = p->link };
	put_interface(w, &w->ports[w->ports_cnt++]);
	return 0;
}

int writer_turn(struct writer *w, const struct packet *p)
{
	return w->is_full ? WRITER_FULL : rotate(w, p);
}

int writer_packet(struct writer *w, const struct packet *p)
{
	uint16_t comment_len =
		(uint16_t)(p->comment.len < UINT16_MAX ? p->comment.len : UINT16_MAX);
	/* The comment's head and an end of options. */
	uint32_t options_len = comment_len ? 4 + padded(comment_len) + 4 : 0;
	uint32_t id, len = BLOCK_FRAME + 20 + padded(p->caplen) + options_len;
	int err = writer_turn(w, p);

	if (!err && !w->file)
		err = -EBADF;
	if (!err)
		err = port_find(w, p, &id);
	if (err)
		return err;
	errno = 0;
	put32(w, BLOCK_PACKET);
	put32(w, len);
	put32(w, id);
	put32(w, (uint32_t)(p->time_ns >> 32));
	put32(w, (uint32_t)p->time_ns);
	put32(w, p->caplen);
	put32(w, p->len);
	put_padded(w, p->data, p->caplen);
	if (comment_len) {
		put_option(w, OPTION_COMMENT, p->comment.ptr, comment_len);
		put_option(w, 0, NULL, 0);
	}
	put32(w, len);
	if (ferror(w->file))
		return errno ? -errno : -EIO;
	return 0;
}

int writer_flush(struct writer *w)
{
	if (!w->file)
		return 0;
	errno = 0;
	if (fflush(w->file) != 0 || ferror(w->file))
		return errno ? -errno : -EIO;
	return 0;
}

int writer_reopen(struct writer *w)
{
	struct stat ours, there;
	FILE *old = w->file;
	int err = writer_flush(w);

	if (err || !w->file || fstat(fileno(w->file), &ours) != 0)
		return err;
	if (stat(w->name, &there) == 0 && there.st_ino == ours.st_ino &&
	    there.st_dev == ours.st_dev)
		return 0;
	err = file_create(w);
	if (err)
		w->file = old;
	else
		fclose(old);
	return err;
}

const char *writer_name(const struct writer *w)
{
	return w->name;
}

int writer_close(struct writer *w)
{
	int err;

	if (!w)
		return 0;
	err = file_close(w);
	free(w->ports);
	free(w);
	return err;
}
