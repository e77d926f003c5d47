/* SPDX-License-Identifier: BSD-2-Clause */

/* The program in the kernel decides as the same code does here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture/prefilter.h"
#include "net/decode.h"
#include "support/conversation.h"
#include "support/hostfilter.h"
#include "support/shapes.h"

/* Built without eBPF, there is nothing to test but the refusal. */
#if __has_include(<prefilter.skel.h>)
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <prefilter.skel.h>

#include "support/loaded.h"
#define HAS_SKELETON 1
#else
#define HAS_SKELETON 0
#endif

#define SNAPLEN 262144u
#define WINDOW  4096u

/* The program on a socket of its own, which is fed by the other of a pair. */
struct setting {
	struct prefilter *p;
	struct hostfilter *h; /* with the same settings */
	int to, from;
	uint8_t got[PACKETS_MAX];
	struct packets room;
};

static const struct prefilter_settings cutting = {
	.window = WINDOW, .snaplen = SNAPLEN, .l2_len = 14, .body_cut = 1
};

/* NULL when the machine does not allow it, which is said. */
static struct setting *open_with(const struct prefilter_config *c)
{
	struct setting *s = calloc(1, sizeof(*s));
	struct prefilter_settings settings = cutting;
	char why[256] = "";
	int pair[2], err;

	assert_non_null(s);
	err = prefilter_open(c, &s->p, why, sizeof(why));
	if (err == -EPERM || err == -ENOSYS) {
		print_message("SKIP: %s; run: sudo make check\n", why);
		free(s);
		return NULL;
	}
	if (err)
		fail_msg("%s", why);
	settings.body_cut = c->body_cut;
	s->h = hostfilter_new(&settings, 1024);
	if (c->ports)
		memcpy(s->h->ports, c->ports, sizeof(s->h->ports));
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair), 0);
	s->to = pair[0];
	s->from = pair[1];
	assert_int_equal(prefilter_attach(s->p, s->from, why, sizeof(why)), 0);
	return s;
}

static void close_all(struct setting *s)
{
	struct prefilter_stats stats;

	assert_int_equal(prefilter_stats(s->p, &stats), 0);
	assert_memory_equal(&stats, s->h->counts, sizeof(stats));
	assert_true(hostfilter_adds_up(s->h->counts));
	prefilter_close(s->p);
	hostfilter_free(s->h);
	close(s->to);
	close(s->from);
	free(s);
}

static const struct prefilter_config cut = {
	.body_cut = true, .window = WINDOW, .l2_len = 14, .snaplen = SNAPLEN
};

#define OPEN_OR_SKIP(s, config)                                                                    \
	struct setting *s = open_with(config);                                                     \
	if (!s)                                                                                    \
	skip()

/* Both must let the same through, of the packet in the room. */
static uint32_t run(struct setting *s)
{
	struct span bytes = packets_bytes(&s->room);
	struct hostfilter_frame f = { 0 };
	uint32_t kept = hostfilter_run(s->h, &f, bytes);
	ssize_t n;

	/* A packet that the filter rejects is no error to the sender, or one of permission. */
	n = send(s->to, bytes.ptr, bytes.len, 0);
	assert_true(n == (ssize_t)bytes.len || (n == -1 && errno == EPERM));
	n = recv(s->from, s->got, sizeof(s->got), 0);
	if (n < 0)
		n = 0;
	if ((size_t)n != (kept < bytes.len ? kept : bytes.len))
		fail_msg("the kernel kept %zd of %zu, not %u", n, bytes.len, kept);
	assert_memory_equal(s->got, bytes.ptr, (size_t)n);
	return kept;
}

static void every_shape_is_judged_as_here(void **state)
{
	uint64_t ports[PREFILTER_PORT_WORDS];
	struct prefilter_config c = cut;
	struct shape *shape = malloc(sizeof(*shape));

	(void)state;
	assert_non_null(shape);
	shapes_ports(ports);
	c.ports = ports;
	c.body_cut = false;
	{
		OPEN_OR_SKIP(s, &c);
		for (unsigned n = 0; shapes_build(n, shape); n++) {
			if (!shape->l2_len)
				continue;
			s->room = shape->packet;
			if ((run(s) != 0) != shape->is_wanted)
				fail_msg("%s", shape->name);
		}
		close_all(s);
	}
	free(shape);
}

/* No socket but a packet socket gives packets without a link header: the kernel's test run, which
 * takes an Ethernet header and hides it. */
