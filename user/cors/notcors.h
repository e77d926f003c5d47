/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * notcors: "this is not CORS": failures that a browser words as CORS errors, or that scripts
 * cannot tell from them, but whose cause is something else.
 *
 * In:   a scene whose request is a CORS request (or its preflight), or a WebSocket handshake.
 * Out:  clues, to be told before any advice on headers.
 */
#ifndef CORS_NOTCORS_H
#define CORS_NOTCORS_H

#include "cors/clue.h"
#include "cors/scene.h"

/* No usable response came: reset, closed, timeout, refused, not HTTP. */
void notcors_no_response(const struct scene *s, struct clues *out);

/* A WebSocket handshake from a page, and its whole response. False, and told, when it was
 * refused. */
bool notcors_websocket(const struct scene *s, struct clues *out);

/* The response is blocked: look for another cause than the CORS configuration. */
void notcors_blocked(const struct scene *s, struct clues *out);

#endif
