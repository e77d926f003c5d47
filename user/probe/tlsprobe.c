/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/tlsprobe.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tlsprobe.skel.h>

#define KERNEL_TYPES "/sys/kernel/btf/vmlinux"

#define TLSPROBE_ROW(name, class, help) COUNTER_ROW(tlsprobe_stats, name, class, help)
const struct counter tlsprobe_counters[] = { TLSPROBE_COUNTERS(TLSPROBE_ROW) };
const size_t tlsprobe_counters_cnt = sizeof(tlsprobe_counters) / sizeof(tlsprobe_counters[0]);

_Static_assert(sizeof(struct tlsprobe_stats) == TLSPROBE_COUNT_CNT * sizeof(uint64_t),
	       "the kernel counts in the same order");

struct tlsprobe {
	struct tlsprobe_bpf *skel;
	struct ring_buffer *ring;
	struct bpf_link *tracepoints[2]; /* NULL: this kernel has none */
	const char *addresses;
	int cpus;
	struct tlsprobe_stats *tallies; /* room for one of each processor */
	tlsprobe_fn fn;                 /* of the tlsprobe_read() that goes on */
	void *ctx;
	size_t read;
};

/* The probes on a file. */
struct attached {
	size_t cnt;
	struct bpf_link *links[TARGET_PLACES_MAX];
};

static int be_quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

/* A line for people about what went wrong. */
static int refuse(int err, const char *what, char *why, size_t why_cap)
{
	/* To root, the latter says that the program itself is refused. */
	bool is_denied = err == -EPERM || (err == -EACCES && geteuid() != 0);

	(void)snprintf(why, why_cap, "%s: %s%s", what, strerror(-err),
		       is_denied ? " (needs root: CAP_BPF, CAP_PERFMON and CAP_SYS_ADMIN)" : "");
	return is_denied ? -EPERM : err;
}

static int on_event(void *ctx, void *data, size_t len)
{
	struct tlsprobe *p = ctx;
	const struct tls_event *e = data;

	/* The kernel's half sends no others. */
	if (len < sizeof(*e) || len - sizeof(*e) < e->len)
		return 0;
	p->read++;
	p->fn(p->ctx, e, span_make(e + 1, e->len));
	return 0;
}

/* Settings that the programs have from their beginning. */
static void configure(struct tlsprobe *p, const struct tlsprobe_config *c)
{
	struct tlsprobe_bpf *skel = p->skel;
	bool has_types = !c->no_kernel_types && access(KERNEL_TYPES, R_OK) == 0;

	skel->rodata->settings = (struct tls_settings){
		.window = c->window ? c->window : TLS_WINDOW,
		.body_cut = c->body_cut,
	};
	if (c->ring_bytes)
		(void)bpf_map__set_max_entries(skel->maps.events, c->ring_bytes);
	(void)bpf_program__set_autoload(skel->progs.handle_set_fd, has_types);
	(void)bpf_program__set_autoload(skel->progs.handle_go_handshake, has_types);
	(void)bpf_program__set_autoload(skel->progs.handle_send, has_types && !c->no_tracepoints);
	(void)bpf_program__set_autoload(skel->progs.handle_receive,
					has_types && !c->no_tracepoints);
	p->addresses = has_types ? "addresses from SSL_set_fd only: this kernel (before 6.3) does "
				   "not tell which socket a thread uses"
				 : "no addresses: this kernel does not describe its types (BTF)";
}

/* The surest way to the addresses, where the kernel has it. */
static void attach_tracepoints(struct tlsprobe *p)
{
	struct bpf_program *const progs[] = { p->skel->progs.handle_send,
					      p->skel->progs.handle_receive };

	for (size_t i = 0; i < 2; i++) {
		if (bpf_program__fd(progs[i]) >= 0)
			p->tracepoints[i] = bpf_program__attach(progs[i]);
	}
	if (p->tracepoints[0] && p->tracepoints[1])
		p->addresses = "addresses from the sockets that are used";
}

static int load(struct tlsprobe *p, const struct tlsprobe_config *c, char *why, size_t why_cap)
{
	int err;

	p->cpus = libbpf_num_possible_cpus();
	if (p->cpus < 0)
		return refuse(p->cpus, "number of processors", why, why_cap);
	p->tallies = calloc((size_t)p->cpus, sizeof(*p->tallies));
	p->skel = tlsprobe_bpf__open();
	if (!p->tallies || !p->skel)
		return refuse(-ENOMEM, "eBPF programs", why, why_cap);
	configure(p, c);
	err = tlsprobe_bpf__load(p->skel);
	if (err)
		return refuse(err, "loading the eBPF programs", why, why_cap);
	p->ring = ring_buffer__new(bpf_map__fd(p->skel->maps.events), on_event, p, NULL);
	if (!p->ring)
		return refuse(-errno, "ring of events", why, why_cap);
	attach_tracepoints(p);
	return 0;
}