#if HAS_SKELETON
static uint32_t test_run(int prog, const struct shape *shape)
{
	static uint8_t in[PACKETS_MAX + 14], out[PACKETS_MAX + 14];
	struct span bytes = packets_bytes(&shape->packet);
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = in, .data_out = out,
		    .data_size_in = (uint32_t)bytes.len + 14, .data_size_out = sizeof(out));

	in[12] = (uint8_t)(shape->protocol >> 8);
	in[13] = (uint8_t)shape->protocol;
	memcpy(in + 14, bytes.ptr, bytes.len);
	assert_int_equal(bpf_prog_test_run_opts(prog, &opts), 0);
	return opts.retval;
}

static void verifier_s_limits_are_far(void **state)
{
	struct prefilter_bpf *skel = prefilter_bpf__open();
	double begin_ms = loaded_clock_ms();
	int err;

	(void)state;
	assert_non_null(skel);
	skel->rodata->settings = cutting;
	skel->rodata->settings.loopback = 1;
	err = prefilter_bpf__load(skel);
	/* -EACCES is the verifier's word. */
	if (geteuid() != 0 || err == -EPERM) {
		print_message("SKIP: needs CAP_BPF; run: sudo make check\n");
		prefilter_bpf__destroy(skel);
		skip();
	}
	assert_int_equal(err, 0);
	loaded_check(skel->obj, begin_ms);
	prefilter_bpf__destroy(skel);
}

static void every_cooked_shape_is_judged_as_here(void **state)
{
	struct shape *shape = malloc(sizeof(*shape));
	struct prefilter_bpf *skel = prefilter_bpf__open();
	unsigned run_cnt = 0;

	(void)state;
	assert_true(shape && skel);
	skel->rodata->settings = (struct prefilter_settings){ .snaplen = SNAPLEN };
	if (geteuid() != 0 || prefilter_bpf__load(skel) != 0) {
		print_message("SKIP: needs CAP_BPF; run: sudo make check\n");
		prefilter_bpf__destroy(skel);
		free(shape);
		skip();
	}
	shapes_ports((uint64_t *)skel->bss->port_bits);
	for (unsigned n = 0; shapes_build(n, shape); n++) {
		if (shape->l2_len)
			continue;
		if (test_run(bpf_program__fd(skel->progs.handle_packet), shape) !=
		    (shape->is_wanted ? SNAPLEN : 0))
			fail_msg("%s", shape->name);
		run_cnt++;
	}
	assert_true(run_cnt > 900);
	prefilter_bpf__destroy(skel);
	free(shape);
}
#endif

static struct prefilter_flow flow_of(const struct endpoint *src, const struct endpoint *dst)
{
	struct prefilter_flow flow = { .sport = src->port, .dport = dst->port };

	memcpy(flow.src, src->addr.bytes, 16);
	memcpy(flow.dst, dst->addr.bytes, 16);
	return flow;
}

static struct prefilter_key key_of(const struct prefilter_flow *flow)
{
	struct prefilter_key key = { .sport = flow->sport, .dport = flow->dport };

	memcpy(key.src, flow->src, 16);
	memcpy(key.dst, flow->dst, 16);
	return key;
}

/* The memories of both, as far as a user can see. */
static void compare(struct setting *s, const struct prefilter_flow *flow, uint32_t near)
{
	struct prefilter_key key = key_of(flow);
	const struct prefilter_state *here = hostfilter_state(s->h, &key);
	struct prefilter_cut there;

	if (!here) {
		assert_int_equal(prefilter_skipped(s->p, flow, &there), -ENOENT);
		return;
	}
	assert_int_equal(prefilter_skipped(s->p, flow, &there), 0);
	assert_int_equal(there.bytes, here->cut_bytes);
	assert_int_equal(there.packets, here->cut_packets);
	assert_int_equal(there.first, here->first);
	for (uint32_t i = 0; i < 20; i++)
		assert_int_equal(prefilter_gap(s->p, flow, near - 5000 + i * 500, near + i * 100),
				 runs_gap(here, near - 5000 + i * 500, near + i * 100));
}

static void hint(struct setting *s, const struct prefilter_flow *flow, uint32_t first,
		 enum prefilter_hint what)
{
	struct prefilter_key key = key_of(flow);

	assert_int_equal(prefilter_hint(s->p, flow, first, what), 0);
	hostfilter_hint(s->h, &key, first, what);
}

