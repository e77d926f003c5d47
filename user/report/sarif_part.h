/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * sarif_part: what SARIF's two halves have in common: the document (sarif.c) and the messages in
 * it (sarif_web.c).
 */
#ifndef REPORT_SARIF_PART_H
#define REPORT_SARIF_PART_H

#include "http/exchange.h"
#include "report/out.h"

/* ,"webRequest":{...},"webResponse":{...} (SARIF 3.46 and 3.47). */
void sarif_web(struct out *o, const struct exchange *x);

#endif