int tlsprobe_open(const struct tlsprobe_config *config, struct tlsprobe **out, char *why,
		  size_t why_cap)
{
	struct tlsprobe *p = calloc(1, sizeof(*p));
	libbpf_print_fn_t before;
	int err;

	*out = NULL;
	if (!p)
		return refuse(-ENOMEM, "eBPF programs", why, why_cap);
	before = libbpf_set_print(be_quiet);
	err = load(p, config, why, why_cap);
	(void)libbpf_set_print(before);
	if (err) {
		tlsprobe_close(p);
		return err;
	}
	*out = p;
	return 0;
}

void tlsprobe_close(struct tlsprobe *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < 2; i++)
		(void)bpf_link__destroy(p->tracepoints[i]);
	ring_buffer__free(p->ring);
	tlsprobe_bpf__destroy(p->skel);
	free(p->tallies);
	free(p);
}

static struct bpf_program *program_of(const struct tlsprobe *p, enum probe probe)
{
	struct bpf_program *const all[PROBE_CNT] = {
		[PROBE_WRITE] = p->skel->progs.handle_write,
		[PROBE_READ] = p->skel->progs.handle_read,
		[PROBE_WRITE_STORED] = p->skel->progs.handle_write_stored,
		[PROBE_READ_STORED] = p->skel->progs.handle_read_stored,
		[PROBE_WRITE_LONG] = p->skel->progs.handle_write_long,
		[PROBE_READ_LONG] = p->skel->progs.handle_read_long,
		[PROBE_HANDSHAKE] = p->skel->progs.handle_handshake,
		[PROBE_INIT] = p->skel->progs.handle_init,
		[PROBE_CLEAR] = p->skel->progs.handle_clear,
		[PROBE_FREE] = p->skel->progs.handle_free,
		[PROBE_SET_FD] = p->skel->progs.handle_set_fd,
		[PROBE_GO_WRITE] = p->skel->progs.handle_go_write,
		[PROBE_GO_READ] = p->skel->progs.handle_go_read,
		[PROBE_GO_WRITTEN] = p->skel->progs.handle_go_written,
		[PROBE_GO_HAS_READ] = p->skel->progs.handle_go_has_read,
		[PROBE_GO_HANDSHAKE] = p->skel->progs.handle_go_handshake,
		[PROBE_GO_CLOSE] = p->skel->progs.handle_go_close,
		[PROBE_RETURN] = p->skel->progs.handle_return,
		[PROBE_NEW] = p->skel->progs.handle_new,
	};

	return all[probe];
}

int tlsprobe_attach(struct tlsprobe *p, const struct target *t, const char *path, int pid,
		    void **out)
{
	struct attached *a = calloc(1, sizeof(*a));
	libbpf_print_fn_t before = libbpf_set_print(be_quiet);
	int err = a ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < t->places_cnt; i++) {
		struct bpf_program *prog = program_of(p, t->places[i].probe);
		bool is_return = probe_is_return(t->places[i].probe);
		struct bpf_link *link;

		/* One that this kernel cannot have is left out. */
		if (bpf_program__fd(prog) < 0)
			continue;
		link = bpf_program__attach_uprobe(prog, is_return, pid, path, t->places[i].off);
		if (link)
			a->links[a->cnt++] = link;
		else
			err = -errno;
	}
	(void)libbpf_set_print(before);
	*out = a;
	if (err) {
		tlsprobe_detach(a);
		*out = NULL;
	}
	return err;
}

void tlsprobe_detach(void *attached)
{
	struct attached *a = attached;

	for (size_t i = 0; a && i < a->cnt; i++)
		(void)bpf_link__destroy(a->links[i]);
	free(a);
}

size_t tlsprobe_read(struct tlsprobe *p, tlsprobe_fn fn, void *ctx)
{
	p->fn = fn;
	p->ctx = ctx;
	p->read = 0;
	(void)ring_buffer__consume(p->ring);
	return p->read;
}

void tlsprobe_want(struct tlsprobe *p, const struct tls_key *key, enum tls_want want)
{
	uint32_t value = want;

	/* One that is lost costs copies, or bytes that are told as cut. */
	(void)bpf_map_update_elem(bpf_map__fd(p->skel->maps.wants), key, &value, BPF_ANY);
}

const char *tlsprobe_addresses(const struct tlsprobe *p)
{
	return p->addresses;
}

int tlsprobe_stats(struct tlsprobe *p, struct tlsprobe_stats *out)
{
	uint64_t *sums = (uint64_t *)out;
	uint32_t zero = 0;

	if (bpf_map_lookup_elem(bpf_map__fd(p->skel->maps.tallies), &zero, p->tallies) != 0)
		return -errno;
	memset(out, 0, sizeof(*out));
	for (int cpu = 0; cpu < p->cpus; cpu++) {
		const uint64_t *counts = (const uint64_t *)&p->tallies[cpu];

		for (size_t i = 0; i < TLSPROBE_COUNT_CNT; i++)
			sums[i] += counts[i];
	}
	return 0;
}
