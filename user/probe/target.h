/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * target: which places of a program or library are to be probed.
 *
 * In:   an ELF file.
 * Out:  file offsets, and the probe that belongs on each; or why there are none.
 */
#ifndef PROBE_TARGET_H
#define PROBE_TARGET_H

#include "probe/elffile.h"

/* What is done at a place; bpf/tlsprobe.bpf.c has a program for each. */
enum probe {
	PROBE_WRITE,
	PROBE_READ,
	PROBE_WRITE_STORED,
	PROBE_READ_STORED,
	PROBE_WRITE_LONG,
	PROBE_READ_LONG,
	PROBE_HANDSHAKE,
	PROBE_INIT,
	PROBE_CLEAR,
	PROBE_FREE,
	PROBE_SET_FD,
	PROBE_GO_WRITE, /* entries of Go's functions, and where these return */
	PROBE_GO_READ,
	PROBE_GO_WRITTEN,
	PROBE_GO_HAS_READ,
	PROBE_GO_HANDSHAKE,
	PROBE_GO_CLOSE,
	PROBE_RETURN, /* these two when the function returns */
	PROBE_NEW,
	PROBE_CNT,
};

struct place {
	enum probe probe;
	uint64_t off; /* in the file */
};

enum target_kind {
	TARGET_NONE,    /* nothing of TLS is in it */
	TARGET_OPENSSL, /* OpenSSL, or what has its functions: BoringSSL, LibreSSL */
	TARGET_GNUTLS,
	TARGET_GO,
	TARGET_UNSEEN, /* TLS is in it, and cannot be probed */
};

/* A dozen functions, or Go's with a few dozen returns. */
#define TARGET_PLACES_MAX 96

struct target {
	enum target_kind kind;
	const char *name; /* "OpenSSL", "rustls"; of TARGET_UNSEEN with the reason behind it */
	bool is_own;      /* TARGET_UNSEEN: also where the program uses a library that is probed;
			   * else the words may come from that one's headers */
	struct place places[TARGET_PLACES_MAX];
	size_t places_cnt;
};

/* Look into a file. is_program: look also for TLS that cannot be seen. */
void target_find(const struct elf *e, bool is_program, struct target *out);

/* Whether a probe fires when its function returns. */
static inline bool probe_is_return(enum probe p)
{
	return p >= PROBE_RETURN;
}

#endif
