/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/nearest.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static size_t word_len(const char *w)
{
	return strnlen(w, NEAREST_WORD_MAX);
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

/* Neighbours that changed places are the commonest slip, so they count as one. */
static bool is_swap(const char *a, const char *b, size_t i, size_t k)
{
	return i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1];
}

/* The optimal string alignment distance, three rows of its table at a time. */
static unsigned edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned rows[3][NEAREST_WORD_MAX + 1] = { 0 };

	for (size_t k = 0; k <= b_len; k++)
		rows[0][k] = (unsigned)k;
	for (size_t i = 1; i <= a_len; i++) {
		unsigned *row = rows[i % 3];
		const unsigned *before = rows[(i + 2) % 3], *twice_before = rows[(i + 1) % 3];

		row[0] = (unsigned)i;
		for (size_t k = 1; k <= b_len; k++) {
			unsigned change = before[k - 1] + (a[i - 1] != b[k - 1]);

			row[k] = min3(before[k] + 1, row[k - 1] + 1, change);
			if (is_swap(a, b, i, k) && twice_before[k - 2] + 1 < row[k])
				row[k] = twice_before[k - 2] + 1;
		}
	}
	return rows[a_len % 3][b_len];
}

unsigned nearest_distance(const char *a, const char *b)
{
	size_t a_len = word_len(a);
	unsigned d = edit_distance(a, a_len, b, word_len(b));

	return d > 1 && a_len >= 3 && strstr(b, a) ? 1 : d;
}

struct nearest nearest_make(const char *word)
{
	/* A third of the letters wrong is still a slip; more is another word. */
	return (struct nearest){ .word = word, .distance = (unsigned)word_len(word) / 3 + 1 };
}

void nearest_offer(struct nearest *n, const char *name)
{
	unsigned d = nearest_distance(n->word, name);

	if (d < n->distance || (d == n->distance && !n->name)) {
		n->name = name;
		n->distance = d;
	}
}
