/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/durations.h"

#define MS 1000000ull

const struct durations_bucket durations_buckets[DURATIONS_BUCKETS] = {
	{ 5 * MS, "0.005" },  { 10 * MS, "0.01" },    { 25 * MS, "0.025" }, { 50 * MS, "0.05" },
	{ 75 * MS, "0.075" }, { 100 * MS, "0.1" },    { 250 * MS, "0.25" }, { 500 * MS, "0.5" },
	{ 750 * MS, "0.75" }, { 1000 * MS, "1.0" },   { 2500 * MS, "2.5" }, { 5000 * MS, "5.0" },
	{ 7500 * MS, "7.5" }, { 10000 * MS, "10.0" },
};

void durations_add(struct durations *d, uint64_t ns)
{
	unsigned i = 0;

	while (i < DURATIONS_BUCKETS && ns > durations_buckets[i].until_ns)
		i++;
	d->cnts[i]++;
	d->cnt++;
	d->sum_ns += ns;
}

uint64_t durations_within_ns(const struct durations *d, unsigned percent)
{
	uint64_t sum = 0;

	if (!d->cnt)
		return 0;
	for (unsigned i = 0; i < DURATIONS_BUCKETS; i++) {
		sum += d->cnts[i];
		/* sum / cnt >= percent / 100, without overflow in any lifetime */
		if (sum * 100 >= d->cnt * percent)
			return durations_buckets[i].until_ns;
	}
	return UINT64_MAX;
}
