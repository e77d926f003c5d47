/* SPDX-License-Identifier: BSD-2-Clause */
#include "support/guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

struct guard guard_copy(const void *ptr, size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t room = (len + page - 1) / page * page;
	struct guard g = { .map_len = room + page };
	uint8_t *at;

	g.map = mmap(NULL, g.map_len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(g.map, MAP_FAILED);
	assert_int_equal(mprotect((uint8_t *)g.map + room, page, PROT_NONE), 0);
	at = (uint8_t *)g.map + room - len;
	if (len)
		memcpy(at, ptr, len);
	g.bytes = span_make(at, len);
	return g;
}

void guard_free(struct guard *g)
{
	munmap(g->map, g->map_len);
	g->map = NULL;
}
