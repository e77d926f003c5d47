/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Digits of a container's full id, and of the short one. */
#define ID_LEN    64
#define SHORT_LEN 12

/* A file of /proc/PID. */
static FILE *proc_open(uint32_t pid, const char *name)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	return fopen(path, "re");
}

bool process_command(uint32_t pid, char *out, size_t cap)
{
	FILE *f = proc_open(pid, "comm");
	bool is_read = f && fgets(out, (int)cap, f);

	if (f)
		fclose(f);
	if (is_read)
		out[strcspn(out, "\n")] = '\0';
	return is_read && *out;
}

bool process_program(uint32_t pid, char *out, size_t cap)
{
	char path[64];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%u/exe", pid);
	n = readlink(path, out, cap - 1);
	if (n <= 0)
		return false;
	out[n] = '\0';
	return true;
}

bool process_container_parse(const char *line, char out[static 13])
{
	static const char digits[] = "0123456789abcdef";

	for (const char *at = line; *at; at += *at != '\0') {
		size_t n = strspn(at, digits);

		if (n == ID_LEN && (at == line || !strchr(digits, at[-1]))) {
			memcpy(out, at, SHORT_LEN);
			out[SHORT_LEN] = '\0';
			return true;
		}
		at += n;
		if (!*at)
			break;
	}
	return false;
}

void process_container(uint32_t pid, char out[static 13])
{
	FILE *f = proc_open(pid, "cgroup");
	char line[512];

	*out = '\0';
	while (f && fgets(line, sizeof(line), f) && !process_container_parse(line, out))
		;
	if (f)
		fclose(f);
}

bool process_is_there(uint32_t pid)
{
	return kill((pid_t)pid, 0) == 0 || errno != ESRCH;
}

bool process_is_confined(uint32_t pid)
{
	FILE *f = proc_open(pid, "status");
	char line[256];
	bool is_confined = false;

	while (f && !is_confined && fgets(line, sizeof(line), f))
		is_confined = strncmp(line, "Seccomp:\t2", 10) == 0;
	if (f)
		fclose(f);
	return is_confined;
}

bool process_kernel_kills(const char *release)
{
	char *end;
	unsigned long major = strtoul(release, &end, 10);
	unsigned long minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;

	return major == 6 && minor >= 11 && minor <= 13;
}
