/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * json_summary: what a run can say at its end, as members of a JSON object that is open and has
 * some already.
 *
 * Spec: schema.json: "summary".
 */
#ifndef REPORT_JSON_SUMMARY_H
#define REPORT_JSON_SUMMARY_H

#include "report/out.h"
#include "report/tally.h"

/* "inputs": captures and interfaces. */
void json_inputs(struct out *o, const struct summary *sum);

/* "cors":{"preflight":{"pass":1,...},...}: exchanges by kind and verdict. */
void json_verdicts(struct out *o, const struct tally *t);

/* "unknown":{"response-head-cut":1,...}: why judgements are unknown. */
void json_reasons(struct out *o, const struct tally *t);

/* "severities", and "findings": those of each rule that was met. */
void json_findings(struct out *o, const struct summary *sum);

/* "counters":{"net":{"connections":1,...},...}: every counter, whatever its number. */
void json_counters(struct out *o, const struct summary *sum);

#endif
