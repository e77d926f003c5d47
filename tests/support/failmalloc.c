/* SPDX-License-Identifier: BSD-2-Clause */
#include "support/failmalloc.h"

#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t cnt, size_t size);
void *__real_realloc(void *ptr, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t cnt, size_t size);
void *__wrap_realloc(void *ptr, size_t size);

static unsigned countdown; /* 0: not armed, or it already failed */
static bool has_failed;

static bool fails_now(void)
{
	if (countdown == 0 || --countdown != 0)
		return false;
	has_failed = true;
	return true;
}

void failmalloc_arm(unsigned n)
{
	countdown = n;
	has_failed = false;
}

bool failmalloc_disarm(void)
{
	countdown = 0;
	return has_failed;
}

void *__wrap_malloc(size_t size)
{
	return fails_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t cnt, size_t size)
{
	return fails_now() ? NULL : __real_calloc(cnt, size);
}

void *__wrap_realloc(void *ptr, size_t size)
{
	return fails_now() ? NULL : __real_realloc(ptr, size);
}
