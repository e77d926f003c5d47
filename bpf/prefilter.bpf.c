// SPDX-License-Identifier: BSD-2-Clause
/*
 * prefilter: the socket filter. Its decisions are in prefilter.h; this puts maps behind them.
 *
 * In:   packets of the sockets that it is put on.
 * Out:  the number of bytes of each to queue.
 *
 * Only headers that Linux guarantees to user space, no BTF of the kernel: it loads on any from 5.4.
 */
#include <linux/bpf.h>
#include <linux/if_packet.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "bpf/prefilter.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

const volatile struct prefilter_settings settings;

/* Set while the program runs. */
__u64 port_bits[PREFILTER_PORT_WORDS];
__u32 nets_cnt;   /* 0: any address */
__u32 generation; /* of the hints */

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, PREFILTER_FLOWS_MAX);
	__type(key, struct prefilter_key);
	__type(value, struct prefilter_state);
} flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, PREFILTER_HINTS_MAX);
	__type(key, struct prefilter_key);
	__type(value, struct prefilter_hint_entry);
} hints SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, PREFILTER_NETS_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefilter_net_key);
	__type(value, __u8);
} nets SEC(".maps");

struct tally {
	__u64 counts[PREFILTER_COUNT_CNT];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct tally);
} tallies SEC(".maps");

struct prefilter_env {
	struct __sk_buff *skb;
	struct tally *tally; /* of this processor, and so counted without a lock */
};

PREFILTER_INLINE long prefilter_load(struct prefilter_env *env, __u32 off, void *to, __u32 len)
{
	return bpf_skb_load_bytes(env->skb, off, to, len);
}

PREFILTER_INLINE int prefilter_has_port(struct prefilter_env *env, __u16 port)
{
	return port_bits[port / 64] >> (port % 64) & 1;
}

PREFILTER_INLINE int prefilter_has_address(struct prefilter_env *env, const __u8 addr[16])
{
	struct prefilter_net_key key = { .len = 128 };

	if (!nets_cnt)
		return 1;
	__builtin_memcpy(key.addr, addr, sizeof(key.addr));
	return bpf_map_lookup_elem(&nets, &key) != 0;
}

PREFILTER_INLINE __u32 prefilter_generation(struct prefilter_env *env)
{
	return *(volatile __u32 *)&generation;
}

PREFILTER_INLINE const struct prefilter_hint_entry *
prefilter_find_hint(struct prefilter_env *env, const struct prefilter_key *key)
{
	return bpf_map_lookup_elem(&hints, key);
}

PREFILTER_INLINE struct prefilter_state *prefilter_find_state(struct prefilter_env *env,
							      const struct prefilter_key *key)
{
	return bpf_map_lookup_elem(&flows, key);
}

PREFILTER_INLINE long prefilter_put_state(struct prefilter_env *env,
					  const struct prefilter_key *key,
					  const struct prefilter_state *state)
{
	return bpf_map_update_elem(&flows, key, state, BPF_ANY);
}

PREFILTER_INLINE void prefilter_count(struct prefilter_env *env, enum prefilter_count what, __u64 n)
{
	env->tally->counts[what] += n;
}

SEC("socket")
int handle_packet(struct __sk_buff *skb)
{
	__u32 zero = 0;
	struct prefilter_env env = { skb, bpf_map_lookup_elem(&tallies, &zero) };
	struct prefilter_settings set = {
		.window = settings.window,
		.snaplen = settings.snaplen,
		.loopback = settings.loopback,
		.l2_len = settings.l2_len,
		.body_cut = settings.body_cut,
	};
	struct prefilter_frame f = {
		.len = skb->len,
		.protocol = bpf_ntohs((__u16)skb->protocol),
		.is_outgoing = skb->pkt_type == PACKET_OUTGOING,
		.interface = skb->ifindex,
	};

	if (!env.tally) /* an array's element is always there, but the verifier cannot know */
		return 0;
	return (int)prefilter_run(&env, &f, &set);
}
