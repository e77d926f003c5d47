/* SPDX-License-Identifier: BSD-2-Clause */
#include "tls/keys.h"

#include <stdlib.h>

#include <openssl/crypto.h>

#include "base/hash.h"
#include "base/limits.h"

#define COUNTER_ROW_OF(name, class, help) COUNTER_ROW(tls_keys_stats, name, class, help)
const struct counter tls_keys_counters[] = { TLS_KEYS_COUNTERS(COUNTER_ROW_OF) };
const size_t tls_keys_counters_cnt = sizeof(tls_keys_counters) / sizeof(tls_keys_counters[0]);

/* One connection. */
struct entry {
	uint8_t random[TLS_RANDOM_LEN];
	struct tls_secret secrets[TLS_SECRET_KINDS];
	uint32_t next; /* index + 1 in the same bucket; 0 ends */
};

/* The buckets are as many as the entries that there is room for: both grow together. When max is
 * reached, the oldest entry is written over, so that a log may grow for ever. */
struct tls_keys {
	struct entry *entries;
	uint32_t *buckets; /* index + 1; 0 is empty */
	uint32_t cnt, cap, max;
	uint32_t oldest; /* the next to be written over */
	uint64_t seed;
	struct tls_keys_stats stats;
};

struct tls_keys *tls_keys_new(uint64_t seed, uint32_t max)
{
	struct tls_keys *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	k->seed = seed;
	k->max = max ? max : TLS_KEYS_MAX;
	return k;
}

void tls_keys_free(struct tls_keys *k)
{
	if (!k)
		return;
	if (k->entries)
		OPENSSL_cleanse(k->entries, k->cap * sizeof(*k->entries));
	free(k->entries);
	free(k->buckets);
	free(k);
}

static uint32_t *bucket_of(const struct tls_keys *k, const uint8_t *random)
{
	return &k->buckets[hash_bytes(random, TLS_RANDOM_LEN, k->seed) % k->cap];
}

static struct entry *entry_find(const struct tls_keys *k, const uint8_t *random)
{
	uint32_t i = k->cap ? *bucket_of(k, random) : 0;

	while (i && memcmp(k->entries[i - 1].random, random, TLS_RANDOM_LEN) != 0)
		i = k->entries[i - 1].next;
	return i ? &k->entries[i - 1] : NULL;
}

static void entry_link(struct tls_keys *k, uint32_t i)
{
	uint32_t *bucket = bucket_of(k, k->entries[i].random);

	k->entries[i].next = *bucket;
	*bucket = i + 1;
}

static void entry_unlink(struct tls_keys *k, uint32_t i)
{
	uint32_t *at = bucket_of(k, k->entries[i].random);

	while (*at != i + 1)
		at = &k->entries[*at - 1].next;
	*at = k->entries[i].next;
}

/* Room for more entries. False when memory is short. */
static bool keys_grow(struct tls_keys *k)
{
	uint32_t cap = k->cap ? k->cap * 2 : 64;
	struct entry *entries;
	uint32_t *buckets;

	cap = cap < k->max ? cap : k->max;
	entries = calloc(cap, sizeof(*entries));
	buckets = calloc(cap, sizeof(*buckets));
	if (!entries || !buckets) {
		free(entries);
		free(buckets);
		return false;
	}
	/* Not realloc(), which would leave secrets behind. */
	if (k->cnt) {
		memcpy(entries, k->entries, k->cnt * sizeof(*entries));
		OPENSSL_cleanse(k->entries, k->cnt * sizeof(*entries));
	}
	free(k->entries);
	free(k->buckets);
	k->entries = entries;
	k->buckets = buckets;
	k->cap = cap;
	for (uint32_t i = 0; i < k->cnt; i++)
		entry_link(k, i);
	return true;
}

/* The entry of random, a new one if there is none yet. NULL when memory is short. */
static struct entry *entry_get(struct tls_keys *k, const uint8_t *random)
{
	struct entry *e = entry_find(k, random);
	uint32_t i;

