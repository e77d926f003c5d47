/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/paint.h"

#include <string.h>

static bool is_set(const char *value)
{
	return value && *value;
}

bool paint_is_wanted(bool is_terminal, const struct paint_environment *env)
{
	if (is_set(env->no_color))
		return false;
	if (is_set(env->clicolor_force) && strcmp(env->clicolor_force, "0") != 0)
		return true;
	return is_terminal && is_set(env->term) && strcmp(env->term, "dumb") != 0;
}

void paint_put(struct out *o, bool is_on, enum paint p)
{
	/* The eight colours that every terminal's user can choose (ECMA-48, 8.3.117). */
	static const char *const codes[] = {
		[PAINT_PLAIN] = "\33[0m",    [PAINT_TITLE] = "\33[1m",
		[PAINT_DIM] = "\33[2m",      [PAINT_GOOD] = "\33[1;32m",
		[PAINT_INFO] = "\33[1;36m",  [PAINT_WARNING] = "\33[1;33m",
		[PAINT_ERROR] = "\33[1;31m",
	};

	if (is_on)
		out_text(o, codes[p]);
}

enum paint paint_of_severity(enum severity s)
{
	switch (s) {
	case SEVERITY_INFO: return PAINT_INFO;
	case SEVERITY_WARNING: return PAINT_WARNING;
	case SEVERITY_ERROR: break;
	}
	return PAINT_ERROR;
}
