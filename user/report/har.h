/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * har: the sink for browsers' developer tools: an HTTP archive.
 *
 * In:   judgements.
 * Out:  one JSON document, an entry for each exchange; what was found stands in its "_cors".
 * Spec: HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/): every member that it demands,
 *       with -1 or "" where the wire, or what is kept of it, does not say. Own members begin with
 *       an underscore.
 *
 * An entry that was written stays: what is taken back is to be taken back before (user/later.h).
 */
#ifndef REPORT_HAR_H
#define REPORT_HAR_H

#include <stdbool.h>
#include <stdio.h>

#include "report/sink.h"

struct har_config {
	FILE *file;            /* borrowed until close */
	bool is_findings_only; /* of the exchanges, only those with findings */
};

/* NULL when memory is short. The config is copied, but for what it borrows. */
struct sink *har_new(const struct har_config *config);

#endif
