/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/chunked.h"

/* The value of a hexadecimal digit, or 16. */
static unsigned hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10u : 16;
}

/* One byte of a size line. Blanks after the size are tolerated as in Chromium. */
static bool size_byte(struct chunked *k, uint8_t c)
{
	unsigned digit = hex_digit(c);

	if (digit < 16) {
		/* Zeros in front are fine; what does not fit into 63 bits is no size. */
		if (k->left > INT64_MAX >> 4)
			return false;
		k->left = k->left << 4 | digit;
		k->state = CHUNKED_DIGITS;
		return true;
	}
	/* Not one digit. */
	if (k->state == CHUNKED_SIZE)
		return false;
	if (c == '\n') {
		k->state = k->left ? CHUNKED_DATA : CHUNKED_TRAILER;
		return true;
	}
	k->state = CHUNKED_EXTENSION;
	return c == '\r' || c == ';' || c == ' ' || c == '\t';
}

/* The line end after data; LF alone is tolerated. */
static bool data_end_byte(struct chunked *k, uint8_t c)
{
	if (c == '\r' && k->state == CHUNKED_DATA_CR) {
		k->state = CHUNKED_DATA_LF;
		return true;
	}
	k->state = CHUNKED_SIZE;
	k->left = 0;
	return c == '\n';
}

/* The first bytes of a trailer line; true when it is the empty line that ends the body. */
static bool trailer_byte(struct chunked *k, uint8_t c)
{
	if (c == '\n')
		return true;
	k->state = c == '\r' && k->state == CHUNKED_TRAILER ? CHUNKED_TRAILER_CR : CHUNKED_FIELD;
	return false;
}

/* Pass over what is there up to and with LF. False when there is none. */
static bool line_pass(struct span *rest)
{
	size_t n = span_find(*rest, '\n');
	bool is_found = n < rest->len;

	*rest = span_from(*rest, n + 1);
	return is_found;
}

/* Data that is in this piece. */
static void data_pass(struct chunked *k, struct span *rest)
{
	uint64_t n = k->left < rest->len ? k->left : rest->len;

	*rest = span_from(*rest, (size_t)n);
	k->left -= n;
	if (!k->left)
		k->state = CHUNKED_DATA_CR;
}

enum chunked_result chunked_next(struct chunked *k, struct span *rest, uint64_t *skip)
{
	*skip = 0;
	while (rest->len) {
		uint8_t c = rest->ptr[0];

		switch (k->state) {
		/* What can be long is passed over in one step, the rest byte by byte. */
		case CHUNKED_EXTENSION:
			if (line_pass(rest))
				k->state = k->left ? CHUNKED_DATA : CHUNKED_TRAILER;
			continue;
		case CHUNKED_FIELD:
			if (line_pass(rest))
				k->state = CHUNKED_TRAILER;
			continue;
		case CHUNKED_DATA: data_pass(k, rest); continue;
		default: break;
		}
		*rest = span_from(*rest, 1);
		switch (k->state) {
		case CHUNKED_SIZE:
		case CHUNKED_DIGITS:
			if (!size_byte(k, c))
				return CHUNKED_BAD;
			break;
		case CHUNKED_DATA_CR:
		case CHUNKED_DATA_LF:
			if (!data_end_byte(k, c))
				return CHUNKED_BAD;
			break;
		default:
			if (trailer_byte(k, c))
				return CHUNKED_DONE;
		}
	}
	/* The producer passes over the rest: the next byte is the one after the data. */
	if (k->state == CHUNKED_DATA) {
		*skip = k->left;
		k->left = 0;
		k->state = CHUNKED_DATA_CR;
	}
	return CHUNKED_MORE;
}
