/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * tlsgo: the probes on Go's crypto/tls, on entries and on the instructions that return. A part of
 * tlsprobe.bpf.c, whose connections they use.
 */
#ifndef BPF_TLSGO_H
#define BPF_TLSGO_H

/*
 * Go 1.17 and later pass arguments in registers of their own (ABIInternal): the receiver, the
 * slice's address and its length in the first three, results from the first on. A goroutine is
 * named by the register that always holds it.
 */
#if defined(__TARGET_ARCH_x86)
#define GO_FIRST(ctx)     ((ctx)->rax)
#define GO_SECOND(ctx)    ((ctx)->rbx)
#define GO_THIRD(ctx)     ((ctx)->rcx)
#define GO_GOROUTINE(ctx) ((ctx)->r14)
#else
#define GO_FIRST(ctx)     (((struct user_pt_regs *)(ctx))->regs[0])
#define GO_SECOND(ctx)    (((struct user_pt_regs *)(ctx))->regs[1])
#define GO_THIRD(ctx)     (((struct user_pt_regs *)(ctx))->regs[2])
#define GO_GOROUTINE(ctx) (((struct user_pt_regs *)(ctx))->regs[28])
#endif

static __always_inline struct go_key go_key_of(struct pt_regs *ctx, enum tls_dir dir)
{
	return (struct go_key){ .goroutine = GO_GOROUTINE(ctx),
				.pid = (__u32)(bpf_get_current_pid_tgid() >> 32),
				.dir = dir };
}

static __always_inline int go_enter(struct pt_regs *ctx, enum tls_dir dir)
{
	struct go_key key = go_key_of(ctx, dir);
	struct go_call call = { .object = GO_FIRST(ctx), .data = GO_SECOND(ctx) };

	/* The thread's sockets are watched from now on. */
	(void)thread_of(bpf_get_current_pid_tgid());
	bpf_map_update_elem(&go_calls, &key, &call, BPF_ANY);
	return 0;
}

static __always_inline int go_leave(struct pt_regs *ctx, enum tls_dir dir)
{
	struct go_key key = go_key_of(ctx, dir);
	struct go_call *call = bpf_map_lookup_elem(&go_calls, &key), copy;
	long n = (long)GO_FIRST(ctx);

	if (!call) {
		count(TLSPROBE_COUNT_orphans, 1);
		return 0;
	}
	copy = *call;
	bpf_map_delete_elem(&go_calls, &key);
	if (n > 0 && !copy.counted)
		transfer(thread_of(bpf_get_current_pid_tgid()), copy.object, dir, copy.data,
			 (__u64)n);
	return 0;
}

/*
 * Another goroutine may read the response before this one returns, so a write counts at its entry.
 * Not before the handshake, which it may yet make itself, and which begins the connection. A
 * function that finds its stack too small makes it larger, and is entered once more.
 */
SEC("uprobe")
int handle_go_write(struct pt_regs *ctx)
{
	struct go_key key = go_key_of(ctx, TLS_WRITTEN);
	struct go_call call = { GO_FIRST(ctx), GO_SECOND(ctx), GO_THIRD(ctx) };
	struct go_call *open = bpf_map_lookup_elem(&go_calls, &key);
	struct tls_key name = key_of(call.object);

	if (open && open->object == call.object && open->data == call.data &&
	    open->counted == call.counted)
		return 0;
	if ((long)call.counted <= 0 || !bpf_map_lookup_elem(&conns, &name))
		return go_enter(ctx, TLS_WRITTEN);
	bpf_map_update_elem(&go_calls, &key, &call, BPF_ANY);
	transfer(thread_of(bpf_get_current_pid_tgid()), call.object, TLS_WRITTEN, call.data,
		 call.counted);
	return 0;
}

SEC("uprobe")
int handle_go_read(struct pt_regs *ctx)
{
	return go_enter(ctx, TLS_READ);
}

SEC("uprobe")
int handle_go_written(struct pt_regs *ctx)
{
	return go_leave(ctx, TLS_WRITTEN);
}

SEC("uprobe")
int handle_go_has_read(struct pt_regs *ctx)
{
	return go_leave(ctx, TLS_READ);
}

/* The descriptor of tls.Conn.conn, when that is a net.TCPConn: the second word of the interface
 * leads to it, its first word to a net.netFD, and that has it behind a lock of 16 bytes. */
static __always_inline int go_fd(__u64 conn)
{
	__u64 tcp = stored_word(conn + 8), netfd = tcp ? stored_word(tcp) : 0;

	return netfd ? (int)stored_word(netfd + 16) : -1;
}

SEC("uprobe")
int handle_go_handshake(struct pt_regs *ctx)
{
	struct tls_key key = key_of(GO_FIRST(ctx));
	struct tls_addresses found = { .way = TLS_ADDRESS_FD };
	struct sock *sk = kernel_sock_of(go_fd(key.object));
	struct tls_conn *c;

	new_object(key.object);
	c = bpf_map_lookup_elem(&conns, &key);
	if (c && sk && kernel_addresses(sk, &found))
		c->addresses = found;
	return 0;
}

SEC("uprobe")
int handle_go_close(struct pt_regs *ctx)
{
	end(GO_FIRST(ctx));
	return 0;
}

#endif
