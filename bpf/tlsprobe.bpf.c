// SPDX-License-Identifier: BSD-2-Clause
/*
 * tlsprobe: plaintext, where programs give it to TLS libraries and get it from them.
 *
 * In:   calls of OpenSSL, GnuTLS and Go's crypto/tls, by uprobes at their entry and return.
 * Out:  struct tls_event in a ring, in the order of the calls.
 *
 * Nothing is written into a process. What a call carried is known when it returns, so partial reads
 * and calls that are repeated count once. A thread's calls lie on a stack, because TLS inside TLS
 * nests them; a call that left without returning (longjmp) is known by the stack pointer.
 */
#include <linux/bpf.h>
#include <linux/ptrace.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "bpf/kernel.h"
#include "bpf/tlscut.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

const volatile struct tls_settings settings;

#include "bpf/tlsmaps.h"

static __always_inline void count(enum tlsprobe_count what, __u64 n)
{
	__u32 zero = 0;
	struct tally *t = bpf_map_lookup_elem(&tallies, &zero);

	if (t)
		t->counts[what] += n;
}

/* The bytes that a call carries. */
struct prefilter_env {
	__u64 data;
};

PREFILTER_INLINE long prefilter_load(struct prefilter_env *env, __u32 off, void *to, __u32 len)
{
	return bpf_probe_read_user(to, len, (const void *)(env->data + off));
}

static __always_inline struct tls_key key_of(__u64 object)
{
	return (struct tls_key){ .object = object,
				 .pid = (__u32)(bpf_get_current_pid_tgid() >> 32) };
}

/* A connection of which nothing is remembered. */
static __always_inline struct tls_conn *conn_begin(const struct tls_key *key, enum tls_mode mode)
{
	struct tls_conn fresh = { .born_ns = bpf_ktime_get_ns(),
				  .mode = (__u8)mode,
				  .is_from_start = mode == TLS_MODE_NEW };

	bpf_map_delete_elem(&wants, key);
	bpf_map_update_elem(&conns, key, &fresh, BPF_ANY);
	return bpf_map_lookup_elem(&conns, key);
}

static __always_inline struct thread *thread_of(__u64 id)
{
	struct thread *t = bpf_map_lookup_elem(&threads, &id);
	__u32 zero = 0;
	struct blank *blank;

	if (t)
		return t;
	blank = bpf_map_lookup_elem(&blanks, &zero);
	if (!blank)
		return 0;
	bpf_map_update_elem(&threads, &id, &blank->thread, BPF_ANY);
	return bpf_map_lookup_elem(&threads, &id);
}

static __always_inline void event_fill(struct tls_event *e, const struct tls_key *key,
				       const struct tls_conn *c, enum tls_kind kind,
				       enum tls_dir dir, __u32 len)
{
	__builtin_memset(e, 0, sizeof(*e));
	e->key = *key;
	e->born_ns = c->born_ns;
	e->time_ns = bpf_ktime_get_ns();
	e->pos[0] = c->streams[0].pos;
	e->pos[1] = c->streams[1].pos;
	e->lost[0] = c->streams[0].lost;
	e->lost[1] = c->streams[1].lost;
	e->tid = (__u32)bpf_get_current_pid_tgid();
	e->len = len;
	e->kind = (__u8)kind;
	e->dir = (__u8)dir;
	e->is_from_start = c->is_from_start;
	e->addresses = c->addresses;
	bpf_get_current_comm(e->command, sizeof(e->command));
}

/* User space looks every few milliseconds; waking it for each event costs more. */
static __always_inline __u64 wake_flags(void)
{
	return bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) >= TLS_WAKE_BYTES ? BPF_RB_FORCE_WAKEUP
									       : BPF_RB_NO_WAKEUP;
}

/* To the verifier: 1 to max, a power of 2. */
#define BOUND(n, max)                                                                              \
	do {                                                                                       \
		n = ((n - 1) & ((max)-1)) + 1;                                                     \
		__asm__ volatile("" : "+r"(n));                                                    \
	} while (0)

/* Copy len bytes, at most max, into an event of a constant size, as the ring wants it. */
#define EMIT(max)                                                                                  \
	do {                                                                                       \
		struct tls_event *e = bpf_ringbuf_reserve(&events, sizeof(*e) + (max), 0);         \
		__u32 n = len;                                                                     \
                                                                                                   \
		if (!e)                                                                            \
			return TLSPROBE_COUNT_lost_bytes;                                          \
		event_fill(e, key, c, TLS_DATA, dir, len);                                         \
		BOUND(n, max);                                                                     \
		if (bpf_probe_read_user(e + 1, n, (const void *)data)) {                           \
			bpf_ringbuf_discard(e, BPF_RB_NO_WAKEUP);                                  \
			return TLSPROBE_COUNT_fault_bytes;                                         \
		}                                                                                  \
		bpf_ringbuf_submit(e, wake_flags());                                               \
		return TLSPROBE_COUNT_passed_bytes;                                                \
	} while (0)

