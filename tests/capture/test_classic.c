/* SPDX-License-Identifier: BSD-2-Clause */

/* Classic BPF and the pre-filter without its cut select the same packets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/filter.h>
#include <pcap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "capture/classic.h"
#include "support/guard.h"
#include "support/hostfilter.h"
#include "support/shapes.h"

#define SNAPLEN 262144u

/* Run by libpcap. What the kernel says of the packet is put into the program beforehand. */
static unsigned run(const struct classic *c, uint16_t protocol, struct span bytes)
{
	struct bpf_insn *insns = calloc(c->cnt, sizeof(*insns));
	unsigned kept;

	assert_non_null(insns);
	memcpy(insns, c->insns, c->cnt * sizeof(*insns));
	for (size_t i = 0; i < c->cnt; i++) {
		if (insns[i].code == (BPF_LD | BPF_H | BPF_ABS) &&
		    insns[i].k == (uint32_t)SKF_AD_OFF + SKF_AD_PROTOCOL)
			insns[i] = (struct bpf_insn){ BPF_LD | BPF_IMM, 0, 0, protocol };
	}
	assert_int_equal(bpf_validate(insns, (int)c->cnt), 1);
	kept = bpf_filter(insns, bytes.ptr, (unsigned)bytes.len, (unsigned)bytes.len);
	free(insns);
	return kept;
}

static void every_shape_is_judged_as_by_the_prefilter(void **state)
{
	struct prefilter_settings settings = { .snaplen = SNAPLEN };
	struct hostfilter *h = hostfilter_new(&settings, 0);
	struct classic *c = calloc(2, sizeof(*c));
	struct shape *s = malloc(sizeof(*s));
	uint64_t ports[PREFILTER_PORT_WORDS];
	unsigned n;

	(void)state;
	assert_true(c && s);
	shapes_ports(ports);
	memcpy(h->ports, ports, sizeof(ports));
	assert_int_equal(classic_build(ports, 14, SNAPLEN, &c[0]), 0);
	assert_int_equal(classic_build(ports, 0, SNAPLEN, &c[1]), 0);
	for (n = 0; shapes_build(n, s); n++) {
		struct guard g =
			guard_copy(packets_bytes(&s->packet).ptr, packets_bytes(&s->packet).len);
		struct hostfilter_frame f = { .protocol = s->protocol };
		unsigned wanted = s->is_wanted ? SNAPLEN : 0;

		h->settings.l2_len = (uint16_t)s->l2_len;
		if (hostfilter_run(h, &f, g.bytes) != wanted)
			fail_msg("the pre-filter, %u: %s", n, s->name);
		if (run(&c[s->l2_len ? 0 : 1], s->protocol, g.bytes) != wanted)
			fail_msg("classic BPF, %u: %s", n, s->name);
		guard_free(&g);
	}
	assert_true(n > 2000);
	free(s);
	free(c);
	hostfilter_free(h);
}

static void any_port_is_any_tcp(void **state)
{
	struct classic *c = malloc(sizeof(*c));
	struct packets *b = malloc(sizeof(*b));
	struct endpoint src = packets_endpoint("10.0.0.1", 1),
			dst = packets_endpoint("10.0.0.2", 2);

	(void)state;
	assert_true(b && c);
	assert_int_equal(classic_build(NULL, 14, 100, c), 0);
	(void)packets_frame(b, &src, &dst, 1, 1, 0x10, "x", 1);
	assert_int_equal(run(c, 0, packets_bytes(b)), 100);
	b->room[b->off + 14 + 9] = 17;
	assert_int_equal(run(c, 0, packets_bytes(b)), 0);
	free(b);
	free(c);
}

static void other_link_lengths_are_refused(void **state)
{
	struct classic *c = malloc(sizeof(*c));

	(void)state;
	assert_non_null(c);
	assert_int_equal(classic_build(NULL, 4, 100, c), -EINVAL);
	free(c);
}

static void every_second_port_does_not_fit_and_lets_all_through(void **state)
{
	struct classic *c = malloc(sizeof(*c));
	uint64_t ports[PREFILTER_PORT_WORDS];
	struct packets *b = malloc(sizeof(*b));
	struct endpoint src = packets_endpoint("10.0.0.1", 1),
			dst = packets_endpoint("10.0.0.2", 3);
	unsigned fits = 0;

	(void)state;
	assert_true(b && c);
	(void)packets_frame(b, &src, &dst, 1, 1, 0x10, "x", 1);
	memset(ports, 0, sizeof(ports));
	for (unsigned port = 0; port < 65536; port += 2) {
		ports[port / 64] |= 1ull << port % 64;
		if (port > 8192)
			continue;
		if (classic_build(ports, 14, 100, c) == 0) {
			assert_int_equal(run(c, 0, packets_bytes(b)), 0);
			fits = port / 2 + 1;
		}
	}
	assert_true(fits > 700);
	assert_int_equal(classic_build(ports, 14, 100, c), -E2BIG);
	assert_int_equal(run(c, 0, packets_bytes(b)), 100);
	free(b);
	free(c);
}

/* The kernel takes it, for any socket, and keeps it. */
static void kernel_takes_the_program_and_locks_it(void **state)
{
	struct classic *c = malloc(sizeof(*c));
	uint64_t ports[PREFILTER_PORT_WORDS];
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)state;
	assert_true(fd >= 0 && c);
	shapes_ports(ports);
	for (unsigned l2_len = 0; l2_len <= 14; l2_len += 14) {
		assert_int_equal(classic_build(ports, l2_len, SNAPLEN, c), 0);
		assert_int_equal(classic_attach(c, fd), 0);
		assert_int_equal(classic_attach(c, fd), -EPERM);
		close(fd);
		fd = socket(AF_INET, SOCK_DGRAM, 0);
	}
	close(fd);
	assert_int_equal(classic_attach(c, -1), -EBADF);
	free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_shape_is_judged_as_by_the_prefilter),
		cmocka_unit_test(any_port_is_any_tcp),
		cmocka_unit_test(other_link_lengths_are_refused),
		cmocka_unit_test(every_second_port_does_not_fit_and_lets_all_through),
		cmocka_unit_test(kernel_takes_the_program_and_locks_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
