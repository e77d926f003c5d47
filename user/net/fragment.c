/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/fragment.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "net/decode.h"

/* Fragments begin at multiples of 8 bytes, so a bit for each block tells what is there. */
#define BLOCK_BYTES 8
#define BLOCKS_MAX  ((NET_FRAG_BYTES_MAX + BLOCK_BYTES) / BLOCK_BYTES)
#define BUCKETS     (2 * NET_FRAG_DATAGRAMS_MAX)
#define NONE        UINT16_MAX

_Static_assert(NET_FRAG_DATAGRAMS_MAX < NONE, "slots are numbered with 16 bits");
_Static_assert((BUCKETS & (BUCKETS - 1)) == 0, "the hash is cut by a mask");

enum datagram_state {
	DATAGRAM_FREE = 0,
	DATAGRAM_WAITING,
	DATAGRAM_DONE,    /* given out; late copies of its fragments are ignored for a while */
	DATAGRAM_DROPPED, /* overlapped; RFC 5722 drops what is still to come as well */
};

/* What fragments of one datagram have in common. No padding: it is hashed as bytes. */
struct key {
	struct address src, dst;
	uint32_t id;
	uint32_t version_protocol; /* IPv6: 1 << 8; IPv4: the protocol */
};

struct datagram {
	struct key key;
	enum datagram_state state;
	uint16_t next;         /* in the bucket, or in the free list */
	uint16_t older, newer; /* by age */
	uint8_t protocol;      /* of the payload; from the fragment with offset 0 */
	bool has_last;         /* total is known */
	uint32_t total;        /* payload bytes of the datagram */
	uint32_t end;          /* of what is there */
	uint32_t blocks;       /* bits set in here */
	uint32_t cap;          /* bytes at data */
	uint64_t time_ns;      /* WAITING, DROPPED: of the first fragment; DONE: of the end */
	uint8_t *data;
	uint64_t here[(BLOCKS_MAX + 63) / 64];
};

struct fragment_table {
	uint64_t seed;
	uint64_t clock_ns;
	size_t held;     /* bytes at the datagrams' data */
	uint8_t *whole;  /* the last one given out */
	uint16_t fresh;  /* slots from here on were never used; their pages cost nothing yet */
	uint16_t unused; /* list of slots that were */
	uint16_t oldest, newest;
	uint16_t buckets[BUCKETS];
	struct datagram slots[NET_FRAG_DATAGRAMS_MAX];
};

struct fragment_table *fragment_new(uint64_t seed)
{
	struct fragment_table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->seed = seed;
	t->unused = t->oldest = t->newest = NONE;
	memset(t->buckets, 0xff, sizeof(t->buckets)); /* NONE */
	return t;
}

void fragment_free(struct fragment_table *t)
{
	if (!t)
		return;
	for (uint16_t i = 0; i < t->fresh; i++)
		free(t->slots[i].data);
	free(t->whole);
	free(t);
}

/* VLANs, tunnels and interfaces are no part of the key: neither are they of a connection's, and
 * two networks that use the same addresses are told apart nowhere behind this. */
static struct key key_of(const struct fragment *f)
{
	return (struct key){ .src = f->src,
			     .dst = f->dst,
			     .id = f->id,
			     .version_protocol = f->is_ip6 ? 1u << 8 : f->protocol };
}

/* The seed keeps an outsider from filling one bucket. */
static uint16_t *bucket_of(struct fragment_table *t, const struct key *key)
{
	return &t->buckets[hash_bytes(key, sizeof(*key), t->seed) & (BUCKETS - 1)];
}

/* NULL when no fragment of it is known. */
static struct datagram *find(struct fragment_table *t, const struct key *key)
{
	for (uint16_t i = *bucket_of(t, key); i != NONE; i = t->slots[i].next)
		if (memcmp(&t->slots[i].key, key, sizeof(*key)) == 0)
			return &t->slots[i];
	return NULL;
}

static void age_unlink(struct fragment_table *t, const struct datagram *d)
{
	if (d->older != NONE)
		t->slots[d->older].newer = d->newer;
	else
		t->oldest = d->newer;
	if (d->newer != NONE)
		t->slots[d->newer].older = d->older;
	else
		t->newest = d->older;
}

