/* SPDX-License-Identifier: BSD-2-Clause */
#include "support/hostfilter.h"

#include <stdlib.h>
#include <string.h>

#include "bpf/prefilter.h"

struct prefilter_env {
	struct hostfilter *h;
	struct span bytes;
};

static inline long prefilter_load(struct prefilter_env *env, __u32 off, void *to, __u32 len)
{
	if (off > env->bytes.len || env->bytes.len - off < len)
		return -1;
	memcpy(to, env->bytes.ptr + off, len);
	return 0;
}

static inline int prefilter_has_port(struct prefilter_env *env, __u16 port)
{
	return env->h->ports[port / 64] >> (port % 64) & 1;
}

static bool net_has(const struct prefilter_net_key *net, const uint8_t addr[16])
{
	for (unsigned i = 0; i < net->len; i++) {
		if ((net->addr[i / 8] ^ addr[i / 8]) & 0x80 >> i % 8)
			return false;
	}
	return true;
}

static inline int prefilter_has_address(struct prefilter_env *env, const __u8 addr[16])
{
	for (size_t i = 0; i < env->h->nets_cnt; i++) {
		if (net_has(&env->h->nets[i], addr))
			return 1;
	}
	return env->h->nets_cnt == 0;
}

static inline __u32 prefilter_generation(struct prefilter_env *env)
{
	return env->h->generation;
}

static struct hostfilter_hint *find_hint(struct hostfilter *h, const struct prefilter_key *key)
{
	for (size_t i = 0; i < h->hints_cnt; i++) {
		if (memcmp(&h->hints[i].key, key, sizeof(*key)) == 0)
			return &h->hints[i];
	}
	return NULL;
}

static inline const struct prefilter_hint_entry *
prefilter_find_hint(struct prefilter_env *env, const struct prefilter_key *key)
{
	struct hostfilter_hint *hint = find_hint(env->h, key);

	return hint ? &hint->entry : NULL;
}

struct prefilter_state *hostfilter_state(struct hostfilter *h, const struct prefilter_key *key)
{
	for (size_t i = 0; i < h->flows_cnt; i++) {
		if (memcmp(&h->flows[i].key, key, sizeof(*key)) == 0)
			return &h->flows[i].state;
	}
	return NULL;
}

static inline struct prefilter_state *prefilter_find_state(struct prefilter_env *env,
							   const struct prefilter_key *key)
{
	return hostfilter_state(env->h, key);
}

static inline long prefilter_put_state(struct prefilter_env *env, const struct prefilter_key *key,
				       const struct prefilter_state *state)
{
	struct hostfilter *h = env->h;
	struct prefilter_state *known = hostfilter_state(h, key);
	size_t i = h->flows_next;

	if (known) {
		*known = *state;
		return 0;
	}
	if (!h->flows_max)
		return -1;
	h->flows[i] = (struct hostfilter_flow){ *key, *state };
	h->flows_next = (i + 1) % h->flows_max;
	if (h->flows_cnt < h->flows_max)
		h->flows_cnt++;
	return 0;
}

static inline void prefilter_count(struct prefilter_env *env, enum prefilter_count what, __u64 n)
{
	env->h->counts[what] += n;
}

struct hostfilter *hostfilter_new(const struct prefilter_settings *settings, size_t flows_max)
{
	struct hostfilter *h = calloc(1, sizeof(*h) + flows_max * sizeof(h->flows[0]));

	if (!h)
		abort();
	h->settings = *settings;
	h->flows_max = flows_max;
	memset(h->ports, 0xff, sizeof(h->ports));
	return h;
}

void hostfilter_free(struct hostfilter *h)
{
	free(h);
}

uint32_t hostfilter_run(struct hostfilter *h, const struct hostfilter_frame *f, struct span bytes)
{
	struct prefilter_env env = { h, bytes };
	struct prefilter_frame frame = {
		.len = f->len ? f->len : (uint32_t)bytes.len,
		.protocol = f->protocol,
		.is_outgoing = f->is_outgoing,
		.interface = f->interface,
	};

	return prefilter_run(&env, &frame, &h->settings);
}

void hostfilter_hint(struct hostfilter *h, const struct prefilter_key *key, uint32_t first,
		     enum prefilter_hint hint)
{
	struct hostfilter_hint *known = find_hint(h, key);

	if (!known) {
		known = &h->hints[h->hints_cnt % HOSTFILTER_HINTS_MAX];
		if (h->hints_cnt < HOSTFILTER_HINTS_MAX)
			h->hints_cnt++;
	}
	*known = (struct hostfilter_hint){ *key, { first, hint } };
	h->generation++;
}

int hostfilter_look(struct span text)
{
	struct prefilter_env env = { NULL, text };

	return (int)prefilter_look(&env, 0, (uint32_t)text.len);
}

bool hostfilter_adds_up(const uint64_t counts[PREFILTER_COUNT_CNT])
{
	uint64_t sum = counts[PREFILTER_COUNT_passed] + counts[PREFILTER_COUNT_truncated];

	for (int i = PREFILTER_COUNT_cut_ack; i <= PREFILTER_COUNT_cut_loopback; i++)
		sum += counts[i];
	return sum == counts[PREFILTER_COUNT_seen] &&
	       counts[PREFILTER_COUNT_passed_bytes] <= counts[PREFILTER_COUNT_seen_bytes];
}
