/* SPDX-License-Identifier: BSD-2-Clause */
#include "privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Who to become: by name, else whoever called sudo, else nobody. NULL: there is no such user. */
static const struct passwd *user_find(const char *user)
{
	const char *uid = getenv("SUDO_UID");
	const struct passwd *pw = NULL;

	if (user)
		return getpwnam(user);
	if (uid && *uid)
		pw = getpwuid((uid_t)strtoul(uid, NULL, 10));
	return pw ? pw : getpwnam("nobody");
}

/* Whether an id exists in this user namespace; map is the kernel's table of them. */
static bool is_mapped(const char *map, unsigned id)
{
	unsigned long first, outside, cnt;
	bool is_found = false;
	FILE *f = fopen(map, "re");

	if (!f)
		return true;
	while (!is_found && fscanf(f, "%lu %lu %lu", &first, &outside, &cnt) == 3)
		is_found = id >= first && id - first < cnt;
	fclose(f);
	return is_found;
}

static bool can_become(const struct passwd *pw)
{
	return is_mapped("/proc/self/uid_map", pw->pw_uid) &&
	       is_mapped("/proc/self/gid_map", pw->pw_gid);
}

/* The capabilities that stay, of those that there are. */
static void keep(void)
{
	bool has_raw = capng_have_capability(CAPNG_PERMITTED, CAP_NET_RAW);

	capng_clear(CAPNG_SELECT_BOTH);
	if (has_raw)
		capng_update(CAPNG_ADD, CAPNG_PERMITTED, CAP_NET_RAW);
}

int privileges_drop(const char *user, char *why, size_t why_cap)
{
	bool is_root = geteuid() == 0;
	const struct passwd *pw = user || is_root ? user_find(user) : NULL;
	int rc;

	if (!pw && (user || is_root)) {
		snprintf(why, why_cap, "-Z %s: there is no such user", user ? user : "nobody");
		return -ENOENT;
	}
	if (pw && !is_root && pw->pw_uid != geteuid()) {
		snprintf(why, why_cap, "-Z %s: only root can become another user", pw->pw_name);
		return -EPERM;
	}
	if (pw && is_root && !can_become(pw)) {
		if (user) {
			snprintf(why, why_cap, "-Z %s: this user namespace does not have him",
				 user);
			return -EINVAL;
		}
		/* An ordinary user's own namespace: root is that user, and has no powers outside.
		 */
		pw = getpwuid(0);
	}
	snprintf(why, why_cap, "%s", pw ? pw->pw_name : "");
	keep();
	/* capng's order is the one that works: groups and user first, capabilities last. */
	if (is_root && pw && pw->pw_uid != 0)
		rc = capng_change_id((int)pw->pw_uid, (int)pw->pw_gid, CAPNG_INIT_SUPP_GRP);
	else
		rc = capng_apply(CAPNG_SELECT_CAPS);
	if (rc == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		return 0;
	snprintf(why, why_cap, "privileges cannot be dropped (%d)", rc);
	return -EPERM;
}

void privileges_raise(bool is_raised)
{
	if (!capng_have_capability(CAPNG_PERMITTED, CAP_NET_RAW))
		return;
	capng_update(is_raised ? CAPNG_ADD : CAPNG_DROP, CAPNG_EFFECTIVE, CAP_NET_RAW);
	capng_apply(CAPNG_SELECT_CAPS);
}

void privileges_keep_probing(void)
{
	static const unsigned kept[] = { CAP_SYS_ADMIN, CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH,
					 CAP_PERFMON, CAP_BPF };

	for (int c = 0; c <= CAP_LAST_CAP; c++) {
		bool is_kept = false;

		for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
			is_kept |= kept[i] == (unsigned)c;
		if (!is_kept)
			(void)capng_update(CAPNG_DROP, CAPNG_EFFECTIVE | CAPNG_PERMITTED,
					   (unsigned)c);
	}
	(void)capng_apply(CAPNG_SELECT_CAPS);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}