/* As the newest. The clock never goes back, so that the list stays in the order of time_ns. */
static void age_append(struct fragment_table *t, struct datagram *d)
{
	uint16_t self = (uint16_t)(d - t->slots);

	d->older = t->newest;
	d->newer = NONE;
	if (t->newest != NONE)
		t->slots[t->newest].newer = self;
	else
		t->oldest = self;
	t->newest = self;
	d->time_ns = t->clock_ns;
}

static void data_free(struct fragment_table *t, struct datagram *d)
{
	free(d->data);
	d->data = NULL;
	t->held -= d->cap;
	d->cap = 0;
}

/* Forget d. What was still waiting is counted at *lost. */
static void release(struct fragment_table *t, struct datagram *d, uint64_t *lost)
{
	uint16_t self = (uint16_t)(d - t->slots);
	uint16_t *link = bucket_of(t, &d->key);

	*lost += d->state == DATAGRAM_WAITING;
	while (*link != self)
		link = &t->slots[*link].next;
	*link = d->next;
	age_unlink(t, d);
	data_free(t, d);
	d->state = DATAGRAM_FREE;
	d->next = t->unused;
	t->unused = self;
}

/* The list is in the order of age: the first that is young enough ends the search. */
static void expire(struct fragment_table *t, struct decode_stats *stats)
{
	while (t->oldest != NONE &&
	       t->clock_ns - t->slots[t->oldest].time_ns >= NET_FRAG_TIMEOUT_NS)
		release(t, &t->slots[t->oldest], &stats->fragments_lost);
}

/* A new one, at the cost of the oldest when all slots are taken. */
static struct datagram *create(struct fragment_table *t, const struct key *key,
			       struct decode_stats *stats)
{
	uint16_t *bucket = bucket_of(t, key);
	struct datagram *d;
	uint16_t self;

	if (t->unused == NONE && t->fresh == NET_FRAG_DATAGRAMS_MAX)
		release(t, &t->slots[t->oldest], &stats->fragments_evicted);
	if (t->unused != NONE) {
		self = t->unused;
		t->unused = t->slots[self].next;
	} else {
		self = t->fresh++;
	}
	d = &t->slots[self];
	*d = (struct datagram){ .key = *key, .state = DATAGRAM_WAITING, .next = *bucket };
	*bucket = self;
	age_append(t, d);
	return d;
}

/* The datagram that f belongs to, new when it is the first. */
static struct datagram *datagram_of(struct fragment_table *t, const struct fragment *f,
				    struct decode_stats *stats)
{
	struct key key = key_of(f);
	struct datagram *d = find(t, &key);

	if (d && d->state != DATAGRAM_WAITING && t->clock_ns - d->time_ns >= NET_FRAG_DONE_NS) {
		release(t, d, &stats->fragments_lost);
		d = NULL;
	}
	return d ? d : create(t, &key, stats);
}

/* Done with, or dropped: keep the key for a while, so that late fragments start nothing new. */
static void settle(struct fragment_table *t, struct datagram *d, enum datagram_state state)
{
	data_free(t, d);
	d->state = state;
	age_unlink(t, d);
	age_append(t, d);
}

/* Blocks of f that are there already. */
static uint32_t blocks_here(const struct datagram *d, uint32_t first, uint32_t end)
{
	uint32_t cnt = 0;

	for (uint32_t i = first; i < end; i++)
		cnt += (uint32_t)(d->here[i / 64] >> (i % 64) & 1);
	return cnt;
}

enum fit {
	FIT_NEW,       /* nothing of it is there yet */
	FIT_DUPLICATE, /* all of it is there, and the same */
	FIT_CONFLICT,  /* it contradicts what is there */
};

/* end: of f, in bytes. The last fragment says where the datagram ends; whatever goes beyond, or
 * says that more follows there, contradicts it. */
static enum fit fit_of(const struct datagram *d, const struct fragment *f, uint32_t end)
{
	uint32_t first = f->off / BLOCK_BYTES;
	uint32_t past = (end + BLOCK_BYTES - 1) / BLOCK_BYTES;
	uint32_t cnt = blocks_here(d, first, past);

	if (d->has_last && (f->has_more ? end >= d->total : end != d->total))
		return FIT_CONFLICT;
	if (!d->has_last && !f->has_more && (d->end > end || cnt))
		return FIT_CONFLICT;
	if (cnt == 0)
		return FIT_NEW;
	if (cnt != past - first || memcmp(d->data + f->off, f->bytes.ptr, f->bytes.len) != 0)
		return FIT_CONFLICT;
	return FIT_DUPLICATE;
}