/* Segments by chance: in order mostly, with holes, copies, start lines, SYNs and ends. */
static void play(struct setting *s, const struct endpoint ends[2], struct dice *d)
{
	static const char *const contents[] = { "HTTP/1.1 200 OK\r\n",   "................",
						"GET / HTTP/1.1\r\n",    "................",
						"patch /a HTTP/1.1\r\n", "0123456789abcdef",
						"PRI * HTTP/2.0\r\n",    "................" };
	static uint8_t payload[60000];
	uint32_t next[2] = { 0xfffff000, 77 }, first[2] = { next[0] + 1, next[1] + 1 };

	memset(payload, '.', sizeof(payload));
	for (unsigned i = 0; i < 4000; i++) {
		unsigned dir = dice_roll(d, 2);
		struct prefilter_flow flow = flow_of(&ends[dir], &ends[1 - dir]);
		uint32_t chance = dice_roll(d, 100), len = 1 + dice_roll(d, chance & 1 ? 3000 : 20);
		uint32_t seq = next[dir];
		uint8_t flags = TCP_ACK;
		const char *text = contents[dice_roll(d, dice_roll(d, 400) ? 6 : 8)];

		if (chance == 0) {
			flags = TCP_SYN;
			len = 0;
			first[dir] = seq + 1;
		} else if (chance == 1) {
			flags = TCP_ACK | TCP_FIN;
		} else if (chance < 8) {
			seq += dice_roll(d, 3000);
		} else if (chance < 16) {
			seq -= dice_roll(d, 6000);
		} else if (chance < 18) {
			hint(s, &flow, first[dir], dice_roll(d, 3));
		} else if (chance < 20) {
			len = dice_roll(d, sizeof(payload));
		} else if (chance < 24) {
			len = 0;
		} else if (chance == 24) {
			seq = dice_roll(d, UINT32_MAX);
		}
		memcpy(payload, text, strlen(text));
		(void)packets_frame(&s->room, &ends[dir], &ends[1 - dir], seq, next[1 - dir], flags,
				    payload, len);
		(void)run(s);
		if ((int32_t)(seq + len - next[dir]) > 0 || chance == 24)
			next[dir] = seq + len;
		if (flags == TCP_SYN)
			next[dir] = seq + 1;
		if (i % 16 == 0)
			compare(s, &flow, next[dir]);
	}
}

static void conversations_are_cut_and_remembered_as_here(void **state)
{
	OPEN_OR_SKIP(s, &cut);

	(void)state;
	for (unsigned seed = 1; seed <= 8; seed++) {
		struct dice d = { .state = seed * 0x9e3779b97f4a7c15u };
		const struct endpoint ends4[] = { packets_endpoint("10.0.0.1", (uint16_t)seed),
						  packets_endpoint("10.0.0.2", 8080) };
		const struct endpoint ends6[] = { packets_endpoint("2001:db8::1", (uint16_t)seed),
						  packets_endpoint("2001:db8::2", 8080) };

		play(s, seed & 1 ? ends4 : ends6, &d);
	}
	close_all(s);
}

static uint32_t start_line(struct setting *s, const char *from, uint16_t sport)
{
	struct endpoint src = packets_endpoint(from, sport), dst = packets_endpoint("10.0.0.9", 9);

	(void)packets_frame(&s->room, &src, &dst, 1, 1, TCP_ACK, "HTTP/1.1 200 OK\r\n", 17);
	return run(s);
}

static void ports_change_while_it_runs(void **state)
{
	uint64_t ports[PREFILTER_PORT_WORDS] = { [80 / 64] = 1ull << 80 % 64 };
	struct prefilter_config c = cut;

	(void)state;
	c.ports = ports;
	{
		OPEN_OR_SKIP(s, &c);
		assert_int_equal(start_line(s, "10.0.0.1", 80), SNAPLEN);
		assert_int_equal(start_line(s, "10.0.0.1", 65535), 0);
		ports[1023] = 1ull << 63;
		ports[1] = 0;
		prefilter_set_ports(s->p, ports);
		memcpy(s->h->ports, ports, sizeof(ports));
		assert_int_equal(start_line(s, "10.0.0.1", 80), 0);
		assert_int_equal(start_line(s, "10.0.0.1", 65535), SNAPLEN);
		prefilter_set_ports(s->p, NULL);
		memset(s->h->ports, 0xff, sizeof(ports));
		assert_int_equal(start_line(s, "10.0.0.1", 80), SNAPLEN);
		close_all(s);
	}
}

static struct prefilter_net net_of(const char *addr, uint8_t len)
{
	struct prefilter_net net = { .len = len };
	struct endpoint e = packets_endpoint(addr, 0);

	memcpy(net.addr, e.addr.bytes, 16);
	return net;
}

static void set_nets(struct setting *s, const struct prefilter_net *nets, size_t cnt)
{
	assert_int_equal(prefilter_set_nets(s->p, nets, cnt), 0);
	s->h->nets_cnt = cnt;
	for (size_t i = 0; i < cnt; i++) {
		s->h->nets[i].len = nets[i].len;
		memcpy(s->h->nets[i].addr, nets[i].addr, 16);
	}
}

