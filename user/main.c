/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * main: from the command line to an action and its exit code.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "capture/interfaces.h"
#include "cors/judge.h"
#include "help.h"
#include "history.h"
#include "options.h"
#include "report/explain.h"
#include "run.h"
#include "signals.h"

/* Room for a line that names a file and a reason. */
#define WHY_CAP 1024

static enum exit_code explain(const char *id)
{
	const struct rule *rule = rule_by_id(id);
	char why[WHY_CAP];

	if (rule)
		return tell_output("stdout", explain_rule(stdout, rule));
	explain_unknown(id, why, sizeof(why));
	tell(NULL, why);
	return EXIT_USAGE;
}

static enum exit_code list_interfaces(void)
{
	char why[WHY_CAP] = "";
	int err = interfaces_print(stdout, why, sizeof(why));

	if (!*why)
		return tell_output("stdout", err);
	tell(NULL, why);
	return EXIT_INPUT;
}

/* Whether there is a terminal whose closing SIGHUP may stand for, wherever the output goes. A
 * container may lack the device that stands for it, but not what it is told through. */
static bool has_terminal(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (tcgetpgrp(fd) >= 0)
			return true;
	fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* Whether SIGHUP is a word to go on with: there are files to open anew, or it is a service
 * manager's reload, which is not to end who serves. That of a closed terminal ends the program. */
static bool outlives_hangup(const struct options *o)
{
	bool reopens = !o->output.from_store && (o->output.path || o->write.path);

	return reopens || (o->web.listen_cnt && !has_terminal());
}

static enum exit_code act(const struct options *o, struct signals *signals)
{
	switch (o->action) {
	case OPTIONS_HELP: return tell_output("stdout", help_print(stdout));
	case OPTIONS_VERSION: return tell_output("stdout", help_print_version(stdout));
	case OPTIONS_LIST_RULES: return tell_output("stdout", explain_list(stdout));
	case OPTIONS_EXPLAIN: return explain(o->rule);
	case OPTIONS_LIST_INTERFACES: return list_interfaces();
	case OPTIONS_RUN: break;
	}
	return o->output.from_store ? history_run(o, signals) : run(o, signals);
}

int main(int argc, char **argv)
{
	struct signals *signals = signals_catch();
	struct options o;
	char why[WHY_CAP];
	enum exit_code code;

	if (argc < 2) {
		help_print_usage(stderr);
		return EXIT_USAGE;
	}
	if (options_parse(&o, argc, argv, judge_platforms(), why, sizeof(why)) != 0) {
		tell(NULL, why);
		return EXIT_USAGE;
	}
	if (outlives_hangup(&o))
		signals_catch_reopen();
	code = act(&o, signals);
	options_fini(&o);
	return (int)code;
}
