/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * advice: which server it is, and what to change there.
 *
 * In:   a scene's response, the rule that is broken.
 * Out:  the platform's name; the fix as text with a snippet filled in.
 *
 * Origins in a snippet come from the wire, so from anybody: one that is not exactly what a
 * browser sends is replaced by a placeholder, and the text says so.
 */
#ifndef CORS_ADVICE_H
#define CORS_ADVICE_H

#include "base/text.h"
#include "cors/rules.h"
#include "cors/scene.h"

struct advice_platform;

/* The platform of this name (letters folded), or NULL. */
const struct advice_platform *advice_named(const char *name);

/* The platform that the response's fields give away, or NULL. */
const struct advice_platform *advice_recognise(const struct fieldget *response);

/* "nginx"; "" for NULL. */
const char *advice_name(const struct advice_platform *p);

/* The NULL-terminated list of names. */
const char *const *advice_names(void);

/* What a snippet is filled in with. Absent spans get placeholders. */
struct advice_values {
	struct span origin;  /* to be allowed */
	struct span methods; /* comma list */
	struct span headers; /* comma list */
	struct span acao;    /* constant value that is sent now, for doubled headers */
};

/* Write the fix of a rule for a platform (NULL: for any server). */
void advice_write(struct text *t, const struct rule *rule, const struct advice_platform *p,
		  const struct advice_values *values);

#endif
