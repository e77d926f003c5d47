/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/pair.h"

void pair_add(struct pair *p, struct waiting *w)
{
	p->has_requests = true;
	/* Where a response may have been lost, two that wait prove nothing. */
	if (p->waiting_cnt && !p->is_response_hole)
		p->has_pipelined = true;
	if (p->first)
		p->last->next = w;
	else
		p->first = w;
	p->last = w;
	p->waiting_cnt++;
}

/* How many are missing nobody can tell. */
void pair_request_hole(struct pair *p)
{
	p->is_request_hole = true;
	p->was_request_hole = true;
}

void pair_response_hole(struct pair *p, bool is_at_head)
{
	if (!p->is_response_hole)
		p->is_hole_at_head = is_at_head;
	p->is_response_hole = true;
	/* What was counted may have been for a response that is in the hole. */
	p->informational_cnt = 0;
	/* Any of these may be answered in the hole. */
	for (struct waiting *w = p->first; w; w = w->next)
		w->is_doubtful = true;
	p->doubtful_cnt = p->waiting_cnt;
}

struct waiting *pair_pop(struct pair *p)
{
	struct waiting *w = p->first;

	if (!w)
		return NULL;
	p->first = w->next;
	w->next = NULL;
	p->waiting_cnt--;
	if (w->is_doubtful)
		p->doubtful_cnt--;
	return w;
}

/* Take the n oldest out, as a list. */
static struct waiting *pop_list(struct pair *p, unsigned n)
{
	struct waiting *list = NULL, **end = &list;

	for (; n; n--) {
		*end = pair_pop(p);
		end = &(*end)->next;
	}
	return list;
}

/* A client that does not pipeline has nothing open once nothing waits. */
static void round_end(struct pair *p)
{
	if (p->waiting_cnt == 0 && !p->has_pipelined)
		p->is_request_hole = false;
}

/* The first response after a hole among the responses. */
static void match_after_hole(struct pair *p, struct pair_match *out)
{
	unsigned doubtful = p->doubtful_cnt;
	unsigned newer = p->waiting_cnt - doubtful;

	p->is_response_hole = false;
	if (newer > 1 || (newer == 0 && doubtful > 1)) {
		/* It cannot be told, and the responses of the others may still come. */
		out->is_unsure = true;
		out->lost = pop_list(p, p->waiting_cnt);
		pair_request_hole(p);
		return;
	}
	/* A request that was lost may be the one that is answered. */
	out->is_unsure = p->is_request_hole;
	if (newer == 1) {
		out->is_unsure |=
			doubtful > 1 || (doubtful && (p->has_pipelined || !p->is_hole_at_head));
		out->lost = pop_list(p, doubtful);
	}
	/* Where none is newer, what was lost was another response, or an informational one. */
	out->request = pair_pop(p);
	round_end(p);
}

/* A response that answers nothing that was seen. One lost request it accounts for; if there
 * was another already, the lost ones came together, and so may the next. */
static void match_none(struct pair *p)
{
	p->is_response_hole = false;
	if (p->was_request_hole && !p->is_request_hole) {
		p->has_pipelined = true;
		p->is_request_hole = true;
	}
	round_end(p);
}

/* No hole among the responses: they come in order. */
static void match_oldest(struct pair *p, struct pair_match *out)
{
	out->request = pair_pop(p);
	out->is_unsure = p->is_request_hole;
	round_end(p);
}

void pair_match(struct pair *p, struct pair_match *out)
{
	*out = (struct pair_match){ 0 };
	if (p->waiting_cnt == 0)
		match_none(p);
	else if (p->is_response_hole)
		match_after_hole(p, out);
	else
		match_oldest(p, out);
}