/* One event with len bytes, not 0. What they are to be counted as. Not static, and so verified once
 * and not for each way that leads here; the same goes for look(). */
__noinline int emit(const struct tls_key *key, const struct tls_conn *c, __u32 dir, __u64 data,
		    __u32 len)
{
	if (!key || !c)
		return TLSPROBE_COUNT_lost_bytes;
	if (len <= 512)
		EMIT(512);
	if (len <= 4096)
		EMIT(4096);
	EMIT(TLS_EVENT_DATA);
}

/* Whether the n bytes, not 0, at data may begin with a start line: enum prefilter_start. */
__noinline int look(__u64 data, __u32 n)
{
	struct prefilter_env env = { data };

	return n ? (int)prefilter_look(&env, 0, n) : PREFILTER_START_NO;
}

/* Send up to TLS_TURN_EVENTS events' worth of kept bytes up, and move on; how many bytes it was. */
__noinline __u32 send_some(const struct tls_key *key, struct tls_conn *c, __u32 dir, __u64 data,
			   __u64 kept)
{
	__u32 done = 0;

	if (!key || !c)
		return 0;
	dir &= 1;
	/* To the compiler: only now may addresses be computed from c. */
	__asm__ volatile("" : "+r"(c), "+r"(dir));
	for (int i = 0; i < TLS_TURN_EVENTS && done < kept; i++) {
		__u64 left = kept - done;
		__u32 len = left < TLS_EVENT_DATA ? (__u32)left : TLS_EVENT_DATA;
		int what = emit(key, c, dir, data + done, len);

		if (what != TLSPROBE_COUNT_passed_bytes)
			c->streams[dir].lost += len;
		else
			c->is_told = 1;
		count(what == TLSPROBE_COUNT_passed_bytes  ? TLSPROBE_COUNT_passed_bytes
		      : what == TLSPROBE_COUNT_fault_bytes ? TLSPROBE_COUNT_fault_bytes
							   : TLSPROBE_COUNT_lost_bytes,
		      len);
		c->streams[dir].pos += len;
		done += len;
	}
	return done;
}

/* Send the first kept bytes up, and move on. */
static __always_inline void send(const struct tls_key *key, struct tls_conn *c, enum tls_dir dir,
				 __u64 data, __u64 kept)
{
	struct tls_stream *st = &c->streams[dir & 1];

	for (int i = 0; i < TLS_CALL_TURNS && kept; i++) {
		__u64 done = send_some(key, c, dir, data, kept);

		if (done > kept)
			done = kept;
		data += done;
		kept -= done;
	}
	if (kept) {
		count(TLSPROBE_COUNT_long_bytes, kept);
		st->lost += kept;
		st->pos += kept;
	}
}

/* By the surest way there is; one that was found stays. */
static __always_inline void find_addresses(struct thread *t, struct tls_conn *c, int has_read)
{
	if (c->addresses.way == TLS_ADDRESS_NESTED)
		return;
	if (t->nested.way) {
		c->addresses = t->nested;
		return;
	}
	/* What was just received is for whoever reads first after it. A call that only asks for
	 * more proves nothing. */
	if (!has_read || !t->last.way || (t->last_born && t->last_born != c->born_ns))
		return;
	t->last_born = c->born_ns;
	if (!c->addresses.way)
		c->addresses = t->last;
}

static __always_inline void note_addresses(struct thread *t, __u64 object, int has_read)
{
	struct tls_key key = key_of(object);
	struct tls_conn *c = bpf_map_lookup_elem(&conns, &key);

	if (c)
		find_addresses(t, c, has_read);
}

/* n bytes, not 0, of an object went from or to data. */
static __always_inline void transfer(struct thread *t, __u64 object, enum tls_dir dir, __u64 data,
				     __u64 n)
{
	struct tls_key key = key_of(object);
	struct tls_conn *c = bpf_map_lookup_elem(&conns, &key);
	struct tls_settings set = { .window = settings.window, .body_cut = settings.body_cut };
	enum prefilter_start start;
	__u32 *want;
	__u64 kept;

	count(TLSPROBE_COUNT_calls, 1);
	count(TLSPROBE_COUNT_bytes, n);
	if (!c) {
		c = conn_begin(&key, TLS_MODE_JOINED);
		count(TLSPROBE_COUNT_joined, 1);
	}
	if (!c)
		return;
	if (t)
		find_addresses(t, c, dir == TLS_READ);
	want = bpf_map_lookup_elem(&wants, &key);
	start = look(data, n < 1u << 30 ? (__u32)n : 1u << 30);
	kept = tls_decide(&set, c, dir, n, start, want ? *want : TLS_WANT_HEADS);
	if (kept)
		send(&key, c, dir, data, kept);
	c->streams[dir & 1].pos += n - kept;
	count(want && *want == TLS_WANT_NOTHING ? TLSPROBE_COUNT_ignored_bytes
						: TLSPROBE_COUNT_cut_bytes,
	      n - kept);
}

