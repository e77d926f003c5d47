/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/plain.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/number.h"

#define PLAIN_ROW(name, class, help) COUNTER_ROW(plain_stats, name, class, help)
const struct counter plain_counters[] = { PLAIN_COUNTERS(PLAIN_ROW) };
const size_t plain_counters_cnt = sizeof(plain_counters) / sizeof(plain_counters[0]);

/* One direction. */
struct way {
	uint64_t next; /* position of the byte wanted next */
	uint64_t skip; /* bytes from there on that the consumer has no use for */
	uint64_t lost; /* as the last event counted */
};

struct stretch {
	struct stretch *chain;         /* in its bucket */
	struct stretch *older, *newer; /* by their last event */
	struct connection conn;
	struct tls_key key;
	uint64_t born_ns;
	uint64_t last_ns;
	uint64_t lost_seen; /* lost of the whole probe, at its last event */
	struct way ways[2];
};

struct plain {
	struct plain_config config;
	struct stretch **buckets; /* as many as connections_max */
	struct stretch *oldest, *newest;
	uint32_t cnt;
	uint64_t number; /* of the last event */
	uint64_t lost;
	struct plain_stats stats;
};

struct plain *plain_new(const struct plain_config *config)
{
	struct plain *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->config = *config;
	if (!p->config.connections_max)
		p->config.connections_max = PROBE_CONNECTIONS_MAX;
	p->number = NUMBER_PROBED;
	p->buckets = calloc(p->config.connections_max, sizeof(struct stretch *));
	if (p->buckets)
		return p;
	free(p);
	return NULL;
}

void plain_free(struct plain *p)
{
	if (!p)
		return;
	while (p->oldest) {
		struct stretch *s = p->oldest;

		p->oldest = s->newer;
		free(s);
	}
	free(p->buckets);
	free(p);
}

const struct plain_stats *plain_stats(const struct plain *p)
{
	return &p->stats;
}

static struct stretch **bucket_of(const struct plain *p, const struct tls_key *key)
{
	struct tls_key k = { .object = key->object, .pid = key->pid };

	return &p->buckets[hash_bytes(&k, sizeof(k), p->config.seed) % p->config.connections_max];
}

static struct stretch *find(const struct plain *p, const struct tls_key *key)
{
	struct stretch *s = *bucket_of(p, key);

	while (s && (s->key.object != key->object || s->key.pid != key->pid))
		s = s->chain;
	return s;
}

static void list_remove(struct plain *p, struct stretch *s)
{
	*(s->older ? &s->older->newer : &p->oldest) = s->newer;
	*(s->newer ? &s->newer->older : &p->newest) = s->older;
}

static void list_append(struct plain *p, struct stretch *s)
{
	s->older = p->newest;
	s->newer = NULL;
	*(p->newest ? &p->newest->newer : &p->oldest) = s;
	p->newest = s;
}

static enum tls_want want_of(enum connection_want want)
{
	switch (want) {
	case CONNECTION_WANT_ALL: return TLS_WANT_ALL;
	case CONNECTION_WANT_NOTHING: return TLS_WANT_NOTHING;
	case CONNECTION_WANT_HEADS: break;
	}
	return TLS_WANT_HEADS;
}

/* Tell a chunk; s->ways[c->dir].skip is what the consumer then says. */
static void tell(struct plain *p, struct stretch *s, const struct chunk *c)
{
	enum connection_want before = s->conn.want;
	uint64_t skip = p->config.emit(p->config.ctx, &s->conn, c);

	if (c->kind == CHUNK_DATA || c->kind == CHUNK_GAP)
		s->ways[c->dir].skip = skip;
	if (s->conn.want != before && p->config.want && !chunk_is_last(c->kind))
		p->config.want(p->config.ctx, &s->key, want_of(s->conn.want));
}

