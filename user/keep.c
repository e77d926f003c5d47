/* SPDX-License-Identifier: BSD-2-Clause */
#include "keep.h"

#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "capture/writer.h"

/* Room for why the file cannot be opened. */
#define WHY_CAP 512

static void failed(struct keep *k, int err)
{
	k->has_failed = true;
	k->say(k->ctx, writer_name(k->writer), strerror(-err));
	keep_close(k);
}

int keep_open(struct keep *k, const struct writer_config *config,
	      void (*say)(void *ctx, const char *name, const char *message), void *ctx)
{
	struct timespec now;
	char why[WHY_CAP];
	int err;

	k->say = say;
	k->ctx = ctx;
	clock_gettime(CLOCK_REALTIME, &now);
	err = writer_open(config, (uint64_t)now.tv_sec * NS_PER_S, &k->writer, why, sizeof(why));
	if (err)
		say(ctx, config->path, why);
	return err;
}

void keep_close(struct keep *k)
{
	(void)writer_close(k->writer);
	k->writer = NULL;
}

void keep_reopen(struct keep *k)
{
	int err = k->writer ? writer_reopen(k->writer) : 0;

	if (err)
		failed(k, err);
}

void keep_flush(struct keep *k)
{
	int err = k->writer ? writer_flush(k->writer) : 0;

	if (err)
		failed(k, err);
}

bool keep_has_room(struct keep *k, const struct packet *pkt)
{
	int err = k->writer ? writer_turn(k->writer, pkt) : 0;

	if (err < 0)
		failed(k, err);
	return err != WRITER_FULL;
}

void keep_packet(struct keep *k, const struct packet *pkt, struct span comment)
{
	struct packet kept = *pkt;
	int err;

	kept.comment = comment;
	err = writer_packet(k->writer, &kept);
	if (err < 0)
		failed(k, err);
}
