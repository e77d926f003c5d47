/* SPDX-License-Identifier: BSD-2-Clause */
#include "values.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"

/* A century: what is longer is a slip, and would not fit the timer either. */
#define SECONDS_MAX 3.2e9

/* A port number up to the next character that is no digit; 0 when it is none. */
static unsigned port_parse(const char **at)
{
	unsigned n = 0;

	for (; **at >= '0' && **at <= '9'; (*at)++) {
		n = n * 10 + (unsigned)(**at - '0');
		if (n > 65535)
			return 0;
	}
	return n;
}

/* One item of a list: "80" or "8000-8010". */
static bool port_item_parse(struct port_set *set, const char **at)
{
	unsigned first = port_parse(at), last = first;

	if (first && **at == '-') {
		(*at)++;
		last = port_parse(at);
	}
	if (!first || last < first)
		return false;
	for (unsigned n = first; n <= last; n++)
		port_set_add(set, (uint16_t)n);
	return true;
}

bool values_ports(const char *word, struct port_set *set)
{
	do {
		if (!port_item_parse(set, &word))
			return false;
		if (*word == '\0')
			return true;
	} while (*word++ == ',');
	return false;
}

bool values_number(const char *word, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t n = 0;

	if (!*word)
		return false;
	for (; *word; word++) {
		if (*word < '0' || *word > '9' || n > (UINT64_MAX - 9) / 10)
			return false;
		n = n * 10 + (uint64_t)(*word - '0');
	}
	if (n < min || n > max)
		return false;
	*out = n;
	return true;
}

bool values_seconds(const char *word, double *out)
{
	char *end;
	double s;

	if (*word < '0' || *word > '9')
		return false;
	s = strtod(word, &end);
	switch (*end) {
	case 's': end++; break;
	case 'm':
		s *= 60;
		end++;
		break;
	case 'h':
		s *= 3600;
		end++;
		break;
	case 'd':
		s *= 86400;
		end++;
		break;
	default: break;
	}
	if (*end || !(s > 0) || s > SECONDS_MAX)
		return false;
	*out = s;
	return true;
}

bool values_size(const char *word, uint64_t min, uint64_t *out)
{
	static const char units[] = "KMGT";
	char digits[24];
	size_t n = strspn(word, "0123456789");
	const char *unit = word[n] ? strchr(units, word[n] & ~0x20) : NULL;
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
	uint64_t value;

	if (n >= sizeof(digits) || (word[n] && (!unit || word[n + 1])))
		return false;
	memcpy(digits, word, n);
	digits[n] = '\0';
	if (!values_number(digits, 1, INT64_MAX >> shift, &value) || value << shift < min)
		return false;
	*out = value << shift;
	return true;
}

bool values_time(const char *word, bool *is_ago, uint64_t *ns)
{
	static const char *const forms[] = { "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S",
					     "%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M", "%Y-%m-%d" };
	double seconds;

	*is_ago = values_seconds(word, &seconds);
	if (*is_ago) {
		*ns = (uint64_t)(seconds * (double)NS_PER_S);
		return true;
	}
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct tm t = { 0 };
		const char *end = strptime(word, forms[i], &t);
		time_t time_s = end && !*end ? timegm(&t) : -1;

		if (time_s >= 0) {
			*ns = (uint64_t)time_s * NS_PER_S;
			return true;
		}
	}
	return false;
}

bool values_speed(const char *word, double *out)
{
	char *end;
	double n;

	if (*word < '0' || *word > '9')
		return false;
	n = strtod(word, &end);
	if (*end == 'x')
		end++;
	if (*end || !(n > 0) || n > 1e6)
		return false;
	*out = n;
	return true;
}
