/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * sarif: the sink for code scanning: one result for each cause, one rule for each pattern.
 *
 * Out:  one JSON document. A result's partialFingerprints hold the cause's identity, which is the
 *       same in every run; its webRequest and webResponse are the first exchange that showed it.
 * Spec: SARIF 2.1.0 (OASIS). There is no source file to point at, so that a result's location is
 *       the host and path that were asked for, as a relative reference.
 */
#ifndef REPORT_SARIF_H
#define REPORT_SARIF_H

#include <stdio.h>

#include "report/baseline.h"
#include "report/sink.h"

struct sarif_config {
	FILE *file;                   /* borrowed until close */
	const struct baseline *known; /* NULL: there is none; borrowed */
};

/* NULL when memory is short. The config is copied, but for what it borrows. */
struct sink *sarif_new(const struct sarif_config *config);

#endif
