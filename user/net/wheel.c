/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/wheel.h"

#include <string.h>

void wheel_init(struct wheel *w, uint64_t now_ns)
{
	memset(w->heads, 0, sizeof(w->heads));
	w->now_s = now_ns / NS_PER_S;
}

void wheel_add(struct wheel *w, struct flow_table *t, struct flow *f, uint64_t due_ns)
{
	uint64_t due_s = due_ns / NS_PER_S + 1; /* not before it */
	uint32_t slot;

	if (due_s <= w->now_s)
		due_s = w->now_s + 1;
	slot = (uint32_t)(due_s % WHEEL_SLOTS);
	f->wheel_slot = slot;
	f->wheel_prev = 0;
	f->wheel_next = w->heads[slot];
	if (f->wheel_next)
		flow_by_id(t, f->wheel_next)->wheel_prev = f->id;
	w->heads[slot] = f->id;
}

void wheel_remove(struct wheel *w, struct flow_table *t, struct flow *f)
{
	if (f->wheel_prev)
		flow_by_id(t, f->wheel_prev)->wheel_next = f->wheel_next;
	else
		w->heads[f->wheel_slot] = f->wheel_next;
	if (f->wheel_next)
		flow_by_id(t, f->wheel_next)->wheel_prev = f->wheel_prev;
	f->wheel_next = f->wheel_prev = 0;
}

/* Two lists in order become one in order. */
static uint32_t list_merge(struct flow_table *t, uint32_t a, uint32_t b)
{
	uint32_t head = 0, *tail = &head;

	while (a && b) {
		struct flow *x = flow_by_id(t, a), *y = flow_by_id(t, b);
		bool is_a = x->conn.first_packet <= y->conn.first_packet;
		struct flow *first = is_a ? x : y;

		*tail = first->id;
		tail = &first->wheel_next;
		if (is_a)
			a = x->wheel_next;
		else
			b = y->wheel_next;
	}
	*tail = a ? a : b;
	return head;
}

/* Merge sort, bottom up: bins[i] is a sorted list of 2^i flows or empty. */
static uint32_t list_sort(struct flow_table *t, uint32_t head)
{
	uint32_t bins[32] = { 0 }, sorted = 0;

	while (head) {
		struct flow *f = flow_by_id(t, head);
		uint32_t one = head;
		unsigned i = 0;

		head = f->wheel_next;
		f->wheel_next = 0;
		for (; bins[i]; i++) {
			one = list_merge(t, bins[i], one);
			bins[i] = 0;
		}
		bins[i] = one;
	}
	for (unsigned i = 0; i < 32; i++)
		sorted = list_merge(t, bins[i], sorted);
	return sorted;
}

uint32_t wheel_due(struct wheel *w, struct flow_table *t, uint64_t now_ns)
{
	uint64_t now_s = now_ns / NS_PER_S;
	uint64_t slots = now_s > w->now_s ? now_s - w->now_s : 0;
	uint32_t all = 0;

	if (slots > WHEEL_SLOTS)
		slots = WHEEL_SLOTS; /* once round is every flow */
	for (uint64_t s = now_s - slots + 1; slots; s++, slots--) {
		uint32_t *head = &w->heads[s % WHEEL_SLOTS];

		while (*head) {
			struct flow *f = flow_by_id(t, *head);

			*head = f->wheel_next;
			f->wheel_next = all;
			f->wheel_prev = 0;
			all = f->id;
		}
	}
	if (now_s > w->now_s)
		w->now_s = now_s;
	return list_sort(t, all);
}

struct flow *wheel_next(const struct wheel *w, const struct flow_table *t)
{
	for (uint64_t s = w->now_s + 1; s <= w->now_s + WHEEL_SLOTS; s++)
		if (w->heads[s % WHEEL_SLOTS])
			return flow_by_id(t, w->heads[s % WHEEL_SLOTS]);
	return NULL;
}
