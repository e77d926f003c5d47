/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Recorded connections inside TLS, from packets to exchanges: however they are cut, and whatever of
 * them is lost or damaged, nothing is told that is not so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/evp.h>

#include "base/names.h"
#include "capture/file.h"
#include "capture/source.h"
#include "http/http.h"
#include "keylog.h"
#include "net/net.h"
#include "support/replay.h"
#include "tls/tls.h"

/* What is done to a capture on its way. */
struct harm {
	uint64_t drop;     /* this packet is lost; 0: none */
	unsigned seed;     /* not 0: chunks come in pieces of 1 to piece_max bytes */
	size_t piece_max;  /* at most PIECES_MAX bytes */
	unsigned flip_one; /* a byte in about so many is damaged; 0: none */
};

struct chain {
	struct net *net;
	struct tls *tls;
	struct http *http;
	struct tls_keys *keys;
	const struct harm *harm;
	unsigned seed;
	struct replay_log *log;
	uint64_t packets;
	struct tls_stats stats;
	struct http_stats http_stats;
};

static struct replay_log whole, harmed;

static const char *const captures[] = { "pcaps/tls12.pcapng", "pcaps/tls13.pcap" };
#define CAPTURES_CNT (sizeof(captures) / sizeof(captures[0]))

static void on_secrets(void *ctx, struct span lines)
{
	tls_keys_add(ctx, lines);
}

/* Damage some bytes of a chunk, in a copy. */
static struct span damaged(struct chain *k, struct span data)
{
	static uint8_t copy[1u << 17];

	if (!k->harm->flip_one)
		return data;
	assert_true(data.len <= sizeof(copy));
	memcpy(copy, data.ptr, data.len);
	for (size_t i = 0; i < data.len; i++) {
		if ((unsigned)rand_r(&k->seed) % k->harm->flip_one == 0)
			copy[i] ^= (uint8_t)(1 << rand_r(&k->seed) % 8);
	}
	return span_make(copy, data.len);
}

/* Between net and tls: chunks in pieces, as the plan says. What is skipped stays skipped. */
static uint64_t in_pieces(void *ctx, struct connection *conn, const struct chunk *c)
{
	struct chain *k = ctx;
	struct chunk piece = *c;
	struct span rest = c->data;
	uint64_t skip = 0;

	if (c->kind != CHUNK_DATA)
		return tls_chunk(k->tls, conn, c);
	rest = damaged(k, rest);
	while (rest.len) {
		size_t n = k->harm->piece_max ? 1 + (size_t)rand_r(&k->seed) % k->harm->piece_max
					      : rest.len;
		size_t skipped = skip < rest.len ? (size_t)skip : rest.len;

		rest = span_from(rest, skipped);
		skip = skip == CHUNK_SKIP_ALL ? skip : skip - skipped;
		if (!rest.len)
			break;
		piece.data = span_first(rest, n);
		rest = span_from(rest, n);
		skip = tls_chunk(k->tls, conn, &piece);
	}
	return skip;
}

static void play(const char *capture, const struct harm *harm, struct replay_log *log,
		 struct chain *k)
{
	struct names *names = names_new();
	struct keylog *keylog = NULL;
	struct source *s;
	struct packet p;
	char why[256], keys[256];

	*k = (struct chain){ .harm = harm, .seed = harm->seed, .log = log };
	log->len = log->lines = 0;
	log->text[0] = 0;
	k->keys = tls_keys_new(1, 0);
	snprintf(keys, sizeof(keys), "%s.keys", capture);
	if (keylog_open(keys, k->keys, false, &keylog, why, sizeof(why)) == 0)
		assert_true(keylog_read(keylog));
	k->http = http_new(replay_log_exchange, log);
	k->tls = tls_new(
		&(struct tls_config){ .keys = k->keys, .emit = http_chunk, .ctx = k->http });
	k->net = net_new(&(struct net_config){ .emit = in_pieces, .ctx = k });
	assert_int_equal(file_open(capture, names, NULL, &s, why, sizeof(why)), 0);
	s->secrets = on_secrets;
	s->secrets_ctx = k->keys;
	while (source_next(s, &p) == SOURCE_PACKET) {
		p.number = ++k->packets;
		if (p.number != harm->drop)
			net_packet(k->net, &p);
	}
	net_finish(k->net);
	k->stats = *tls_stats(k->tls);
	k->http_stats = *http_stats(k->http);
	source_close(s);
	net_free(k->net);
	tls_free(k->tls);
	http_free(k->http);
	keylog_close(keylog);
	tls_keys_free(k->keys);
	names_free(names);
}

/* The line that begins at text, without its end, in a buffer of its own. */
static const char *line_of(const char *text, size_t *len)
{
	static char line[4096];

	*len = strcspn(text, "\n");
	assert_true(*len < sizeof(line));
	memcpy(line, text, *len);
	line[*len] = 0;
	return line;
}

