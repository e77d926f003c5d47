/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/format.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"

#define S_PER_DAY 86400u

/* width digits of n, zeros before it. Returns what follows. */
static char *put_digits(char *at, uint32_t n, unsigned width)
{
	for (unsigned i = width; i-- > 0; n /= 10)
		at[i] = (char)('0' + n % 10);
	return at + width;
}

/* The date of a day since 1970, in the Gregorian calendar. The year is taken to begin in
 * March, so that the leap day is its last and months follow from the day by one formula; an
 * era is 400 years. gmtime_r() does the same at ten times the cost, once an exchange. */
static char *put_date(char *at, uint32_t day)
{
	uint32_t n = day + 719468; /* days since 0000-03-01 */
	uint32_t era = n / 146097, of_era = n % 146097;
	uint32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	uint32_t of_year = of_era - (365 * year + year / 4 - year / 100);
	uint32_t month = (5 * of_year + 2) / 153; /* 0 is March */

	at = put_digits(at, era * 400 + year + (month >= 10), 4);
	*at++ = '-';
	at = put_digits(at, month < 10 ? month + 3 : month - 9, 2);
	*at++ = '-';
	return put_digits(at, of_year - (153 * month + 2) / 5 + 1, 2);
}

size_t format_time(uint64_t time_ns, char out[static FORMAT_TIME_CAP])
{
	uint64_t time_s = time_ns / NS_PER_S;
	uint32_t of_day = (uint32_t)(time_s % S_PER_DAY);
	char *at = put_date(out, (uint32_t)(time_s / S_PER_DAY));

	*at++ = 'T';
	at = put_digits(at, of_day / 3600, 2);
	*at++ = ':';
	at = put_digits(at, of_day / 60 % 60, 2);
	*at++ = ':';
	at = put_digits(at, of_day % 60, 2);
	*at++ = '.';
	at = put_digits(at, (uint32_t)(time_ns % NS_PER_S), 9);
	*at++ = 'Z';
	*at = '\0';
	return (size_t)(at - out);
}

/* A number below 65536 without leading zeros. */
static char *put_small(char *at, uint32_t n)
{
	return put_digits(at, n, n < 10 ? 1 : n < 100 ? 2 : n < 1000 ? 3 : n < 10000 ? 4 : 5);
}

size_t format_endpoint(const struct endpoint *e, char out[static FORMAT_ENDPOINT_CAP])
{
	char *at = out;

	if (address_is_v4(&e->addr)) {
		for (unsigned i = 12; i < 16; i++) {
			at = put_small(at, e->addr.bytes[i]);
			*at++ = '.';
		}
		at--;
	} else {
		*at++ = '[';
		inet_ntop(AF_INET6, e->addr.bytes, at, INET6_ADDRSTRLEN);
		at += strlen(at);
		*at++ = ']';
	}
	*at++ = ':';
	at = put_small(at, e->port);
	*at = '\0';
	return (size_t)(at - out);
}

size_t format_count(uint64_t n, char out[static FORMAT_COUNT_CAP])
{
	char digits[21];
	int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
	size_t at = 0;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = '\0';
	return at;
}

size_t format_size(uint64_t bytes, char out[static FORMAT_SIZE_CAP])
{
	static const char units[] = "kMGTPE";
	uint64_t unit = 1000;
	unsigned i = 0;

	if (bytes < unit)
		return (size_t)snprintf(out, FORMAT_SIZE_CAP, "%u bytes", (unsigned)bytes);
	while (units[i + 1] && bytes / unit >= 1000) {
		unit *= 1000;
		i++;
	}
	return (size_t)snprintf(out, FORMAT_SIZE_CAP, "%u.%u %cB", (unsigned)(bytes / unit),
				(unsigned)(bytes % unit / (unit / 10)), units[i]);
}

const char *format_outcome(enum http_outcome outcome)
{
	static const char *const names[] = {
		[HTTP_RESPONSE] = "response", [HTTP_RESET] = "reset",     [HTTP_CLOSED] = "closed",
		[HTTP_TIMEOUT] = "timeout",   [HTTP_REFUSED] = "refused", [HTTP_LOST] = "lost",
		[HTTP_PENDING] = "pending",   [HTTP_INVALID] = "invalid",
	};

	return names[outcome];
}

const char *format_protocol(enum http_version version)
{
	switch (version) {
	case HTTP_0_9: return "http/0.9";
	case HTTP_1_0: return "http/1.0";
	case HTTP_2: return "h2";
	case HTTP_1_1: break;
	}
	return "http/1.1";
}

const char *format_error_code(uint32_t code)
{
	static const char *const names[] = {
		"NO_ERROR",
		"PROTOCOL_ERROR",
		"INTERNAL_ERROR",
		"FLOW_CONTROL_ERROR",
		"SETTINGS_TIMEOUT",
		"STREAM_CLOSED",
		"FRAME_SIZE_ERROR",
		"REFUSED_STREAM",
		"CANCEL",
		"COMPRESSION_ERROR",
		"CONNECT_ERROR",
		"ENHANCE_YOUR_CALM",
		"INADEQUATE_SECURITY",
		"HTTP_1_1_REQUIRED",
	};

	return code < sizeof(names) / sizeof(names[0]) ? names[code] : NULL;
}
