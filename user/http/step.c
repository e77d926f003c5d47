/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/step.h"

void step_tell(const struct step *s, const struct step_parts *p)
{
	static const struct http_request no_request;
	static const struct http_response no_response;
	/* Nothing is cleared first that is then filled. */
	const struct exchange x = {
		/* The roles decide who is who: with the SYN lost, ends[0] may be either. */
		.client = s->net->ends[s->k->client_dir],
		.server = s->net->ends[!s->k->client_dir],
		.is_client_known = !s->net->is_unaddressed,
		.source = s->net->source,
		.process = s->net->process,
		.stream = p->stream,
		.index = s->k->index++,
		.connection = s->net->first_packet,
		.outcome = p->outcome,
		.has_request = p->request != NULL,
		.has_response = p->response != NULL,
		.is_pairing_unsure = p->is_unsure,
		.is_reset_by_client = p->is_reset_by_client,
		.has_error_code = p->has_error_code,
		.error_code = p->error_code,
		.end_ns = s->c->time_ns,
		.end_packet = s->c->packet,
		.request = p->request ? *p->request : no_request,
		.response = p->response ? *p->response : no_response,
	};

	s->env->stats.exchanges++;
	s->env->emit(s->env->ctx, &x);
}

void step_count_dropped(const struct step *s)
{
	if (s->env->one.pool.is_full)
		s->env->stats.held_over_limit++;
	else
		s->env->stats.no_memory++;
}

void step_count_head(const struct step *s)
{
	const struct head *h = &s->env->one.head;
	struct http_stats *n = &s->env->stats;

	n->heads_over_limit += (h->flaws & HTTP_FLAW_HEAD_OVER) != 0;
	n->heads_cut += (h->flaws & HTTP_FLAW_HEAD_CUT) != 0;
	n->fields_over_limit += (h->flaws & HTTP_FLAW_FIELDS_OVER) != 0;
	n->values_cut += h->values_cut;
	n->no_memory += h->is_fold_failed;
}