/* An exchange of a harmed capture must be one of the whole one's, or a part that says so: the
 * request alone, the response alone, or a pair that says to be unsure. */
static bool is_honest(char *line)
{
	char *middle = strstr(line, " > "), *end = strstr(line, " = ");

	assert_non_null(middle);
	assert_non_null(end);
	/* What says of itself that fields may be missing. */
	if (strstr(line, "flaws="))
		return true;
	if (strcmp(end, " = response") == 0)
		return strstr(whole.text, line) != NULL;
	*middle = *end = 0;
	return (strcmp(line, "?") == 0 || strstr(whole.text, line)) &&
	       (strcmp(middle + 3, "?") == 0 || strstr(whole.text, middle + 3));
}

/* Never say that an end sent nothing where bytes are missing. A record with a damaged length keeps
 * its secret until the end, though: until then, curl may have reset a stream, as it does with those
 * that were answered. */
static bool blames_a_peer(const char *line, const struct harm *harm)
{
	return strstr(line, "= closed") || strstr(line, "= invalid") ||
	       (strstr(line, "= reset") && !harm->flip_one);
}

static void expect_honest(const struct harm *harm)
{
	const char *at = harmed.text;
	size_t len;

	while (*at) {
		char *line = (char *)(uintptr_t)line_of(at, &len);

		if (blames_a_peer(line, harm) || !is_honest(line)) {
			print_message("packet %llu, seed %u: %.*s\n",
				      (unsigned long long)harm->drop, harm->seed, (int)len, at);
			fail();
		}
		at += len + 1;
	}
}

static void segments_change_nothing(void **state)
{
	static const struct harm none;
	struct chain k;

	(void)state;
	for (size_t i = 0; i < CAPTURES_CNT; i++) {
		play(captures[i], &none, &whole, &k);
		assert_true(whole.lines > 20);
		for (unsigned seed = 1; seed < 16; seed++) {
			const size_t sizes[] = { 1, 7, 40, 600, 3000 };
			struct harm harm = { .seed = seed, .piece_max = sizes[seed % 5] };

			play(captures[i], &harm, &harmed, &k);
			assert_string_equal(harmed.text, whole.text);
			assert_int_equal(k.stats.bad_records, 0);
		}
	}
}

static void a_lost_packet_makes_nothing_up(void **state)
{
	static const struct harm none;
	uint64_t packets, same = 0;
	struct chain k;

	(void)state;
	for (size_t i = 0; i < CAPTURES_CNT; i++) {
		size_t lines, least;

		play(captures[i], &none, &whole, &k);
		packets = k.packets;
		least = lines = whole.lines;
		for (uint64_t n = 1; n <= packets; n++) {
			struct harm harm = { .drop = n };

			play(captures[i], &harm, &harmed, &k);
			expect_honest(&harm);
			same += strcmp(whole.text, harmed.text) == 0;
			least = harmed.lines < least ? harmed.lines : least;
		}
		/* One connection carries no more than that. */
		assert_true(least + 8 >= lines);
	}
	assert_true(same > 300);
}

static void damage_makes_nothing_up(void **state)
{
	static const struct harm none;
	uint64_t bad = 0;
	struct chain k;

	(void)state;
	for (size_t i = 0; i < CAPTURES_CNT; i++) {
		play(captures[i], &none, &whole, &k);
		for (unsigned seed = 1; seed < 40; seed++) {
			struct harm harm = { .seed = seed, .flip_one = 300u << seed % 8 };

			play(captures[i], &harm, &harmed, &k);
			expect_honest(&harm);
			bad += k.stats.bad_records;
		}
	}
	assert_true(bad > 300);
}

/* A library may lack what a connection was encrypted with: one that is to keep to FIPS 140 does. */
static void what_the_library_lacks_is_no_want_of_memory(void **state)
{
	static const struct harm none;
	struct chain k;

	(void)state;
	assert_int_equal(EVP_set_default_properties(NULL, "provider=nobody"), 1);
	for (size_t i = 0; i < CAPTURES_CNT; i++) {
		play(captures[i], &none, &harmed, &k);
		assert_int_equal(harmed.lines, 0);
		assert_int_equal(k.stats.no_memory, 0);
		assert_true(k.stats.cipher_unknown > 0);
		assert_int_equal(k.stats.tls_opened, 0);
	}
	assert_int_equal(EVP_set_default_properties(NULL, ""), 1);
	play(captures[0], &none, &harmed, &k);
	assert_true(k.stats.tls_opened > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segments_change_nothing),
		cmocka_unit_test(a_lost_packet_makes_nothing_up),
		cmocka_unit_test(damage_makes_nothing_up),
		cmocka_unit_test(what_the_library_lacks_is_no_want_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
