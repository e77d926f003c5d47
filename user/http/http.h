/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * http: chunks in, exchanges out.
 *
 * In:   struct chunk of many connections.
 * Out:  struct exchange, as soon as the head of the final response is complete, or as soon as
 *       it is known that none will come.
 * Spec: RFC 9110, RFC 9112, RFC 9113; Chromium's tolerance where it is wider (it decides what
 *       users see).
 *
 * An observer, not a server: a body is passed over by counting, a hole is survived, and the
 * role of a direction (requests or responses) is read from its bytes, not from who opened.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "base/counter.h"
#include "http/exchange.h"
#include "net/chunk.h"

#define HTTP_COUNTERS(X)                                                                           \
	X(exchanges, COUNTER_TRAFFIC, "exchanges told")                                            \
	X(requests, COUNTER_TRAFFIC, "request heads read")                                         \
	X(responses, COUNTER_TRAFFIC, "final response heads read")                                 \
	X(informational, COUNTER_TRAFFIC, "1xx response heads passed over")                        \
	X(upgrades, COUNTER_NOTE, "connections that switched protocol (101) or became tunnels")    \
	X(http2_connections, COUNTER_TRAFFIC, "connections that speak HTTP/2")                     \
	X(http2_joined, COUNTER_NOTE, "HTTP/2 connections that were open before the capture")      \
	X(http2_fields, COUNTER_TRAFFIC, "field lines of HTTP/2 messages")                         \
	X(http2_fields_unknown, COUNTER_LOSS,                                                      \
	  "of these, those that refer to what was sent before the capture, or was lost")           \
	X(http2_requests_unknown, COUNTER_LOSS,                                                    \
	  "HTTP/2 requests whose method or path is among these")                                   \
	X(http2_bad_frames, COUNTER_LOSS, "times that HTTP/2 frames broke off")                    \
	X(http2_bad_blocks, COUNTER_LOSS, "HTTP/2 header blocks that cannot be decoded")           \
	X(http2_pushes, COUNTER_NOTE, "pushed responses, which no browser takes")                  \
	X(tables_over_limit, COUNTER_LOSS,                                                         \
	  "HTTP/2 header blocks not decoded: tables would take too much memory")                   \
	X(tls_connections, COUNTER_LOSS,                                                           \
	  "connections that speak TLS, whose content is not visible without its keys")             \
	X(other_connections, COUNTER_NOTE, "connections that speak something else")                \
	X(resyncs, COUNTER_NOTE, "times that a next message was found after a hole")               \
	X(framing_conflicts, COUNTER_NOTE, "messages whose framing contradicts itself")            \
	X(bad_heads, COUNTER_LOSS, "heads that are no HTTP after a start line that was")           \
	X(bad_chunks, COUNTER_LOSS, "chunked bodies that break off in a bad chunk size")           \
	X(heads_over_limit, COUNTER_LOSS, "heads longer than the limit")                           \
	X(heads_cut, COUNTER_LOSS, "heads with bytes lost inside")                                 \
	X(heads_unfinished, COUNTER_NOTE, "heads whose sender stopped before their end")           \
	X(fields_over_limit, COUNTER_LOSS, "heads with more kept field lines than the limit")      \
	X(values_cut, COUNTER_LOSS, "field values longer than the limit")                          \
	X(pipeline_over_limit, COUNTER_LOSS, "requests dropped because too many were waiting")     \
	X(responses_without_request, COUNTER_LOSS, "responses whose request was not captured")     \
	X(held_over_limit, COUNTER_LOSS, "messages dropped because too many bytes were waiting")   \
	X(cut_lost, COUNTER_LOSS, "requests whose response may be in bytes that were left out")    \
	X(no_memory, COUNTER_LOSS, "messages dropped because memory was short")

struct http_stats {
	HTTP_COUNTERS(COUNTER_FIELD)
};

extern const struct counter http_counters[];
extern const size_t http_counters_cnt;

struct http;

/* NULL when memory is short. emit is called with ctx for each exchange. */
struct http *http_new(exchange_fn emit, void *ctx);

/* Takes NULL. Connections whose end was never told are dropped with it. */
void http_free(struct http *h);

/* Follow one chunk; a chunk_fn (net/chunk.h) with ctx a struct http. */
uint64_t http_chunk(void *ctx, struct connection *conn, const struct chunk *c);

const struct http_stats *http_stats(const struct http *h);

#endif
