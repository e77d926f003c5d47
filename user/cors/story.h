/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * story: the words of a new cause.
 *
 * In:   the scene and the clue that opened the cause.
 * Out:  text for people. Bytes of the wire are in it, valid UTF-8 but otherwise untrusted;
 *       whoever prints escapes control characters. Command lines are safe to paste.
 */
#ifndef CORS_STORY_H
#define CORS_STORY_H

#include "base/text.h"
#include "cors/clue.h"
#include "cors/scene.h"

/* One line: what was sent, what was expected, which part differs. */
void story_detail(struct text *t, const struct scene *s, const struct clue *k);

/* What to do about a block that a finding of rule why explains, in place of its own remedy. */
void story_explained(struct text *t, const struct scene *s, const struct rule *why);

/* What Chromium's console says. The scene's check is of a blocked exchange. */
void story_console(struct text *t, const struct scene *s);

/* "GET http://api.example.com/s.json from https://app.example.com" */
void story_example(struct text *t, const struct scene *s);

/* A shell command that repeats the request, and the lines that it must print once it works. */
void story_curl(struct text *t, const struct scene *s, const struct clue *k);

/* "GET /path"; path is without the query. */
void story_endpoint(struct text *t, struct span method, struct span path);

#endif
