/* SPDX-License-Identifier: BSD-2-Clause */
#include "tls/session.h"

#include <openssl/crypto.h>

#include "tls/negotiate.h"
#include "tls/unlock.h"

/* One call's company: what every step needs. */
struct step {
	struct session *s;
	struct session_env *env;
	const struct chunk *c;
};

void session_init(struct session *s, const struct connection *outer)
{
	memset(s, 0, sizeof(*s));
	s->client_dir = SESSION_DIR_UNKNOWN;
	memcpy(s->plain.ends, outer->ends, sizeof(outer->ends));
	s->plain.is_from_start = outer->is_from_start;
	s->plain.is_unaddressed = outer->is_unaddressed;
	s->plain.source = outer->source;
	s->plain.first_packet = outer->first_packet;
	s->plain.is_tls = true;
}

/* Why nothing was read, when nobody said it. */
static enum session_trouble trouble_of(const struct session *s)
{
	if (s->trouble)
		return (enum session_trouble)s->trouble;
	if (s->lacks_key)
		return SESSION_NO_KEY;
	return s->suite && s->has_client_random ? SESSION_FINE : SESSION_NO_HELLO;
}

static void count_unread(const struct session *s, struct tls_stats *n)
{
	switch (trouble_of(s)) {
	case SESSION_FINE: n->silent++; break;
	case SESSION_NO_HELLO: n->no_hello++; break;
	case SESSION_BAD_HELLO: n->bad_hello++; break;
	case SESSION_VERSION: n->version_unknown++; break;
	case SESSION_CIPHER: n->cipher_unknown++; break;
	case SESSION_NO_KEY: n->no_key++; break;
	case SESSION_NO_MEMORY: n->no_memory++; break;
	}
}

void session_fini(struct session *s, struct session_env *env)
{
	if (s->is_opened)
		env->stats.tls_opened++;
	else
		count_unread(s, &env->stats);
	for (unsigned dir = 0; dir < 2; dir++) {
		struct side *d = &s->sides[dir];

		cipher_close(&d->cipher);
		handshake_reset(&d->handshake);
		framer_fini(&d->framer, &env->buffers);
	}
	waiting_clear(&s->waiting, &env->waiting);
	OPENSSL_cleanse(s, sizeof(*s));
}

void session_fail(struct session *s, enum session_trouble why)
{
	if (!s->trouble)
		s->trouble = (uint8_t)why;
	/* There may be memory for the next try. */
	if (why == SESSION_NO_MEMORY)
		return;
	s->sides[0].is_dead = s->sides[1].is_dead = true;
}

void session_enter(struct session *s, unsigned dir, enum epoch epoch)
{
	struct side *d = &s->sides[dir];

	cipher_close(&d->cipher);
	OPENSSL_cleanse(&d->secret, sizeof(d->secret));
	handshake_reset(&d->handshake);
	d->epoch = (uint8_t)epoch;
	d->seq = 0;
	d->is_unsure = false;
}

/* Hand a chunk of what is inside to the consumer. */
static void tell(const struct step *st, struct chunk *c)
{
	struct side *d = &st->s->sides[c->dir];
	uint64_t skip;

	st->s->is_told = true;
	skip = st->env->config.emit(st->env->config.ctx, &st->s->plain, c);
	if (c->kind == CHUNK_DATA || c->kind == CHUNK_GAP)
		d->skip = skip;
}

/* len bytes are missing; 0: nobody knows how many. */
static void tell_gap(const struct step *st, unsigned dir, uint64_t len)
{
	struct side *d = &st->s->sides[dir];
	struct chunk c = {
		.kind = CHUNK_GAP, .dir = (uint8_t)dir, .gap_len = len, .time_ns = st->c->time_ns
	};

	d->hole = HOLE_NONE;
	tell(st, &c);
}

/* Records are lost. Whether data was among them may show only later: the first record that is
 * read says by its number how many came before. A connection of which nothing can be read is none
 * to the consumer. */
