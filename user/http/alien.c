/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/alien.h"

/* Record types run from change_cipher_spec to heartbeat; versions are 3.0 to 3.4. */
static bool is_tls(struct span s)
{
	if (s.ptr[0] < 20 || s.ptr[0] > 24)
		return false;
	if (s.len > 1 && s.ptr[1] != 3)
		return false;
	if (s.len > 2 && s.ptr[2] > 4)
		return false;
	/* 2^14 bytes and what encryption adds. */
	return s.len < 5 || (s.ptr[3] << 8 | s.ptr[4]) <= 16384 + 2048;
}

/* Nine bytes: length below 256, type 4, flags 0, stream 0. */
static bool is_settings(struct span s)
{
	static const uint8_t rest[] = { 4, 0, 0, 0, 0, 0 };

	return s.len >= 9 && s.ptr[0] == 0 && s.ptr[1] == 0 && s.ptr[2] % 6 == 0 &&
	       memcmp(s.ptr + 3, rest, sizeof(rest)) == 0;
}

enum alien alien_kind(struct span bytes)
{
	if (bytes.len && is_tls(bytes))
		return ALIEN_TLS;
	return is_settings(bytes) ? ALIEN_HTTP2 : ALIEN_OTHER;
}
