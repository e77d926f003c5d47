/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * examples: of each cause the first exchange, written in some form and kept until the end, for
 * reports that tell causes.
 */
#ifndef REPORT_EXAMPLES_H
#define REPORT_EXAMPLES_H

#include <stdint.h>

#include "cors/finding.h"
#include "report/out.h"

struct examples;

/* write gives the form. NULL when memory is short. */
struct examples *examples_new(void (*write)(struct out *o, const struct exchange *x));
/* Takes NULL. */
void examples_free(struct examples *e);

/* Keep the exchange for each of its causes that has none yet. 0, or -ENOMEM. */
int examples_add(struct examples *e, const struct judgement *j);

/* What was written for a cause, borrowed; absent when there was no room for it. */
struct span examples_get(const struct examples *e, uint64_t cause);

#endif
