/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * tell: what the program says on stderr, and the exit codes.
 */
#ifndef TELL_H
#define TELL_H

/* The contract with scripts; --help prints it. */
enum exit_code {
	EXIT_OK = 0,
	EXIT_FINDINGS = 1,
	EXIT_USAGE = 2,
	EXIT_INPUT = 3,   /* cannot be opened, or not permitted; also: output cannot be written */
	EXIT_DAMAGED = 4, /* an input was not read to its end */
};

/* "cors-sniff: name: message". Names of files, and what stands in them, are other people's bytes
 * too: whatever a terminal could obey is written as \xNN. name may be NULL. */
void tell(const char *name, const char *message);

/* An error of the output, 0 or -errno, as an exit code, after telling it. Its reader may go
 * whenever it likes: not a failure. */
enum exit_code tell_output(const char *name, int err);

#endif
