/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/tick.h"

#include "base/limits.h"

/* 10^n, for n up to 19. */
static uint64_t power10(unsigned n)
{
	uint64_t p = 1;

	while (n--)
		p *= 10;
	return p;
}

struct tick tick_make(uint8_t resolution, int64_t offset_s)
{
	unsigned n = resolution & 0x7f;
	struct tick t = { .mul = 1, .div = 1, .shift = 0, .offset_s = offset_s };

	if (resolution & 0x80) {
		t.mul = NS_PER_S;
		t.shift = n;
	} else if (n <= 9) {
		t.mul = power10(9 - n);
	} else if (n - 9 <= 19) {
		t.div = power10(n - 9);
	} else {
		t.mul = 0; /* 2^64 such units do not make a nanosecond */
	}
	return t;
}

uint64_t tick_ns(const struct tick *t, uint64_t stamp)
{
	/* 64 bits of stamp by 30 of mul: nothing overflows, and neither does the sum. */
	__int128 ns = (__int128)((unsigned __int128)stamp * t->mul >> t->shift);

	if (t->div != 1)
		ns /= (__int128)t->div;
	ns += (__int128)t->offset_s * (int64_t)NS_PER_S;
	if (ns < 0)
		return 0;
	return ns > UINT64_MAX ? UINT64_MAX : (uint64_t)ns;
}
