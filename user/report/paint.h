/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * paint: colour for a terminal, or none.
 */
#ifndef REPORT_PAINT_H
#define REPORT_PAINT_H

#include <stdbool.h>

#include "cors/rules.h"
#include "report/out.h"

/* What of the environment has a say; NULL where it is not set. */
struct paint_environment {
	const char *no_color;       /* NO_COLOR, https://no-color.org: not empty means no */
	const char *clicolor_force; /* CLICOLOR_FORCE: not empty and not "0" means yes */
	const char *term;           /* TERM: not set, or "dumb", cannot show any */
};

/* Colour when nobody said --color always or never: NO_COLOR is heard first, since who sets it
 * may be unable to read coloured text. */
bool paint_is_wanted(bool is_terminal, const struct paint_environment *env);

enum paint {
	PAINT_PLAIN, /* back to none */
	PAINT_TITLE,
	PAINT_DIM,
	PAINT_GOOD,
	PAINT_INFO,
	PAINT_WARNING,
	PAINT_ERROR,
};

/* Begin to paint so; nothing when is_on is false. */
void paint_put(struct out *o, bool is_on, enum paint p);

/* The colour in which a severity is written. */
enum paint paint_of_severity(enum severity s);

#endif
