/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * gate: whether a run is to fail: a sink that counts findings bad enough whose cause is not known
 * already, and that writes down which causes are known from now on.
 */
#ifndef REPORT_GATE_H
#define REPORT_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "report/baseline.h"
#include "report/sink.h"

struct gate_config {
	bool has_fail_on;
	enum severity fail_on;        /* findings this bad or worse count */
	const struct baseline *known; /* NULL: no cause is; borrowed */
	const char *write_path;       /* a baseline of all causes goes there at the end; NULL */
};

/* NULL when memory is short. The config is copied, but for what it borrows. */
struct sink *gate_new(const struct gate_config *config);

/* Findings that make the run fail, of a sink made by gate_new(). */
uint64_t gate_failing(const struct sink *s);

/* At the end of the run: causes bad enough that are not known, and that are. 0 before. */
void gate_causes(const struct sink *s, uint64_t *fresh, uint64_t *known);

#endif
