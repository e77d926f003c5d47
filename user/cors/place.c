/* SPDX-License-Identifier: BSD-2-Clause */
#include "cors/place.h"

/* Eight groups for IPv6, the longest run of zeros left out. */
void place_address(struct text *t, const struct address *a)
{
	unsigned best = 8, best_len = 1;

	if (address_is_v4(a)) {
		for (unsigned i = 12; i < 16; i++) {
			text_u64(t, a->bytes[i]);
			text_add(t, i < 15 ? "." : "");
		}
		return;
	}
	for (unsigned i = 0; i < 8; i++) {
		unsigned n = 0;

		while (i + n < 8 && !a->bytes[2 * (i + n)] && !a->bytes[2 * (i + n) + 1])
			n++;
		if (n > best_len) {
			best = i;
			best_len = n;
		}
	}
	text_char(t, '[');
	for (unsigned i = 0; i < 8; i++) {
		unsigned group = (unsigned)a->bytes[2 * i] << 8 | a->bytes[2 * i + 1];
		unsigned digits = group > 0xfff ? 4 : group > 0xff ? 3 : group > 0xf ? 2 : 1;

		if (i == best) {
			text_add(t, "::");
			i += best_len - 1;
			continue;
		}
		text_add(t, i && i != best + best_len ? ":" : "");
		text_hex(t, group, digits);
	}
	text_char(t, ']');
}

struct span place_server(const struct endpoint *e, struct clues *out)
{
	struct text t = clues_open(out);

	place_address(&t, &e->addr);
	text_char(&t, ':');
	text_u64(&t, e->port);
	return clues_close(out, &t);
}

struct span place_time(uint64_t time_ns, struct clues *out)
{
	struct text t = clues_open(out);
	uint64_t s = time_ns / NS_PER_S % 86400;
	const uint64_t parts[] = { s / 3600, s / 60 % 60, s % 60 };

	for (unsigned i = 0; i < 3; i++) {
		text_add(&t, i ? ":" : "");
		text_add(&t, parts[i] < 10 ? "0" : "");
		text_u64(&t, parts[i]);
	}
	text_add(&t, " UTC");
	return clues_close(out, &t);
}

struct span place_number(uint64_t n, struct clues *out)
{
	struct text t = clues_open(out);

	text_u64(&t, n);
	return clues_close(out, &t);
}
