/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * json_exchange: a judgement as one JSON object, the "exchange" of the JSON lines.
 */
#ifndef REPORT_JSON_EXCHANGE_H
#define REPORT_JSON_EXCHANGE_H

#include "cors/finding.h"
#include "report/out.h"

/* The object, without the end of the line. */
void json_exchange(struct out *o, const struct judgement *j);

/* The members of its "cors", without the braces. */
void json_verdict(struct out *o, const struct judgement *j);

/* Its "findings", an array. */
void json_findings_of(struct out *o, const struct judgement *j);

#endif
