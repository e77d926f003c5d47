/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * junit: the sink for build servers: JUnit's XML. A rule that was not broken is a test that
 * passed; each cause is a test of its own.
 *
 * A cause fails when it is bad enough and not in the baseline; one of the baseline is skipped, and
 * a lesser one passes and says what it is in its output.
 */
#ifndef REPORT_JUNIT_H
#define REPORT_JUNIT_H

#include <stdio.h>

#include "report/baseline.h"
#include "report/sink.h"

struct junit_config {
	FILE *file;                   /* borrowed until close */
	enum severity fail_on;        /* a cause this bad or worse is a failure */
	const struct baseline *known; /* NULL: no cause is; borrowed */
};

/* NULL when memory is short. The config is copied, but for what it borrows. */
struct sink *junit_new(const struct junit_config *config);

#endif
