/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * help: what --help and --version say. Both return 0, or -errno of the file.
 */
#ifndef HELP_H
#define HELP_H

#include <stdio.h>

/* All options, five examples, the exit codes. */
int help_print(FILE *file);

/* For who gave no arguments at all. */
int help_print_usage(FILE *file);

/* The program's version, and those of the libraries it runs with (not those it was built
 * with: they may differ, and then it matters). */
int help_print_version(FILE *file);

#endif