static void hole(const struct step *st, unsigned dir)
{
	struct side *d = &st->s->sides[dir];
	bool is_opened = st->s->is_opened;
	/* Where one end's data is read, the other's handshake is over. */
	bool is_sure = d->epoch == EPOCH_DATA || d->epoch == EPOCH_EARLY ||
		       (is_opened && st->s->lacks_key);

	if (d->skip == CHUNK_SKIP_ALL)
		return;
	if (is_sure && is_opened)
		tell_gap(st, dir, 0);
	else if (d->hole != HOLE_SURE)
		d->hole = is_sure ? HOLE_SURE : HOLE_MAYBE;
}

/* Data of a record, number seq of its epoch. */
static void take_data(const struct step *st, unsigned dir, const struct record *r, uint64_t seq,
		      struct span text)
{
	struct side *d = &st->s->sides[dir];
	struct chunk c = {
		.kind = CHUNK_DATA, .dir = (uint8_t)dir, .time_ns = r->time_ns, .packet = r->packet
	};

	/* In TLS 1.2, the first record of the epoch is Finished. */
	if (d->hole == HOLE_SURE || (d->hole == HOLE_MAYBE && seq > (session_is_13(st->s) ? 0 : 1)))
		tell_gap(st, dir, 0);
	d->hole = HOLE_NONE;
	if (d->skip) {
		size_t n = d->skip < text.len ? (size_t)d->skip : text.len;

		if (d->skip != CHUNK_SKIP_ALL)
			d->skip -= n;
		text = span_from(text, n);
	}
	st->s->is_opened = true;
	if (!text.len)
		return;
	c.data = text;
	tell(st, &c);
	/* What answers it, or what it answers, will not be seen. */
	if (st->s->sides[!dir].is_dead)
		tell_gap(st, !dir, 0);
}

static void take_handshake(const struct step *st, unsigned dir, struct span text)
{
	struct handshake *h = &st->s->sides[dir].handshake;
	struct handshake_message m;
	unsigned epoch = st->s->sides[dir].epoch;

	/* What changes the keys ends its record (RFC 8446, 5.1). */
	while (st->s->sides[dir].epoch == epoch) {
		switch (handshake_next(h, &text, &m)) {
		case HANDSHAKE_MESSAGE: negotiate_message(st->s, st->env, dir, &m); break;
		case HANDSHAKE_NO_MEMORY: session_fail(st->s, SESSION_NO_MEMORY); return;
		case HANDSHAKE_NONE: return;
		}
	}
}

/* The type of TLS 1.3's record stands behind its text, before the padding (RFC 8446, 5.4). */
static uint8_t inner_type(struct span *text)
{
	while (text->len && text->ptr[text->len - 1] == 0)
		text->len--;
	return text->len ? text->ptr[--text->len] : 0;
}

/* A handshake that breaks off, or ends unseen, leaves the epoch in doubt. */
static void lose_handshake(struct session *s, unsigned dir)
{
	struct side *d = &s->sides[dir];

	handshake_break(&d->handshake);
	if (d->epoch == EPOCH_HANDSHAKE || d->epoch == EPOCH_EARLY)
		d->is_unsure = true;
}

/* A protected record. */
static void take_protected(const struct step *st, unsigned dir, const struct record *r)
{
	struct side *d = &st->s->sides[dir];
	uint8_t type = r->head[0];
	struct span text;
	uint64_t seq;

	if (!unlock_record(st->s, st->env, dir, r, &text, &seq)) {
		st->env->stats.early_unread += d->epoch == EPOCH_EARLY;
		lose_handshake(st->s, dir);
		if (session_is_13(st->s) || type == RECORD_DATA)
			hole(st, dir);
		if (r->was_sought)
			framer_seek(&d->framer, &st->env->buffers);
		return;
	}
	if (session_is_13(st->s))
		type = inner_type(&text);
	if (type == RECORD_DATA)
		take_data(st, dir, r, seq, text);
	else if (type == RECORD_HANDSHAKE)
		take_handshake(st, dir, text);
}

/* Whether it is not known yet how to read a record of this direction. */
static bool must_wait(const struct session *s, unsigned dir, const struct record *r)
{
	if (dir != s->client_dir || s->has_retry || !s->has_client_random)
		return false;
	if (!s->suite)
		/* A hello's rest may come in a second record. */
		return r->head[0] != RECORD_HANDSHAKE || !s->sides[dir].handshake.left;
	return s->has_early && r->head[0] == RECORD_DATA;
}

