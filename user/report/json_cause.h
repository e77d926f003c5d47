/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * json_cause: causes and policies as members of a JSON object, for every report that has them.
 *
 * Spec: schema.json: "cause" and "policy".
 */
#ifndef REPORT_JSON_CAUSE_H
#define REPORT_JSON_CAUSE_H

#include "cors/cause.h"
#include "report/out.h"
#include "report/sink.h"

/* All members, without the braces. */
void json_cause_members(struct out *o, const struct cause *c);

/* Those for a list: without the longer texts. */
void json_cause_brief(struct out *o, const struct cause *c);

/* All members, without the braces. */
void json_policy_members(struct out *o, const struct summary_policy *p);

#endif
