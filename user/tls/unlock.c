/* SPDX-License-Identifier: BSD-2-Clause */
#include "tls/unlock.h"

#include <openssl/crypto.h>

#include "base/limits.h"
#include "tls/kdf.h"

/* A key that may fit, and the secret that it was made of. */
struct trial {
	struct cipher cipher;
	struct tls_secret secret;
};

static void trial_close(struct trial *t)
{
	cipher_close(&t->cipher);
	OPENSSL_cleanse(t, sizeof(*t));
}

static enum tls_secret_kind kind_of(const struct session *s, unsigned dir, enum epoch epoch)
{
	bool is_client = dir == s->client_dir;

	if (!session_is_13(s))
		return TLS_SECRET_MASTER;
	if (epoch == EPOCH_EARLY)
		return TLS_SECRET_CLIENT_EARLY;
	if (epoch == EPOCH_HANDSHAKE)
		return is_client ? TLS_SECRET_CLIENT_HANDSHAKE : TLS_SECRET_SERVER_HANDSHAKE;
	return is_client ? TLS_SECRET_CLIENT_TRAFFIC : TLS_SECRET_SERVER_TRAFFIC;
}

static bool open_13(struct session *s, struct session_env *env, struct trial *t)
{
	struct span secret = span_make(t->secret.bytes, t->secret.len);

	if (t->secret.len != suite_hash_len(s->suite->prf))
		return false;
	if (cipher_open_13(&t->cipher, &env->cipher, s->suite, secret))
		return true;
	session_fail(s, SESSION_NO_MEMORY);
	return false;
}

static bool open_12(struct session *s, struct session_env *env, unsigned dir, struct trial *t)
{
	struct cipher_keys keys = { .master = span_make(t->secret.bytes, t->secret.len),
				    .is_client = dir == s->client_dir,
				    .is_etm = s->is_etm };

	memcpy(keys.randoms, s->server_random, TLS_RANDOM_LEN);
	memcpy(keys.randoms + TLS_RANDOM_LEN, s->client_random, TLS_RANDOM_LEN);
	if (cipher_open_12(&t->cipher, &env->cipher, s->suite, &keys))
		return true;
	session_fail(s, SESSION_NO_MEMORY);
	return false;
}

/* Make the key of an epoch. False when its secret is not there. */
static bool trial_open(struct session *s, struct session_env *env, unsigned dir, enum epoch epoch,
		       struct trial *t)
{
	const struct tls_secret *secret = NULL;

	*t = (struct trial){ 0 };
	if (s->suite && s->has_client_random && epoch != EPOCH_PLAIN)
		secret = tls_keys_find(env->config.keys, s->client_random, kind_of(s, dir, epoch));
	if (!secret)
		return false;
	if (!cipher_env_has(&env->cipher, s->suite)) {
		session_fail(s, SESSION_CIPHER);
		return false;
	}
	t->secret = *secret;
	if (session_is_13(s) ? open_13(s, env, t) : open_12(s, env, dir, t))
		return true;
	trial_close(t);
	return false;
}

/* The next generation of a secret (RFC 8446, 7.2). */
static bool trial_update(struct session *s, struct session_env *env,
			 const struct tls_secret *before, struct trial *t)
{
	*t = (struct trial){ .secret.len = before->len };
	return kdf_expand_label((enum suite_hash)s->suite->prf,
				span_make(before->bytes, before->len), "traffic upd",
				t->secret.bytes, t->secret.len) &&
	       open_13(s, env, t);
}

/* From now on the direction is where t opened a record. */
static void side_set(struct side *d, struct trial *t, enum epoch epoch)
{
	if (d->epoch != epoch)
		handshake_reset(&d->handshake);
	cipher_close(&d->cipher);
	d->cipher = t->cipher;
	d->secret = t->secret;
	d->epoch = (uint8_t)epoch;
	OPENSSL_cleanse(t, sizeof(*t));
}

void unlock_update(struct session *s, struct session_env *env, unsigned dir)
{
	struct side *d = &s->sides[dir];
	struct trial t;

	if (!trial_update(s, env, &d->secret, &t)) {
		trial_close(&t);
		d->is_unsure = true;
		return;
	}
	side_set(d, &t, EPOCH_DATA);
	d->seq = 0;
}

/* Bring what is new of the key log, but not for ever. */
static bool look_again(struct side *d, struct session_env *env)
{
	if (d->looks >= TLS_LOOKS_MAX)
		return false;
	d->looks++;
	return env->config.more && env->config.more(env->config.more_ctx);
}

/* The key of the epoch is there. */
static bool is_ready(struct session *s, struct session_env *env, unsigned dir)
{
	struct side *d = &s->sides[dir];
	struct trial t;

	if (d->cipher.suite)
		return true;
	if (!trial_open(s, env, dir, (enum epoch)d->epoch, &t) &&
	    (!look_again(d, env) || !trial_open(s, env, dir, (enum epoch)d->epoch, &t)))
		return false;
	side_set(d, &t, (enum epoch)d->epoch);
	return true;
}

/* Numbers worth trying. */
static uint64_t tries_max(enum epoch epoch, size_t len)
{
	uint64_t n = TLS_SEEK_BYTES / (len + 1);

	if (epoch != EPOCH_DATA)
		return TLS_SEEK_HANDSHAKE;
	return n < TLS_SEEK_RECORDS ? n : TLS_SEEK_RECORDS;
}

