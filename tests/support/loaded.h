/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * loaded: what the kernel's verifier made of programs, which must stay far from its limits: older
 * kernels follow more ways than this one.
 */
#ifndef SUPPORT_LOADED_H
#define SUPPORT_LOADED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <time.h>

/* Of one program; a million would be too many. */
#define LOADED_VERIFIED_MAX 300000

static inline double loaded_clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Tell of all programs of an object, which was loaded since then. */
static inline void loaded_check(const struct bpf_object *object, double since_ms)
{
	double took_ms = loaded_clock_ms() - since_ms;
	uint32_t insns = 0, bytes = 0, verified = 0;
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, object)
	{
		struct bpf_prog_info info = { 0 };
		uint32_t len = sizeof(info);

		assert_int_equal(bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &len), 0);
		assert_in_range(info.xlated_prog_len / 8, 1, 4096);
		assert_in_range(info.verified_insns, 0, LOADED_VERIFIED_MAX);
		insns += info.xlated_prog_len / 8;
		bytes += info.jited_prog_len;
		verified += info.verified_insns;
	}
	print_message("loaded: %u instructions, %u bytes of machine code, %u verified, %.0f ms\n",
		      insns, bytes, verified, took_ms);
}

#endif