	if (e)
		return e;
	if (k->cnt == k->cap && k->cap < k->max && !keys_grow(k))
		return NULL;
	if (k->cnt < k->cap) {
		i = k->cnt++;
	} else {
		i = k->oldest;
		k->oldest = (i + 1) % k->cap;
		entry_unlink(k, i);
		k->stats.forgotten++;
	}
	e = &k->entries[i];
	memset(e, 0, sizeof(*e));
	memcpy(e->random, random, TLS_RANDOM_LEN);
	entry_link(k, i);
	k->stats.secrets++;
	return e;
}

/* The value of a hexadecimal digit, or -1. */
static int digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The bytes that text writes out, at most max; 0 when it is anything else. */
static size_t hex_read(struct span text, uint8_t *out, size_t max)
{
	if (text.len % 2 || text.len / 2 > max)
		return 0;
	for (size_t i = 0; i < text.len / 2; i++) {
		int high = digit(text.ptr[2 * i]), low = digit(text.ptr[2 * i + 1]);

		if (high < 0 || low < 0)
			return 0;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return text.len / 2;
}

/* The kind that a label names, or TLS_SECRET_KINDS. */
static enum tls_secret_kind kind_of(struct span label)
{
	static const char *const labels[TLS_SECRET_KINDS] = {
		[TLS_SECRET_MASTER] = "CLIENT_RANDOM",
		[TLS_SECRET_CLIENT_EARLY] = "CLIENT_EARLY_TRAFFIC_SECRET",
		[TLS_SECRET_CLIENT_HANDSHAKE] = "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
		[TLS_SECRET_SERVER_HANDSHAKE] = "SERVER_HANDSHAKE_TRAFFIC_SECRET",
		[TLS_SECRET_CLIENT_TRAFFIC] = "CLIENT_TRAFFIC_SECRET_0",
		[TLS_SECRET_SERVER_TRAFFIC] = "SERVER_TRAFFIC_SECRET_0",
	};
	unsigned kind = 0;

	while (kind < TLS_SECRET_KINDS && !span_is(label, labels[kind]))
		kind++;
	return (enum tls_secret_kind)kind;
}

/* The word at the front of *line, which moves on behind it. */
static struct span word_take(struct span *line)
{
	size_t end = span_find(*line, ' ');
	struct span word = span_first(*line, end);

	*line = span_trim(span_from(*line, end));
	return word;
}

static bool is_length_good(enum tls_secret_kind kind, size_t len)
{
	return len == TLS_SECRET_MAX || (kind != TLS_SECRET_MASTER && len == 32);
}

static void line_add(struct tls_keys *k, struct span line)
{
	struct span label = word_take(&line), random_hex = word_take(&line);
	enum tls_secret_kind kind = kind_of(label);
	uint8_t random[TLS_RANDOM_LEN];
	struct tls_secret secret;
	struct entry *e;

	if (kind == TLS_SECRET_KINDS) {
		k->stats.lines_other++;
		return;
	}
	secret.len = (uint8_t)hex_read(line, secret.bytes, sizeof(secret.bytes));
	if (hex_read(random_hex, random, sizeof(random)) != sizeof(random) ||
	    !is_length_good(kind, secret.len)) {
		k->stats.lines_bad++;
		return;
	}
	e = entry_get(k, random);
	if (e)
		e->secrets[kind] = secret;
	else
		k->stats.no_memory++;
	OPENSSL_cleanse(&secret, sizeof(secret));
}

void tls_keys_add(struct tls_keys *k, struct span lines)
{
	while (lines.len) {
		size_t end = span_find(lines, '\n');
		struct span line = span_first(lines, end);

		lines = span_from(lines, end + 1);
		if (line.len && line.ptr[line.len - 1] == '\r')
			line.len--;
		line = span_trim(line);
		if (line.len && line.ptr[0] != '#')
			line_add(k, line);
	}
}

const struct tls_secret *tls_keys_find(const struct tls_keys *k, const uint8_t *random,
				       enum tls_secret_kind kind)
{
	const struct entry *e = entry_find(k, random);

	return e && e->secrets[kind].len ? &e->secrets[kind] : NULL;
}

bool tls_keys_has_any(const struct tls_keys *k)
{
	return k->cnt != 0;
}

const struct tls_keys_stats *tls_keys_stats(const struct tls_keys *k)
{
	return &k->stats;
}