/* Make room for end bytes at d->data, at the cost of the oldest others. */
static bool reserve(struct fragment_table *t, struct datagram *d, uint32_t end,
		    struct decode_stats *stats)
{
	/* Doubling: fragments mostly come in order, each growing the buffer a little. */
	uint32_t cap = d->cap * 2 > end ? d->cap * 2 : end;
	uint8_t *data;

	if (end <= d->cap)
		return true;
	if (cap > NET_FRAG_BYTES_MAX)
		cap = NET_FRAG_BYTES_MAX;
	while (t->held + cap - d->cap > NET_FRAG_HELD_MAX) {
		struct datagram *victim = &t->slots[t->oldest];

		if (victim == d)
			victim = &t->slots[d->newer];
		release(t, victim, &stats->fragments_evicted);
	}
	data = realloc(d->data, cap);
	if (!data)
		return false;
	t->held += cap - d->cap;
	d->data = data;
	d->cap = cap;
	return true;
}

/* Copy f to its place, where nothing is yet. */
static void place(struct datagram *d, const struct fragment *f, uint32_t end)
{
	uint32_t past = (end + BLOCK_BYTES - 1) / BLOCK_BYTES;

	memcpy(d->data + f->off, f->bytes.ptr, f->bytes.len);
	for (uint32_t i = f->off / BLOCK_BYTES; i < past; i++)
		d->here[i / 64] |= 1ull << (i % 64);
	d->blocks += past - f->off / BLOCK_BYTES;
	if (end > d->end)
		d->end = end;
	if (f->off == 0)
		d->protocol = f->protocol;
	if (!f->has_more) {
		d->has_last = true;
		d->total = end;
	}
}

/* No block is counted twice, so that the number alone tells that none is missing. */
static bool is_whole(const struct datagram *d)
{
	return d->has_last && d->blocks == (d->total + BLOCK_BYTES - 1) / BLOCK_BYTES;
}

/* Hand d's bytes over to t->whole. */
static void give_out(struct fragment_table *t, struct datagram *d, struct span *whole,
		     uint8_t *protocol)
{
	/* A fragment inside the last whole datagram may have led here: it has been copied. */
	free(t->whole);
	t->whole = d->data;
	d->data = NULL;
	*whole = span_make(t->whole, d->total);
	*protocol = d->protocol;
	settle(t, d, DATAGRAM_DONE);
}

enum fragment_result fragment_add(struct fragment_table *t, const struct fragment *f,
				  struct decode_stats *stats, struct span *whole, uint8_t *protocol)
{
	size_t end = f->off + f->bytes.len;
	struct datagram *d;

	if (f->bytes.len == 0 || end > NET_FRAG_BYTES_MAX ||
	    (f->has_more && f->bytes.len % BLOCK_BYTES))
		return FRAGMENT_BAD;
	stats->fragments++;
	if (f->time_ns > t->clock_ns)
		t->clock_ns = f->time_ns;
	expire(t, stats);
	d = datagram_of(t, f, stats);
	if (d->state != DATAGRAM_WAITING)
		return FRAGMENT_WAITING;
	switch (fit_of(d, f, (uint32_t)end)) {
	case FIT_DUPLICATE: return FRAGMENT_WAITING;
	case FIT_CONFLICT:
		stats->fragments_overlap++;
		settle(t, d, DATAGRAM_DROPPED);
		return FRAGMENT_WAITING;
	case FIT_NEW: break;
	}
	if (!reserve(t, d, (uint32_t)end, stats)) {
		release(t, d, &stats->fragments_evicted);
		return FRAGMENT_WAITING;
	}
	place(d, f, (uint32_t)end);
	if (!is_whole(d))
		return FRAGMENT_WAITING;
	stats->fragments_joined++;
	give_out(t, d, whole, protocol);
	return FRAGMENT_WHOLE;
}

void fragment_finish(struct fragment_table *t, struct decode_stats *stats)
{
	while (t->oldest != NONE)
		release(t, &t->slots[t->oldest], &stats->fragments_lost);
	t->clock_ns = 0;
}
