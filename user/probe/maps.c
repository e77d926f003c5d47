/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/maps.h"

#include <stdlib.h>
#include <string.h>

#include "base/span.h"

/* A hexadecimal number, and the character behind it, which is skipped. */
static bool hex_take(char **at, char stop, uint64_t *out)
{
	char *end;

	/* strtoull() would take blanks and signs. */
	if (!strchr("0123456789abcdef", **at) || !**at)
		return false;
	*out = strtoull(*at, &end, 16);
	if (*end != stop)
		return false;
	*at = end + 1;
	return true;
}

static bool decimal_take(char **at, uint64_t *out)
{
	char *end;

	if (**at < '0' || **at > '9')
		return false;
	*out = strtoull(*at, &end, 10);
	*at = end;
	return true;
}

bool mapping_parse(char *line, struct mapping *out)
{
	static const char deleted[] = " (deleted)";
	uint64_t off, major, minor;
	char *at = line;
	size_t len;

	*out = (struct mapping){ 0 };
	if (!hex_take(&at, '-', &out->start) || !hex_take(&at, ' ', &out->end) || strlen(at) < 5)
		return false;
	out->is_executable = at[2] == 'x';
	at += 5;
	if (!hex_take(&at, ' ', &off) || !hex_take(&at, ':', &major) ||
	    !hex_take(&at, ' ', &minor) || !decimal_take(&at, &out->ino) || !out->ino)
		return false;
	out->dev = major << 32 | minor;
	at += strspn(at, " ");
	if (*at != '/')
		return false;
	out->path = at;
	len = strlen(at);
	if (len >= sizeof(deleted) && strcmp(at + len - (sizeof(deleted) - 1), deleted) == 0) {
		at[len - (sizeof(deleted) - 1)] = '\0';
		out->is_deleted = true;
	}
	return true;
}

enum maps_name maps_name(const char *path)
{
	/* A copy of OpenSSL for one program alone has a longer name. */
	static const char *const libraries[] = { "libssl.",    "libssl-",  "libgnutls.",
						 "libgnutls-", "libnode.", "libboringssl",
						 "_ssl." };
	const char *slash = strrchr(path, '/');
	struct span name = span_text(slash ? slash + 1 : path);

	if (span_starts(name, "libjvm."))
		return MAPS_NAME_JAVA;
	if (span_starts(name, "libssl3."))
		return MAPS_NAME_NSS;
	/* OpenSSL's functions over GnuTLS, whose own are probed. */
	if (span_starts(name, "libgnutls-openssl."))
		return MAPS_NAME_OTHER;
	for (size_t i = 0; i < sizeof(libraries) / sizeof(*libraries); i++) {
		if (span_starts(name, libraries[i]))
			return MAPS_NAME_LIBRARY;
	}
	return MAPS_NAME_OTHER;
}