static void take_record(const struct step *st, unsigned dir, const struct record *r)
{
	struct session *s = st->s;
	struct side *d = &s->sides[dir];

	if (d->is_dead)
		return;
	if (must_wait(s, dir, r)) {
		waiting_add(&s->waiting, &st->env->waiting, r);
		return;
	}
	switch (r->head[0]) {
	case RECORD_CHANGE_CIPHER:
		/* In TLS 1.3 it means nothing (RFC 8446, D.4). */
		if (s->suite && !s->suite->is_13)
			session_enter(s, dir, EPOCH_DATA);
		return;
	case RECORD_HANDSHAKE:
		if (d->epoch == EPOCH_PLAIN) {
			take_handshake(st, dir, r->body);
			return;
		}
		break;
	case RECORD_ALERT:
		if (d->epoch == EPOCH_PLAIN)
			return;
		break;
	default: break;
	}
	/* Refused early data may come after HelloRetryRequest. */
	if (!s->suite)
		return;
	/* TLS 1.3 protects nothing else; an alert may still come in clear text. */
	if (!session_is_13(s) || r->head[0] == RECORD_DATA)
		take_protected(st, dir, r);
}

/* Records that waited and can be read now. */
static void take_waiting(const struct step *st)
{
	struct session *s = st->s;
	struct waiting w = s->waiting;
	struct record r;
	uint32_t at = 0;

	if ((!w.len && !w.is_over) || !s->suite || s->has_early)
		return;
	s->waiting = (struct waiting){ 0 };
	while (waiting_next(&w, &at, &r))
		take_record(st, s->client_dir, &r);
	if (w.is_over) {
		st->env->stats.held_over_limit++;
		s->sides[s->client_dir].is_unsure = true;
		lose_handshake(s, s->client_dir);
		hole(st, s->client_dir);
	}
	waiting_clear(&w, &st->env->waiting);
}

/* What a record of the server may have changed for the client's. */
static void settle(const struct step *st)
{
	struct session *s = st->s;
	const struct side *server;

	if (s->client_dir == SESSION_DIR_UNKNOWN)
		return;
	server = &s->sides[!s->client_dir];
	/* The answer to early data has passed unseen. */
	if (s->has_early && s->suite && (server->is_unsure || server->epoch == EPOCH_DATA))
		negotiate_early_unknown(s);
	take_waiting(st);
}

/* A head is read: whether the record needs no decrypting, because its length says all. */
static bool may_pass(const struct step *st, unsigned dir)
{
	struct side *d = &st->s->sides[dir];
	size_t len;

	if (!d->skip || !d->cipher.suite || d->is_unsure || d->framer.was_sought ||
	    d->framer.head[0] != RECORD_DATA ||
	    !cipher_exact_len(&d->cipher, record_len(d->framer.head), &len) || d->skip < len)
		return false;
	if (d->skip != CHUNK_SKIP_ALL)
		d->skip -= len;
	d->seq++;
	st->env->stats.records_passed++;
	return true;
}

/* No record begins here: the place was wrong, or this is no TLS. */
static void take_bad_head(const struct step *st, unsigned dir)
{
	struct side *d = &st->s->sides[dir];

	framer_seek(&d->framer, &st->env->buffers);
	if (d->epoch == EPOCH_PLAIN) {
		session_fail(st->s, SESSION_BAD_HELLO);
		return;
	}
	st->env->stats.bad_records++;
	d->is_unsure = true;
	lose_handshake(st->s, dir);
	hole(st, dir);
}

/* One record, whose head is known, is lost. */
static void lose_record(const struct step *st, unsigned dir)
{
	struct side *d = &st->s->sides[dir];
	uint8_t type = d->framer.head[0];
	size_t len;

	if (d->epoch == EPOCH_PLAIN || type == RECORD_CHANGE_CIPHER) {
		lose_handshake(st->s, dir);
		return;
	}
	if (session_is_13(st->s) && type != RECORD_DATA)
		return;
	d->seq++;
	lose_handshake(st->s, dir);
	if (type != RECORD_DATA)
		return;
	if (d->is_unsure || !d->cipher.suite || !st->s->is_opened ||
	    !cipher_exact_len(&d->cipher, record_len(d->framer.head), &len)) {
		hole(st, dir);
		return;
	}
	if (d->skip >= len) {
		d->skip -= d->skip == CHUNK_SKIP_ALL ? 0 : len;
		return;
	}
	tell_gap(st, dir, len - d->skip);
}