/* Pass over up to len bytes that the consumer does not want; how many were. */
static uint64_t pass_over(struct way *w, uint64_t len)
{
	uint64_t n = w->skip < len ? w->skip : len;

	if (w->skip != CHUNK_SKIP_ALL)
		w->skip -= n;
	w->next += n;
	return n;
}

/* len bytes of a direction are not to be had; 0 for a number that nobody knows. */
static void tell_gap(struct plain *p, struct stretch *s, unsigned dir, uint64_t len, bool is_cut)
{
	struct chunk c = { .kind = CHUNK_GAP,
			   .dir = (uint8_t)dir,
			   .gap_len = len,
			   .is_cut = is_cut,
			   .time_ns = s->last_ns,
			   .packet = p->number };

	p->stats.cut_gaps += is_cut;
	p->stats.gaps += !is_cut && len;
	p->stats.gap_bytes += is_cut ? 0 : len;
	s->ways[dir].next += len;
	tell(p, s, &c);
}

/* The kernel's half has come to pos in this direction: what is missing before it is told. Cut and
 * lost bytes of one hole cannot be told apart, and then count as lost. */
static void catch_up(struct plain *p, struct stretch *s, unsigned dir, uint64_t pos, uint64_t lost)
{
	struct way *w = &s->ways[dir];
	bool is_cut = lost == w->lost;
	uint64_t skipped;

	w->lost = lost;
	if (pos <= w->next)
		return;
	skipped = pass_over(w, pos - w->next);
	p->stats.body_bytes_missed += skipped;
	if (pos > w->next)
		tell_gap(p, s, dir, pos - w->next, is_cut);
}

static void remove_stretch(struct plain *p, struct stretch *s)
{
	struct stretch **at = bucket_of(p, &s->key);

	while (*at != s)
		at = &(*at)->chain;
	*at = s->chain;
	list_remove(p, s);
	p->stats.unaddressed += s->conn.is_unaddressed;
	p->cnt--;
	free(s);
}

/* End a connection. has_tail: nothing says where its last byte was. */
static void end(struct plain *p, struct stretch *s, enum chunk_kind kind, uint64_t time_ns,
		bool has_tail)
{
	struct chunk c = { .kind = kind, .time_ns = time_ns };

	for (unsigned dir = 0; has_tail && dir < 2; dir++)
		tell_gap(p, s, dir, 0, false);
	tell(p, s, &c);
	remove_stretch(p, s);
}

/* Whether the kernel's half has lost something since the connection's last event. */
static bool may_lack(const struct plain *p, const struct stretch *s)
{
	return p->lost != s->lost_seen;
}

static struct stretch *begin(struct plain *p, const struct tls_event *e, uint64_t time_ns)
{
	struct stretch *s, **bucket = bucket_of(p, &e->key);

	if (p->cnt == p->config.connections_max) {
		p->stats.evicted++;
		end(p, p->oldest, CHUNK_EVICTED, time_ns, false);
	}
	s = calloc(1, sizeof(*s));
	if (!s) {
		p->stats.no_memory++;
		return NULL;
	}
	s->key = (struct tls_key){ .object = e->key.object, .pid = e->key.pid };
	s->born_ns = e->born_ns;
	s->last_ns = time_ns;
	s->conn = (struct connection){ .is_from_start = e->is_from_start,
				       .is_tls = true,
				       .is_unaddressed = true,
				       .source = p->config.source,
				       .first_packet = p->number };
	s->conn.process.pid = e->key.pid;
	memcpy(s->conn.process.command, e->command, sizeof(s->conn.process.command) - 1);
	if (p->config.describe)
		p->config.describe(p->config.ctx, &s->conn.process);
	s->chain = *bucket;
	*bucket = s;
	list_append(p, s);
	p->cnt++;
	p->stats.connections++;
	p->stats.joined += !e->is_from_start;
	/* What came before the first event is of unknown length in both directions. */
	for (unsigned dir = 0; dir < 2 && !e->is_from_start; dir++) {
		s->ways[dir].next = e->pos[dir];
		s->ways[dir].lost = e->lost[dir];
		tell_gap(p, s, dir, 0, false);
	}
	return s;
}