/* The object begins to name another connection, or none. */
static __always_inline void end(__u64 object)
{
	struct tls_key key = key_of(object);
	struct tls_conn *c = bpf_map_lookup_elem(&conns, &key);
	struct tls_event *e;

	if (c && c->is_told) {
		e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
		if (e) {
			event_fill(e, &key, c, TLS_END, 0, 0);
			bpf_ringbuf_submit(e, wake_flags());
		} else {
			count(TLSPROBE_COUNT_lost_ends, 1);
		}
	}
	if (c)
		bpf_map_delete_elem(&conns, &key);
	bpf_map_delete_elem(&wants, &key);
}

/* A compiler that has followed the count knows that the index is in bounds, and would leave out
 * what tells the verifier so. */
static __always_inline struct frame *frame_at(struct thread *t, __u32 i)
{
	__asm__ volatile("" : "+r"(i));
	return &t->frames[i % TLS_FRAMES];
}

/* Drop the calls that can have been left only without a return: what is called now lies as high on
 * the stack, or higher. */
static __always_inline void frames_drop(struct thread *t, __u64 sp)
{
	for (int i = 0; i < TLS_FRAMES; i++) {
		if (t->frames_cnt && frame_at(t, t->frames_cnt - 1)->sp <= sp)
			t->frames_cnt--;
	}
}

/* One library function calls another for the same purpose: the outer one counts. */
static __always_inline int is_inner(const struct thread *t, __u64 object, enum tls_dir dir)
{
	for (__u32 i = 0; i < TLS_FRAMES; i++) {
		if (i < t->frames_cnt && t->frames[i].object == object && t->frames[i].dir == dir)
			return 1;
	}
	return 0;
}

static __always_inline int enter(struct pt_regs *ctx, const struct frame *f)
{
	struct thread *t = thread_of(bpf_get_current_pid_tgid());
	__u64 sp = PT_REGS_SP(ctx);
	struct frame *to;

	if (!t)
		return 0;
	frames_drop(t, sp);
	if (is_inner(t, f->object, f->dir))
		return 0;
	if (t->frames_cnt >= TLS_FRAMES) {
		count(TLSPROBE_COUNT_frames_over, 1);
		return 0;
	}
	if (!t->frames_cnt)
		t->nested.way = TLS_ADDRESS_NONE;
	to = frame_at(t, t->frames_cnt);
	*to = *f;
	to->sp = sp;
	t->frames_cnt++;
	return 0;
}

static __always_inline int enter_transfer(struct pt_regs *ctx, enum tls_dir dir, enum result result)
{
	struct frame f = { .object = PT_REGS_PARM1(ctx),
			   .data = PT_REGS_PARM2(ctx),
			   .dir = (__u8)dir,
			   .result = (__u8)result };

	if (result == RESULT_STORED)
		f.stored = PT_REGS_PARM4(ctx);
	return enter(ctx, &f);
}

SEC("uprobe")
int handle_write(struct pt_regs *ctx)
{
	return enter_transfer(ctx, TLS_WRITTEN, RESULT_INT);
}

SEC("uprobe")
int handle_read(struct pt_regs *ctx)
{
	return enter_transfer(ctx, TLS_READ, RESULT_INT);
}

SEC("uprobe")
int handle_write_stored(struct pt_regs *ctx)
{
	return enter_transfer(ctx, TLS_WRITTEN, RESULT_STORED);
}

SEC("uprobe")
int handle_read_stored(struct pt_regs *ctx)
{
	return enter_transfer(ctx, TLS_READ, RESULT_STORED);
}

SEC("uprobe")
int handle_write_long(struct pt_regs *ctx)
{
	return enter_transfer(ctx, TLS_WRITTEN, RESULT_LONG);
}

SEC("uprobe")
int handle_read_long(struct pt_regs *ctx)
{
	return enter_transfer(ctx, TLS_READ, RESULT_LONG);
}

/* The handshake is what surely uses the connection's socket: what comes right behind it may lie in
 * the library's buffer by then. */
SEC("uprobe")
int handle_handshake(struct pt_regs *ctx)
{
	struct frame f = { .object = PT_REGS_PARM1(ctx), .dir = DIR_NONE, .result = RESULT_DONE };

	return enter(ctx, &f);
}

