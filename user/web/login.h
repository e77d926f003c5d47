/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * login: whether a user's password is right.
 *
 * bcrypt takes a tenth of a second, and clients send the password with every request: those that
 * were right are remembered, in memory only. One that is wrong costs its full time, also where
 * there is no such user, so that the time tells nothing.
 */
#ifndef WEB_LOGIN_H
#define WEB_LOGIN_H

#include "base/limits.h"
#include "web/config.h"

struct login {
	char right[WEB_LOGINS_MAX][WEB_LOGIN_CAP]; /* "user:password" */
	unsigned next;                             /* to be written over */
};

/* One thread at a time. */
bool login_is_right(struct login *l, const struct web_config *c, const char *user,
		    const char *password);

#endif
