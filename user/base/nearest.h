/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * nearest: which known word was meant by one that is not known, for "did you mean".
 *
 *	struct nearest n = nearest_make("--jsn");
 *	for (each name)
 *		nearest_offer(&n, name);
 *	if (n.name) ...
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

/* Longer words are compared by their first so many characters: enough for any name here. */
#define NEAREST_WORD_MAX 64

struct nearest {
	const char *word;  /* what was typed; borrowed */
	const char *name;  /* the best offer so far, borrowed; NULL when none is near enough */
	unsigned distance; /* of name; at first the largest that still counts as near */
};

/*
 * Letters to change, add, drop or swap with their neighbour to make b of a; 1 when a has three
 * letters or more and b contains it. 0 only when they are equal.
 */
unsigned nearest_distance(const char *a, const char *b);

struct nearest nearest_make(const char *word);

/* Take name when it is nearer than what was offered before. */
void nearest_offer(struct nearest *n, const char *name);

#endif
