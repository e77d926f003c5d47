/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/out.h"

#include <errno.h>
#include <stdlib.h>

#include "report/utf8.h"

int out_init(struct out *o, FILE *file)
{
	*o = (struct out){ .file = file, .buf = malloc(OUT_BUFFER_BYTES) };
	return o->buf ? 0 : -ENOMEM;
}

void out_fini(struct out *o)
{
	free(o->buf);
	*o = (struct out){ 0 };
}

/* Give bytes to the file. */
static void pass(struct out *o, const void *ptr, size_t len)
{
	if (o->err || !len)
		return;
	errno = 0;
	if (fwrite(ptr, 1, len, o->file) != len)
		o->err = errno ? -errno : -EIO;
}

int out_flush(struct out *o)
{
	pass(o, o->buf, o->len);
	o->len = 0;
	if (!o->err && fflush(o->file) != 0)
		o->err = errno ? -errno : -EIO;
	return o->err;
}

void out_bytes_slow(struct out *o, const void *ptr, size_t len)
{
	pass(o, o->buf, o->len);
	o->len = 0;
	if (len > OUT_BUFFER_BYTES) {
		pass(o, ptr, len);
		return;
	}
	memcpy(o->buf, ptr, len);
	o->len = len;
}

void out_u64(struct out *o, uint64_t n)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	out_bytes(o, digits + at, sizeof(digits) - at);
}

void out_blanks(struct out *o, unsigned n)
{
	while (n--)
		out_char(o, ' ');
}

/* Zero-width, direction and other format characters (Unicode category Cf, and the two line
 * separators), by which text can look like what it is not; and numbers that are no characters. */
static bool is_invisible(uint32_t c)
{
	return c == 0xad || c == 0x61c || c == 0x180e || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
	       (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff) ||
	       (c & 0xfffe) == 0xfffe;
}

/* How many bytes at p a terminal may be given as they are: one character's, or 0. */
static size_t plain_len(const uint8_t *p, size_t left)
{
	uint32_t c;
	size_t n;

	if (*p < 0x80)
		return *p >= 0x20 && *p != 0x7f;
	n = utf8_decode(p, left, &c);
	return n && c >= 0xa0 && !is_invisible(c) ? n : 0;
}

void out_safe(struct out *o, struct span s)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0, n; i < s.len; i += n) {
		n = plain_len(s.ptr + i, s.len - i);
		if (n) {
			out_bytes(o, s.ptr + i, n);
		} else {
			char escape[4] = { '\\', 'x', hex[s.ptr[i] >> 4], hex[s.ptr[i] & 15] };

			out_bytes(o, escape, sizeof(escape));
			n = 1;
		}
	}
}

size_t out_safe_width(struct span s)
{
	size_t width = 0;

	for (size_t i = 0, n; i < s.len; i += n ? n : 1) {
		n = plain_len(s.ptr + i, s.len - i);
		width += n ? 1 : 4;
	}
	return width;
}
