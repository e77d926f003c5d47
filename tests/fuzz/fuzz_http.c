/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * fuzz_http: any chunks of one connection. As long as no position is lost, what is told must not
 * depend on how the bytes are cut into chunks.
 *
 * Input: records of a byte that says what (bit 0 direction, bits 1 and 2: 3 is a hole, else
 * data; bits 3 to 7, and the next byte, the length) and the data.
 */
#include <stdlib.h>

#include "http/http.h"
#include "support/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEPS_MAX 64

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

static struct http_stats play(const struct replay_step *steps, size_t n, unsigned seed,
			      struct replay_log *log)
{
	const struct replay_plan plan = { .seed = seed, .piece_max = 1 + seed % 40 };
	struct http *h = http_new(replay_log_exchange, log);
	struct http_stats stats;
	struct replay r;

	log->len = log->lines = 0;
	log->text[0] = 0;
	replay_init(&r, http_chunk, h);
	replay_run(&r, steps, n, &plan);
	stats = *http_stats(h);
	if (stats.exchanges != log->lines || r.conn.consumer)
		abort();
	http_free(h);
	return stats;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct replay_log whole, cut;
	struct replay_step steps[STEPS_MAX];
	struct http_stats stats;
	bool has_hole = false;
	size_t n;

	/* What is told, escaped, has to fit into the log. */
	if (size < 3 || size > 8192)
		return 0;
	n = steps_read(steps, data + 1, size - 1);
	for (size_t i = 0; i < n; i++)
		has_hole |= steps[i].kind == CHUNK_GAP;
	stats = play(steps, n, 0, &whole);
	play(steps, n, 1 + data[0], &cut);
	if (has_hole || stats.bad_heads || stats.bad_chunks || stats.framing_conflicts)
		return 0;
	if (whole.len != cut.len || memcmp(whole.text, cut.text, whole.len) != 0)
		abort();
	return 0;
}
