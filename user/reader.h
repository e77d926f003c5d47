/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * reader: one lane's way through the inputs: each packet of each file, or what the kernel gives it
 * of the interfaces, through the filter into the lane. It knows nothing of other lanes; whoever
 * runs it hears what comes out.
 *
 * In:   capture files, or open devices.
 * Out:  exchanges with their place in the order of all; how far it has come.
 *
 * Files are read here, or by a feed for one lane or several (feed.h).
 */
#ifndef READER_H
#define READER_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/device.h"
#include "intake.h"
#include "keep.h"
#include "net/net.h"
#include "parcel.h"
#include "replay.h"

struct feed;
struct lane;
struct keylog;
struct leftout;
struct pipeline_config;
struct reader;
struct source;
struct tls_keys;

struct reader_ops {
	/* x, in the order of keys. */
	void (*exchange)(void *ctx, const struct parcel_key *key, const struct exchange *x);
	/* Whatever comes from now on has a key whose at is this or more. May be NULL. */
	void (*passed)(void *ctx, uint64_t at);
	/* A line for people about an input; name may be NULL. */
	void (*say)(void *ctx, const char *name, const char *message);
	/* Now and then. False: nothing more is wanted. */
	bool (*look)(void *ctx);
};

struct reader_config {
	const struct pipeline_config *pipeline; /* borrowed, as all here */
	uint64_t seed;                          /* the same for all lanes */
	unsigned index, cnt;                    /* this lane, of how many */
	struct feed *feed;                      /* what files bring; NULL: read them here */
	const struct net_capture *capture;      /* see net_config */
	const volatile sig_atomic_t *stop;      /* ends the wait for a pipe; NULL: reader.stop */
	const struct reader_ops *ops;
	void *ctx;
};

/* One file or interface. */
struct reader_input {
	const char *name;
	uint64_t packets;
	char *trouble;         /* where and how a file is damaged, or NULL; owned */
	struct device *device; /* NULL for a file; owned by the source, once there is one */
};

struct reader {
	struct reader_config config;
	struct names *names;
	struct filter *filter; /* NULL: none */
	struct tls_keys *keys; /* TLS secrets */
	struct keylog
		*keylog; /* where they are read; NULL: they come with the packets, if at all */
	struct lane *lane;
	struct leftout *leftout; /* what the capture left out: to be kept, or read back; owned */
	struct keep keep;        /* of -w */
	struct source *live;     /* over the devices; NULL: files */
	struct parcel_key key;   /* where what is told now stands */
	uint64_t number;         /* of the last packet */
	struct intake intake;
	uint64_t look_ns; /* packets later than this: look up, live; of a pipe: the clock */
	struct replay replay;
	const char *name; /* of the input that is read now; NULL: none yet */
	struct reader_input *inputs;
	size_t inputs_cnt;          /* that were opened */
	bool is_unopened;           /* a file could not be opened */
	bool is_damaged;            /* a file was cut or broken */
	volatile sig_atomic_t stop; /* set by anyone: nothing more is wanted */
};

/* 0, or -ENOMEM, or -EINVAL when the filter does not compile, or what opening the key log gave:
 * why[] says it. *r is to be given to
 * reader_fini() in either case. */
int reader_init(struct reader *r, const struct reader_config *config, char *why, size_t why_cap);
void reader_fini(struct reader *r);

/* Add an interface; the device is the reader's from now on. */
void reader_add_device(struct reader *r, struct device *d);

/* After the last device. 0 or -ENOMEM. */
int reader_open_live(struct reader *r, const char *name);

/* Open the file of -w. 0, or -errno and it was said. */
int reader_open_writer(struct reader *r);

/* Read everything, to the end or until nothing more is wanted, and end what is open then. */
void reader_run(struct reader *r);

static inline bool reader_is_stopped(const struct reader *r)
{
	return __atomic_load_n(&r->stop, __ATOMIC_RELAXED);
}

static inline void reader_stop(struct reader *r)
{
	__atomic_store_n(&r->stop, 1, __ATOMIC_RELAXED);
}

#endif
