/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/rest.h"

struct rest {
	uint32_t index;
	uint32_t client_dir : 2;
	uint32_t state_0 : 3;
	uint32_t state_1 : 3;
	uint32_t has_hole_0 : 1;
	uint32_t has_hole_1 : 1;
	uint32_t tls_cnt : 2;
	/* Of struct pair: */
	uint32_t is_request_hole : 1;
	uint32_t was_request_hole : 1;
	uint32_t is_response_hole : 1;
	uint32_t is_hole_at_head : 1;
	uint32_t has_pipelined : 1;
	uint32_t has_requests : 1;
};
_Static_assert(sizeof(struct rest) == sizeof(uint64_t), "a note");

/* The others are in the middle of something. */
static bool is_resting(const struct http1 *f)
{
	return (f->state == HTTP1_START && !http1_is_in_head(f)) || f->state == HTTP1_IGNORE ||
	       (f->state == HTTP1_SEEK && !http1_is_in_head(f));
}

bool rest_pack(const struct conn *k, uint64_t *note)
{
	const struct pair *p = &k->pair;
	struct rest r;

	if (k->h2 || p->first || p->informational_cnt || !is_resting(&k->dirs[0]) ||
	    !is_resting(&k->dirs[1]))
		return false;
	r = (struct rest){
		.index = k->index,
		.client_dir = k->client_dir & 3u,
		.state_0 = k->dirs[0].state & 7u,
		.state_1 = k->dirs[1].state & 7u,
		.has_hole_0 = k->has_hole[0],
		.has_hole_1 = k->has_hole[1],
		.tls_cnt = k->tls_cnt & 3u,
		.is_request_hole = p->is_request_hole,
		.was_request_hole = p->was_request_hole,
		.is_response_hole = p->is_response_hole,
		.is_hole_at_head = p->is_hole_at_head,
		.has_pipelined = p->has_pipelined,
		.has_requests = p->has_requests,
	};
	memcpy(note, &r, sizeof(r));
	return true;
}

void rest_unpack(struct conn *k, uint64_t note)
{
	struct rest r;

	memcpy(&r, &note, sizeof(r));
	k->index = r.index;
	k->client_dir = r.client_dir;
	k->dirs[0].state = r.state_0;
	k->dirs[1].state = r.state_1;
	if (k->client_dir != CONN_DIR_UNKNOWN) {
		k->dirs[k->client_dir].role = HEAD_REQUEST;
		k->dirs[!k->client_dir].role = HEAD_RESPONSE;
	}
	k->has_hole[0] = r.has_hole_0;
	k->has_hole[1] = r.has_hole_1;
	k->tls_cnt = r.tls_cnt;
	k->pair.is_request_hole = r.is_request_hole;
	k->pair.was_request_hole = r.was_request_hole;
	k->pair.is_response_hole = r.is_response_hole;
	k->pair.is_hole_at_head = r.is_hole_at_head;
	k->pair.has_pipelined = r.has_pipelined;
	k->pair.has_requests = r.has_requests;
}

bool rest_has_role(uint64_t note)
{
	struct rest r;

	memcpy(&r, &note, sizeof(r));
	return r.client_dir != CONN_DIR_UNKNOWN;
}