static void data_follow(const struct step *st, unsigned dir)
{
	struct side *d = &st->s->sides[dir];
	struct record r = { .time_ns = st->c->time_ns, .packet = st->c->packet };
	struct span rest = st->c->data;

	while (!d->is_dead) {
		switch (framer_next(&d->framer, &st->env->buffers, &rest, &r)) {
		case FRAMER_NONE: return;
		case FRAMER_HEAD:
			if (may_pass(st, dir))
				framer_pass(&d->framer);
			break;
		case FRAMER_RECORD:
			take_record(st, dir, &r);
			settle(st);
			break;
		case FRAMER_BAD: take_bad_head(st, dir); break;
		case FRAMER_NO_BUFFER:
			st->env->stats.held_over_limit++;
			lose_record(st, dir);
			break;
		}
	}
}

static void gap_follow(const struct step *st, unsigned dir)
{
	struct side *d = &st->s->sides[dir];

	switch (framer_gap(&d->framer, &st->env->buffers, st->c->gap_len)) {
	case FRAMER_LOST_NOTHING: return;
	case FRAMER_LOST_RECORD: lose_record(st, dir); break;
	case FRAMER_LOST_PLACE:
		d->is_unsure = true;
		lose_handshake(st->s, dir);
		hole(st, dir);
		break;
	}
	st->env->stats.holes++;
	/* The hello was in it. */
	if (dir == st->s->client_dir ? !st->s->has_client_random : !st->s->suite)
		session_fail(st->s, SESSION_NO_HELLO);
	settle(st);
}

/* Bytes of this direction that need not be brought. */
static uint64_t skip_of(struct side *d)
{
	if (d->is_dead || d->skip == CHUNK_SKIP_ALL)
		return CHUNK_SKIP_ALL;
	return framer_skip(&d->framer);
}

/* A direction, or all, ends. The consumer must not take what could not be read for what was not
 * sent. */
static void end_follow(const struct step *st)
{
	struct session *s = st->s;
	struct chunk last = *st->c;

	for (unsigned dir = 0; dir < 2; dir++) {
		struct side *d = &s->sides[dir];
		bool has_ended = dir == last.dir || chunk_is_last(last.kind);

		/* What was in an unfinished record, nobody knows. */
		if (has_ended && framer_is_inside(&d->framer))
			hole(st, dir);
		/* Of a place that was not found again, too: what was asked since may be
		 * answered there. */
		if (s->is_told && has_ended && (d->hole || d->is_unsure || d->is_dead))
			tell_gap(st, dir, 0);
	}
	if (s->is_told)
		tell(st, &last);
}

/* What is still to come of a dead direction is missing to the consumer. */
static void tell_dead(const struct step *st)
{
	for (unsigned dir = 0; dir < 2; dir++) {
		struct side *d = &st->s->sides[dir];

		if (!st->s->is_told || !d->is_dead || d->is_death_told)
			continue;
		d->is_death_told = true;
		tell_gap(st, dir, 0);
	}
}

bool session_chunk(struct session *s, struct session_env *env, const struct chunk *c,
		   uint64_t *skip)
{
	struct step st = { s, env, c };

	switch (c->kind) {
	case CHUNK_DATA: data_follow(&st, c->dir); break;
	case CHUNK_GAP: gap_follow(&st, c->dir); break;
	default: end_follow(&st); break;
	}
	tell_dead(&st);
	*skip = skip_of(&s->sides[c->dir]);
	return s->is_told || !s->sides[0].is_dead || !s->sides[1].is_dead;
}

void session_end(struct session *s, struct session_env *env, const struct chunk *c)
{
	struct step st = { s, env, c };

	end_follow(&st);
}