/* gnutls_init() stores the new object. */
SEC("uprobe")
int handle_init(struct pt_regs *ctx)
{
	struct frame f = { .stored = PT_REGS_PARM1(ctx), .dir = DIR_NONE, .result = RESULT_OBJECT };

	return enter(ctx, &f);
}

/* The stack pointer that the function was entered with, now that it has returned. */
static __always_inline __u64 entry_sp(struct pt_regs *ctx)
{
#if defined(__TARGET_ARCH_x86)
	return PT_REGS_SP(ctx) - 8; /* the return address was taken off */
#else
	return PT_REGS_SP(ctx);
#endif
}

static __always_inline __u64 stored_word(__u64 address)
{
	__u64 word = 0;

	if (bpf_probe_read_user(&word, sizeof(word), (const void *)address))
		return 0;
	return word;
}

static __always_inline void new_object(__u64 object)
{
	struct tls_key key = key_of(object);

	/* Where its end was not seen. */
	end(object);
	conn_begin(&key, TLS_MODE_NEW);
}

SEC("uretprobe")
int handle_return(struct pt_regs *ctx)
{
	__u64 id = bpf_get_current_pid_tgid(), sp = entry_sp(ctx);
	struct thread *t = bpf_map_lookup_elem(&threads, &id);
	long rc = (long)PT_REGS_RC(ctx);
	struct frame f;

	if (!t)
		return 0;
	frames_drop(t, sp - 1);
	if (!t->frames_cnt || frame_at(t, t->frames_cnt - 1)->sp != sp) {
		/* An inner call, or one that began before the probe was there. */
		if (!t->frames_cnt)
			count(TLSPROBE_COUNT_orphans, 1);
		return 0;
	}
	t->frames_cnt--;
	f = *frame_at(t, t->frames_cnt);
	/* The upper half of an int's register may hold anything. */
	if (f.result != RESULT_LONG)
		rc = (int)rc;
	if (f.result == RESULT_OBJECT) {
		__u64 object = rc == 0 ? stored_word(f.stored) : 0;

		if (object)
			new_object(object);
		return 0;
	}
	if (f.result == RESULT_DONE) {
		note_addresses(t, f.object, rc > 0);
		return 0;
	}
	if (f.result == RESULT_STORED && rc > 0)
		rc = (long)stored_word(f.stored);
	if (rc > 0)
		transfer(t, f.object, f.dir, f.data, (__u64)rc);
	return 0;
}

/* SSL_new() returns the new object. */
SEC("uretprobe")
int handle_new(struct pt_regs *ctx)
{
	if (PT_REGS_RC(ctx))
		new_object(PT_REGS_RC(ctx));
	return 0;
}

/* SSL_clear() makes an object ready for another connection. */
SEC("uprobe")
int handle_clear(struct pt_regs *ctx)
{
	new_object(PT_REGS_PARM1(ctx));
	return 0;
}

SEC("uprobe")
int handle_free(struct pt_regs *ctx)
{
	if (PT_REGS_PARM1(ctx))
		end(PT_REGS_PARM1(ctx));
	return 0;
}

SEC("uprobe")
int handle_set_fd(struct pt_regs *ctx)
{
	struct tls_key key = key_of(PT_REGS_PARM1(ctx));
	struct tls_conn *c = bpf_map_lookup_elem(&conns, &key);
	struct sock *sk = kernel_sock_of((int)PT_REGS_PARM2(ctx));
	struct tls_addresses found = { .way = TLS_ADDRESS_FD };

	if (sk && kernel_addresses(sk, &found)) {
		if (!c)
			c = conn_begin(&key, TLS_MODE_JOINED);
		if (c)
			c->addresses = found;
	}
	return 0;
}

#include "bpf/tlsgo.h"

/* A socket is used by a thread that calls TLS libraries. */
static __always_inline int on_socket(struct sock *sk, int rc, enum tls_dir dir)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct thread *t = bpf_map_lookup_elem(&threads, &id);
	struct tls_addresses found = { .way = TLS_ADDRESS_NESTED };

	if (!t || (!t->frames_cnt && (dir != TLS_READ || rc <= 0)))
		return 0;
	if (!kernel_addresses(sk, &found))
		return 0;
	if (t->frames_cnt) {
		t->nested = found;
		return 0;
	}
	found.way = TLS_ADDRESS_LAST;
	t->last = found;
	t->last_born = 0;
	return 0;
}

SEC("raw_tp/sock_send_length")
int handle_send(struct bpf_raw_tracepoint_args *ctx)
{
	return on_socket((struct sock *)ctx->args[0], (int)ctx->args[1], TLS_WRITTEN);
}

SEC("raw_tp/sock_recv_length")
int handle_receive(struct bpf_raw_tracepoint_args *ctx)
{
	return on_socket((struct sock *)ctx->args[0], (int)ctx->args[1], TLS_READ);
}
