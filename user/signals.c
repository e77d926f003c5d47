/* SPDX-License-Identifier: BSD-2-Clause */
#include "signals.h"

#include <stddef.h>
#include <sys/time.h>

/* A handler can reach nothing else. */
static struct signals asked;

static void handle(int number)
{
	switch (number) {
	case SIGUSR1: asked.stats = 1; break;
	case SIGHUP: asked.reopen = 1; break;
	default: asked.stop = 1; break;
	}
}

static void catch_one(int number, int flags)
{
	struct sigaction a = { .sa_handler = handle, .sa_flags = flags };

	sigaction(number, &a, NULL);
}

struct signals *signals_catch(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	/* The second one kills, as if nobody had caught the first. All restart what they interrupt,
	 * so that a slow write of the report is not cut. */
	catch_one(SIGINT, (int)(SA_RESETHAND | SA_RESTART));
	catch_one(SIGTERM, (int)(SA_RESETHAND | SA_RESTART));
	catch_one(SIGALRM, SA_RESTART);
	catch_one(SIGUSR1, SA_RESTART);
	/* A reader that has seen enough shows as EPIPE, whatever the parent left us as default. */
	sigaction(SIGPIPE, &ignore, NULL);
	return &asked;
}

void signals_catch_reopen(void)
{
	catch_one(SIGHUP, SA_RESTART);
}

void signals_stop_after(double seconds)
{
	struct itimerval t = { .it_value = { .tv_sec = (time_t)seconds } };

	t.it_value.tv_usec = (suseconds_t)((seconds - (double)t.it_value.tv_sec) * 1e6);
	setitimer(ITIMER_REAL, &t, NULL);
}
