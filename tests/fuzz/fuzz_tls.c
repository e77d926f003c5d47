/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * fuzz_tls: any chunks of one connection, with any key log. How the bytes are cut must not change
 * what comes out, as long as no position is lost; and what comes out keeps to the rules of chunks.
 *
 * Input: a byte of seed; two bytes with the length of the key log, and the key log; records of a
 * byte that says what (bit 0 direction, bits 1 and 2: 3 is a hole, else data; bits 3 to 7, and the
 * next byte, the length) and the data.
 */
#include <stdlib.h>

#include "base/hash.h"
#include "support/replay.h"
#include "tls/tls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEPS_MAX 64

/* What came out: of each direction, the bytes as one number. */
struct heard {
	uint64_t hash[2];
	uint64_t bytes[2];
	bool has_ended;
};

static uint64_t hear(void *ctx, struct connection *conn, const struct chunk *c)
{
	struct heard *h = ctx;

	if (h->has_ended)
		abort();
	if (c->kind == CHUNK_DATA) {
		if (!c->data.len)
			abort();
		/* Byte by byte, so that cuts do not count. */
		for (size_t i = 0; i < c->data.len; i++)
			h->hash[c->dir] = hash_bytes(&c->data.ptr[i], 1, h->hash[c->dir]);
		h->bytes[c->dir] += c->data.len;
	}
	conn->consumer = chunk_is_last(c->kind) ? NULL : h;
	h->has_ended = chunk_is_last(c->kind);
	return 0;
}

static size_t steps_read(struct replay_step *steps, const uint8_t *data, size_t size)
{
	size_t n = 0;

	while (n < STEPS_MAX - 1 && size > 2) {
		bool is_hole = (data[0] >> 1 & 3) == 3;
		size_t len = (size_t)(data[0] >> 3) << 8 | data[1];

		steps[n] = (struct replay_step){ .kind = is_hole ? CHUNK_GAP : CHUNK_DATA,
						 .dir = data[0] & 1 };
		data += 2;
		size -= 2;
		if (!is_hole) {
			len = len < size ? len : size;
			steps[n].text = (const char *)data;
			data += len;
			size -= len;
		}
		steps[n].len = len;
		n += is_hole || len;
	}
	steps[n++] = (struct replay_step){ .kind = CHUNK_RESET + size % 5 };
	return n;
}

static struct tls_stats play(const struct replay_step *steps, size_t n, struct span keylog,
			     unsigned seed, struct heard *h)
{
	const struct replay_plan plan = { .seed = seed, .piece_max = 1 + seed % 40 };
	struct tls_keys *keys = tls_keys_new(1, 4);
	struct tls *t = tls_new(&(struct tls_config){ .keys = keys, .emit = hear, .ctx = h });
	struct tls_stats stats;
	struct replay r;

	*h = (struct heard){ .has_ended = false };
	tls_keys_add(keys, keylog);
	replay_init(&r, tls_chunk, t);
	replay_run(&r, steps, n, &plan);
	if (r.conn.between || r.conn.consumer)
		abort();
	stats = *tls_stats(t);
	tls_free(t);
	tls_keys_free(keys);
	return stats;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct replay_step steps[STEPS_MAX];
	struct heard whole, cut;
	struct tls_stats stats;
	bool has_hole = false;
	size_t keylog_len, n;
	unsigned seed;

	if (size < 8)
		return 0;
	seed = data[0];
	keylog_len = (size_t)data[1] << 8 | data[2];
	data += 3;
	size -= 3;
	keylog_len = keylog_len < size ? keylog_len : size;
	n = steps_read(steps, data + keylog_len, size - keylog_len);
	for (size_t i = 0; i < n; i++)
		has_hole |= steps[i].kind == CHUNK_GAP;
	stats = play(steps, n, span_make(data, keylog_len), 0, &whole);
	play(steps, n, span_make(data, keylog_len), 1 + seed, &cut);
	if (has_hole || stats.bad_records || stats.given_up || stats.resyncs)
		return 0;
	if (memcmp(whole.hash, cut.hash, sizeof(whole.hash)) != 0)
		abort();
	return 0;
}
