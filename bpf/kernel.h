/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * kernel: the few fields of the kernel's own structs that the probes read, found on each kernel by
 * its BTF; a part of tlsprobe.bpf.c.
 */
#ifndef BPF_KERNEL_H
#define BPF_KERNEL_H

#include "bpf/tlsshared.h"

#define KERNEL_STRUCT __attribute__((preserve_access_index))

struct in6_addr_bytes {
	__u8 bytes[16];
};

struct sock_common {
	__u16 skc_family;
	__u32 skc_daddr, skc_rcv_saddr; /* network order */
	__u16 skc_dport;                /* network order */
	__u16 skc_num;                  /* host order */
	struct in6_addr_bytes skc_v6_daddr, skc_v6_rcv_saddr;
} KERNEL_STRUCT;

struct sock {
	struct sock_common __sk_common;
} KERNEL_STRUCT;

struct socket {
	struct sock *sk;
} KERNEL_STRUCT;

struct inode {
	__u16 i_mode;
} KERNEL_STRUCT;

struct file {
	void *private_data;
	struct inode *f_inode;
} KERNEL_STRUCT;

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
} KERNEL_STRUCT;

struct files_struct {
	struct fdtable *fdt;
} KERNEL_STRUCT;

struct task_struct {
	struct files_struct *files;
} KERNEL_STRUCT;

#define KERNEL_AF_INET  2
#define KERNEL_AF_INET6 10
#define KERNEL_S_IFMT   0170000
#define KERNEL_S_IFSOCK 0140000

/* The addresses of a TCP socket, into *out but for out->way. False: it has none. */
static __always_inline int kernel_addresses(struct sock *sk, struct tls_addresses *out)
{
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	if (family == KERNEL_AF_INET) {
		__u32 local = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
		__u32 remote = BPF_CORE_READ(sk, __sk_common.skc_daddr);

		__builtin_memset(out->local, 0, 16);
		__builtin_memset(out->remote, 0, 16);
		out->local[10] = out->local[11] = out->remote[10] = out->remote[11] = 0xff;
		__builtin_memcpy(out->local + 12, &local, 4);
		__builtin_memcpy(out->remote + 12, &remote, 4);
	} else if (family == KERNEL_AF_INET6) {
		BPF_CORE_READ_INTO(&out->local, sk, __sk_common.skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO(&out->remote, sk, __sk_common.skc_v6_daddr);
	} else {
		return 0;
	}
	out->lport = BPF_CORE_READ(sk, __sk_common.skc_num);
	out->rport = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	/* A socket that is not connected, or not any more, has lost its port. */
	return out->lport && out->rport;
}

/* The socket behind a descriptor of the current process; NULL: it is none. */
static __always_inline struct sock *kernel_sock_of(int fd)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file **files = BPF_CORE_READ(table, fd), *file = 0;
	struct socket *socket;

	if (fd < 0 || (unsigned int)fd >= BPF_CORE_READ(table, max_fds) ||
	    bpf_probe_read_kernel(&file, sizeof(file), files + fd) || !file)
		return 0;
	if ((BPF_CORE_READ(file, f_inode, i_mode) & KERNEL_S_IFMT) != KERNEL_S_IFSOCK)
		return 0;
	socket = BPF_CORE_READ(file, private_data);
	return BPF_CORE_READ(socket, sk);
}

#endif