/* Try the numbers from *seq on; it is the right one then. */
static bool numbers_try(struct cipher *c, struct session_env *env, enum epoch epoch,
			const struct record *r, struct span *text, uint64_t *seq)
{
	uint64_t max = tries_max(epoch, r->body.len);

	for (uint64_t n = 0; n < max; n++) {
		if (!cipher_read(c, *seq + n, r->head, r->body, env->text, &text->len))
			continue;
		text->ptr = env->text;
		*seq += n;
		return true;
	}
	return false;
}

/* An epoch that a direction may be in by now. */
static bool is_possible(const struct session *s, unsigned dir, enum epoch epoch)
{
	if (epoch == EPOCH_PLAIN)
		return false;
	if (!session_is_13(s))
		return epoch == EPOCH_DATA;
	return epoch != EPOCH_EARLY || (dir == s->client_dir && s->sides[dir].epoch == EPOCH_EARLY);
}

/* Try t as the key of epoch. */
static bool trial_fits(struct session *s, struct session_env *env, unsigned dir, struct trial *t,
		       enum epoch epoch, const struct record *r, struct span *text, uint64_t *seq)
{
	bool fits = numbers_try(&t->cipher, env, epoch, r, text, seq);

	if (fits)
		side_set(&s->sides[dir], t, epoch);
	else
		trial_close(t);
	return fits;
}

/* A KeyUpdate may be among what was lost. Of more than one, nobody knows. */
static bool update_fits(struct session *s, struct session_env *env, unsigned dir,
			const struct record *r, struct span *text, uint64_t *seq)
{
	struct side *d = &s->sides[dir];
	struct trial t;

	if (!session_is_13(s) || d->epoch != EPOCH_DATA || !d->cipher.suite)
		return false;
	*seq = 0;
	if (!trial_update(s, env, &d->secret, &t)) {
		trial_close(&t);
		return false;
	}
	return trial_fits(s, env, dir, &t, EPOCH_DATA, r, text, seq);
}

/* What a search had to try with. Nobody waits for the key of early data: few programs log it. */
struct supply {
	bool has_any;
	bool lacks_some;
};

/* Try all keys that may fit. */
static bool search(struct session *s, struct session_env *env, unsigned dir, const struct record *r,
		   struct span *text, uint64_t *seq, struct supply *keys)
{
	struct side *d = &s->sides[dir];

	*keys = (struct supply){ 0 };
	for (enum epoch e = (enum epoch)d->epoch; e <= EPOCH_DATA; e++) {
		struct trial t;

		if (!is_possible(s, dir, e))
			continue;
		*seq = e == d->epoch ? d->seq : 0;
		if (e == d->epoch && d->cipher.suite) {
			keys->has_any = true;
			if (numbers_try(&d->cipher, env, e, r, text, seq))
				return true;
		} else if (!trial_open(s, env, dir, e, &t)) {
			keys->lacks_some |= e != EPOCH_EARLY;
		} else {
			keys->has_any |= e != EPOCH_EARLY;
			if (trial_fits(s, env, dir, &t, e, r, text, seq))
				return true;
		}
	}
	return update_fits(s, env, dir, r, text, seq);
}

/* The record number that is due. */
static bool open_next(struct session *s, struct session_env *env, unsigned dir,
		      const struct record *r, struct span *text)
{
	struct side *d = &s->sides[dir];

	if (d->is_unsure || r->was_sought || !is_ready(s, env, dir)) {
		d->is_unsure = true;
		return false;
	}
	if (cipher_read(&d->cipher, d->seq, r->head, r->body, env->text, &text->len)) {
		text->ptr = env->text;
		return true;
	}
	env->stats.bad_records++;
	d->is_unsure = true;
	return false;
}

/* No key and number fitted. Such a direction is not tried for ever. */
static void count_failure(struct session *s, struct session_env *env, unsigned dir,
			  const struct supply *keys)
{
	struct side *d = &s->sides[dir];
	bool is_hopeless = !keys->has_any && d->looks >= TLS_LOOKS_MAX;

	s->lacks_key |= !keys->has_any && s->suite;
	if (++d->fails < TLS_SEEK_FAILS_MAX && !is_hopeless)
		return;
	d->is_dead = true;
	env->stats.given_up += keys->has_any;
}

bool unlock_record(struct session *s, struct session_env *env, unsigned dir, const struct record *r,
		   struct span *text, uint64_t *seq)
{
	struct side *d = &s->sides[dir];
	struct supply keys;

	*seq = d->seq;
	if (!open_next(s, env, dir, r, text)) {
		if (!search(s, env, dir, r, text, seq, &keys) &&
		    (!keys.lacks_some || !look_again(d, env) ||
		     !search(s, env, dir, r, text, seq, &keys))) {
			count_failure(s, env, dir, &keys);
			return false;
		}
		env->stats.resyncs += d->epoch == EPOCH_DATA;
		/* Where Finished cannot be told any more, the next record may be of another. */
		d->is_unsure = d->epoch == EPOCH_HANDSHAKE && d->handshake.is_broken;
		d->fails = 0;
	}
	d->seq = *seq + 1;
	d->looks = 0;
	env->stats.records++;
	return true;
}
