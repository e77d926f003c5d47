/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * pair: which request a response answers, on one connection, holes included.
 *
 * In:   requests, responses and holes in causal order (net/chunk.h).
 * Out:  the request of each response, or that it cannot be told.
 * Spec: RFC 9112, 9.3.2: responses come in the order of their requests.
 *
 * What the order proves, for a client that does not pipeline: it sent a request only after it
 * had the response before. So a response belongs to the newest request, and requests from
 * before a hole in the responses that are followed by another one have lost theirs. A client
 * that pipelines is known by two requests that wait at a time; with it, and as long as the first
 * exchange after a hole has not come, a pairing is unsure and says so.
 */
#ifndef HTTP_PAIR_H
#define HTTP_PAIR_H

#include <stdbool.h>
#include <stdint.h>

#include "http/message.h"

struct pair {
	struct waiting *first, *last; /* oldest and newest; last counts only with first */
	uint16_t waiting_cnt;
	uint16_t doubtful_cnt; /* of these, the oldest, which waited when the hole came */
	bool is_request_hole;  /* requests may be missing since the last sure exchange */
	bool was_request_hole; /* there was one ever */
	bool is_response_hole; /* responses may be missing since the last one */
	bool is_hole_at_head;  /* the first of these holes began where a response was to begin, so
				* that the oldest request's response is in it */
	bool has_pipelined;
	bool has_requests;         /* there was one ever */
	uint8_t informational_cnt; /* 1xx since the last response or hole */
};

struct pair_match {
	struct waiting *request; /* now the caller's; NULL when it is not known */
	struct waiting *lost;    /* a list of requests whose responses were lost, oldest first;
				  * now the caller's */
	bool is_unsure;
};

/* w waits from now on and is p's. The caller keeps to HTTP_PIPELINE_MAX. */
void pair_add(struct pair *p, struct waiting *w);

/* Bytes of the requests' direction are missing where a request may have been. */
void pair_request_hole(struct pair *p);

/* Bytes of the responses' direction are missing, or were passed over unread, where a response
 * may have been. */
void pair_response_hole(struct pair *p, bool is_at_head);

/* A final response is here: whose is it? */
void pair_match(struct pair *p, struct pair_match *out);

/* The oldest waiting request, which is now the caller's; NULL when there is none. */
struct waiting *pair_pop(struct pair *p);

#endif
