/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * fuzz_h2: any frames of one HTTP/2 connection. As long as no position is lost, what is told must
 * not depend on how the bytes are cut into chunks.
 *
 * Input: a byte for the way to cut, one that says how the connection begins (bit 0 a preface, bit
 * 1 in the middle), then records: a byte that says what (bit 0 direction, bits 1 to 3: 0 a hole, 1
 * bytes as they stand, else a frame), a byte for the length, and the data, of which a frame takes
 * type, flags and stream off the front.
 */
#include <stdlib.h>

#include "http/http.h"
#include "support/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEPS_MAX 128
#define BYTES_MAX (STEPS_MAX * (9 + 256))

struct written {
	struct replay_step steps[STEPS_MAX];
	size_t cnt;
	bool has_hole;
	uint8_t bytes[BYTES_MAX];
	size_t used;
};

static void bytes_add(struct written *w, unsigned dir, const void *bytes, size_t len)
{
	struct replay_step *s = &w->steps[w->cnt - 1];

	if (!w->cnt || s->kind != CHUNK_DATA || s->dir != dir) {
		s = &w->steps[w->cnt++];
		*s = (struct replay_step){ .dir = (uint8_t)dir,
					   .text = (const char *)w->bytes + w->used };
	}
	memcpy(w->bytes + w->used, bytes, len);
	w->used += len;
	s->len += len;
}

static void hole_add(struct written *w, unsigned dir, size_t len)
{
	w->steps[w->cnt++] =
		(struct replay_step){ .kind = CHUNK_GAP, .dir = (uint8_t)dir, .len = len };
	w->has_hole = true;
}

/* A frame of the types that are read, mostly. */
static void frame_add(struct written *w, unsigned dir, struct span data)
{
	uint8_t header[9] = { 0 };

	if (data.len < 3)
		return;
	header[3] = data.ptr[0] % 12;
	header[4] = data.ptr[1];
	header[8] = data.ptr[2] % 32;
	data = span_from(data, 3);
	header[2] = (uint8_t)data.len;
	bytes_add(w, dir, header, sizeof(header));
	if (data.len)
		bytes_add(w, dir, data.ptr, data.len);
}

static void steps_write(struct written *w, uint8_t begin, struct span data)
{
	static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
	static const uint8_t settings[9] = { 0, 0, 0, 4 };

	if (begin & 2) {
		hole_add(w, 0, 0);
		hole_add(w, 1, 0);
	}
	if (begin & 1) {
		bytes_add(w, 0, preface, sizeof(preface) - 1);
		bytes_add(w, 1, settings, sizeof(settings));
	}
	while (w->cnt < STEPS_MAX - 2 && data.len > 2) {
		unsigned what = data.ptr[0], len = data.ptr[1];
		struct span bytes;

		data = span_from(data, 2);
		if (!(what >> 1 & 7)) {
			hole_add(w, what & 1, len);
			continue;
		}
		bytes = span_first(data, len);
		data = span_from(data, bytes.len);
		if (w->used + 9 + bytes.len > BYTES_MAX)
			break;
		if ((what >> 1 & 7) != 1)
			frame_add(w, what & 1, bytes);
		else if (bytes.len)
			bytes_add(w, what & 1, bytes.ptr, bytes.len);
	}
	w->steps[w->cnt++] = (struct replay_step){ .kind = CHUNK_RESET + data.len % 3 };
}

static struct http_stats play(const struct written *w, unsigned seed, struct replay_log *log)
{
	const struct replay_plan plan = { .seed = seed, .piece_max = 1 + seed % 40 };
	struct http *h = http_new(replay_log_exchange, log);
	struct http_stats stats;
	struct replay r;

	log->len = log->lines = 0;
	log->text[0] = 0;
	replay_init(&r, http_chunk, h);
	replay_run(&r, w->steps, w->cnt, &plan);
	stats = *http_stats(h);
	if (stats.exchanges != log->lines || r.conn.consumer)
		abort();
	http_free(h);
	return stats;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct replay_log whole, cut;
	static struct written w;
	struct http_stats stats;

	/* What is told, escaped, has to fit into the log; a field can come back many times. */
	if (size < 4 || size > 2048)
		return 0;
	w.cnt = w.used = 0;
	w.has_hole = false;
	steps_write(&w, data[1], span_make(data + 2, size - 2));
	stats = play(&w, 0, &whole);
	play(&w, 1 + data[0], &cut);
	/* Where the position was lost, a chunk's beginning shows where it is found again. */
	if (w.has_hole || !(data[1] & 1) || stats.http2_bad_frames || stats.bad_heads)
		return 0;
	if (whole.len != cut.len || memcmp(whole.text, cut.text, whole.len) != 0)
		abort();
	return 0;
}
