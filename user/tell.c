/* SPDX-License-Identifier: BSD-2-Clause */
#include "tell.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "report/out.h"

void tell(const char *name, const char *message)
{
	struct out o;

	if (out_init(&o, stderr) != 0)
		return;
	out_lit(&o, "cors-sniff: ");
	if (name) {
		out_safe(&o, span_text(name));
		out_lit(&o, ": ");
	}
	out_safe(&o, span_text(message));
	out_char(&o, '\n');
	out_flush(&o);
	out_fini(&o);
}

enum exit_code tell_output(const char *name, int err)
{
	if (err == 0 || err == -EPIPE)
		return EXIT_OK;
	tell(name, strerror(-err));
	return EXIT_INPUT;
}