static void take_addresses(struct stretch *s, const struct tls_addresses *a)
{
	struct endpoint *ends = s->conn.ends;

	if (!a->way || !s->conn.is_unaddressed)
		return;
	memcpy(ends[0].addr.bytes, a->local, sizeof(a->local));
	memcpy(ends[1].addr.bytes, a->remote, sizeof(a->remote));
	ends[0].port = a->lport;
	ends[1].port = a->rport;
	s->conn.is_unaddressed = false;
}

static void take_data(struct plain *p, struct stretch *s, unsigned dir, struct span data)
{
	struct way *w = &s->ways[dir];
	uint64_t skipped = pass_over(w, data.len);
	struct chunk c = { .kind = CHUNK_DATA,
			   .dir = (uint8_t)dir,
			   .data = span_from(data, skipped),
			   .time_ns = s->last_ns,
			   .packet = p->number };

	p->stats.skipped_bytes += skipped;
	p->stats.delivered_bytes += c.data.len;
	w->next += c.data.len;
	if (c.data.len)
		tell(p, s, &c);
}

/* The connection of an event; NULL: there is none, and it is not to be made. */
static struct stretch *stretch_of(struct plain *p, const struct tls_event *e, uint64_t time_ns)
{
	struct stretch *s = find(p, &e->key);

	/* The object names another connection, or the kernel's half has forgotten it. */
	if (s && s->born_ns != e->born_ns) {
		end(p, s, e->is_from_start ? CHUNK_CLOSED : CHUNK_EVICTED, time_ns,
		    e->is_from_start);
		s = NULL;
	}
	return s || e->kind == TLS_END ? s : begin(p, e, time_ns);
}

void plain_event(struct plain *p, const struct tls_event *e, struct span data, uint64_t time_ns)
{
	unsigned dir = e->dir & 1;
	struct stretch *s;

	p->number++;
	s = stretch_of(p, e, time_ns);
	if (!s)
		return;
	list_remove(p, s);
	list_append(p, s);
	s->last_ns = time_ns;
	s->lost_seen = p->lost;
	take_addresses(s, &e->addresses);
	if (e->kind == TLS_DATA && e->pos[dir] < s->ways[dir].next) {
		p->stats.repeated++;
		return;
	}
	/* The other direction first: this event came after what it lacks. */
	catch_up(p, s, !dir, e->pos[!dir], e->lost[!dir]);
	catch_up(p, s, dir, e->pos[dir], e->lost[dir]);
	if (e->kind == TLS_DATA)
		take_data(p, s, dir, data);
	else
		end(p, s, CHUNK_CLOSED, time_ns, false);
}

void plain_note_lost(struct plain *p, uint64_t lost)
{
	p->lost = lost;
}

/* End the connections of processes that are gone. */
static void tick_gone(struct plain *p, uint64_t now_ns)
{
	uint32_t pid = 0;
	bool is_gone = false;

	for (struct stretch *s = p->oldest, *next; s && p->config.is_gone; s = next) {
		next = s->newer;
		if (s->key.pid != pid) {
			pid = s->key.pid;
			is_gone = p->config.is_gone(p->config.ctx, pid);
		}
		if (is_gone)
			end(p, s, CHUNK_CLOSED, now_ns, may_lack(p, s));
	}
}

void plain_tick(struct plain *p, uint64_t now_ns)
{
	while (p->oldest && p->oldest->last_ns + NET_FLOW_IDLE_NS < now_ns) {
		p->stats.timeouts++;
		end(p, p->oldest, CHUNK_TIMEOUT, now_ns, may_lack(p, p->oldest));
	}
	tick_gone(p, now_ns);
}

void plain_finish(struct plain *p, uint64_t now_ns)
{
	while (p->oldest)
		end(p, p->oldest, CHUNK_END, now_ns, may_lack(p, p->oldest));
}