static void prefixes_change_while_it_runs(void **state)
{
	const struct prefilter_net one[] = { net_of("10.1.0.0", 96 + 16) };
	const struct prefilter_net two[] = { net_of("10.2.0.0", 96 + 15), net_of("10.7.7.7", 128) };
	struct prefilter_net bad = one[0];

	(void)state;
	OPEN_OR_SKIP(s, &cut);
	set_nets(s, one, 1);
	assert_int_equal(start_line(s, "10.1.255.255", 1), SNAPLEN);
	assert_int_equal(start_line(s, "10.2.0.0", 1), 0);
	set_nets(s, two, 2);
	assert_int_equal(start_line(s, "10.1.255.255", 1), 0);
	assert_int_equal(start_line(s, "10.3.1.1", 1), SNAPLEN);
	assert_int_equal(start_line(s, "10.7.7.7", 1), SNAPLEN);
	assert_int_equal(start_line(s, "10.7.7.6", 1), 0);
	bad.len = 129;
	assert_int_equal(prefilter_set_nets(s->p, &bad, 1), -EINVAL);
	set_nets(s, NULL, 0);
	assert_int_equal(start_line(s, "10.1.255.255", 1), SNAPLEN);
	close_all(s);
}

static void filter_stays_on_the_socket_when_its_loader_is_gone(void **state)
{
	struct prefilter_config c = cut;
	uint64_t none[PREFILTER_PORT_WORDS] = { 0 };
	char why[256];
	int pair[2];
	struct prefilter *p;

	(void)state;
	c.ports = none;
	{
		OPEN_OR_SKIP(s, &c);
		close_all(s);
	}
	assert_int_equal(prefilter_open(&c, &p, why, sizeof(why)), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair), 0);
	assert_int_equal(prefilter_attach(p, pair[1], why, sizeof(why)), 0);
	/* Locked: nobody replaces it in silence. */
	assert_int_equal(prefilter_attach(p, pair[1], why, sizeof(why)), -EPERM);
	prefilter_close(p);
	(void)send(pair[0], "not a packet, and so let through", 32, 0);
	assert_int_equal(recv(pair[1], why, sizeof(why), 0), -1);
	close(pair[0]);
	close(pair[1]);
}

static void memory_is_as_large_as_asked(void **state)
{
	struct prefilter_config c = cut;
	struct prefilter_cut cut_of;

	(void)state;
	c.flows_max = 64;
	{
		OPEN_OR_SKIP(s, &c);
		const struct endpoint to = packets_endpoint("10.0.0.2", 80);
		unsigned known = 0;

		for (uint16_t port = 1; port <= 5000; port++) {
			struct endpoint from = packets_endpoint("10.0.0.1", port);

			(void)packets_frame(&s->room, &from, &to, 1, 1, TCP_ACK, "GET / HTTP/1.1",
					    14);
			assert_int_equal(run(s), SNAPLEN);
		}
		for (uint16_t port = 1; port <= 5000; port++) {
			struct endpoint from = packets_endpoint("10.0.0.1", port);
			struct prefilter_flow flow = flow_of(&from, &to);

			known += prefilter_skipped(s->p, &flow, &cut_of) == 0;
		}
		/* The kernel rounds up, by processors. */
		assert_in_range(known, 1, 1024);
		close_all(s);
	}
}

/* As an ordinary user: refused, in one line that names what is missing. */
static void without_rights_the_missing_one_is_named(void **state)
{
	pid_t child;
	int status;

	(void)state;
	if (geteuid() != 0)
		skip();
	child = fork();
	if (child == 0) {
		struct prefilter *p = (struct prefilter *)&status;
		char why[256] = "";
		int err;

		if (setresuid(65534, 65534, 65534) != 0)
			_exit(1);
		err = prefilter_open(&cut, &p, why, sizeof(why));
		_exit(err == -ENOSYS || (err == -EPERM && !p && strstr(why, "CAP_BPF") &&
					 !strchr(why, '\n'))
			      ? 0
			      : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_shape_is_judged_as_here),
#if HAS_SKELETON
		cmocka_unit_test(verifier_s_limits_are_far),
		cmocka_unit_test(every_cooked_shape_is_judged_as_here),
#endif
		cmocka_unit_test(conversations_are_cut_and_remembered_as_here),
		cmocka_unit_test(ports_change_while_it_runs),
		cmocka_unit_test(prefixes_change_while_it_runs),
		cmocka_unit_test(filter_stays_on_the_socket_when_its_loader_is_gone),
		cmocka_unit_test(memory_is_as_large_as_asked),
		cmocka_unit_test(without_rights_the_missing_one_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
