/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Two grammars are at work. Browsers send the strict serialized form; servers are configured
 * with anything, and Chromium passes that to its URL parser only to choose between two error
 * names. The second half of this file follows the URL standard as far as that choice needs.
 */
#include "cors/origin.h"

#include "cors/finding.h"

/* ASCII only, whatever the locale: these are protocol bytes. */
static bool is_alpha(uint8_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* ASCII digits. */
static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* ASCII hexadecimal digits. */
static bool is_hex(uint8_t c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* Of a byte that is_hex(). */
static unsigned hex_value(uint8_t c)
{
	return is_digit(c) ? c - (unsigned)'0' : (c | 0x20u) - 'a' + 10;
}

/* Length of the scheme at the start of s (RFC 3986, 3.1), 0 when no "scheme:" is there. */
static size_t scheme_len(struct span s)
{
	size_t i;

	if (s.len == 0 || !is_alpha(s.ptr[0]))
		return 0;
	for (i = 1; i < s.len && s.ptr[i] != ':'; i++)
		if (!is_alpha(s.ptr[i]) && !is_digit(s.ptr[i]) && s.ptr[i] != '+' &&
		    s.ptr[i] != '-' && s.ptr[i] != '.')
			return 0;
	return i < s.len ? i : 0;
}

/* Offset of the first byte of s that is in set, or s.len. */
static size_t find_any(struct span s, const char *set)
{
	/* A search for each of the few, over what is left of them, beats a look-up per byte. */
	for (; *set; set++)
		s.len = span_find(s, (uint8_t)*set);
	return s.len;
}

struct span origin_split_host(struct span authority, struct span *port)
{
	size_t end = 0;

	if (authority.len && authority.ptr[0] == '[') {
		end = span_find(authority, ']');
		end += end < authority.len;
	}
	end += span_find(span_from(authority, end), ':');
	*port = end < authority.len ? span_from(authority, end + 1) : span_make(NULL, 0);
	return span_first(authority, end);
}

bool origin_parse(struct span s, struct origin *out)
{
	size_t n = scheme_len(s), at;
	struct span authority;

	if (n == 0 || !span_starts(span_from(s, n), "://"))
		return false;
	out->scheme = span_first(s, n);
	s = span_from(s, n + 3);
	n = find_any(s, "/?#");
	authority = span_first(s, n);
	out->tail = span_from(s, n);

	out->userinfo = span_make(NULL, 0);
	at = span_find(authority, '@');
	if (at < authority.len) {
		out->userinfo = span_first(authority, at);
		authority = span_from(authority, at + 1);
	}
	out->host = origin_split_host(authority, &out->port);
	for (size_t i = 0; i < out->port.len; i++)
		if (!is_digit(out->port.ptr[i]))
			return false;
	/* A blank or control character in a host is a fault of its own, not another host. */
	for (size_t i = 0; i < out->host.len; i++)
		if (out->host.ptr[i] <= ' ' || out->host.ptr[i] == 0x7f)
			return false;
	return out->host.len != 0;
}

uint32_t origin_port(const struct origin *o)
{
	uint32_t n = 0;

	if (o->port.len == 0)
		return span_is_nocase(o->scheme, "http")    ? 80
		       : span_is_nocase(o->scheme, "https") ? 443
							    : 0;
	for (size_t i = 0; i < o->port.len && n <= UINT16_MAX; i++)
		n = n * 10 + (o->port.ptr[i] - '0');
	return n;
}

bool origin_is_clean(struct span s)
{
	struct origin o;
	bool is_v6;

	if (s.len > 255 || !origin_parse(s, &o) || span_is_present(o.userinfo) || o.tail.len)
		return false;
	/* A written port that is the default would never be sent; an empty one neither. */
	if (span_is_present(o.port) && (o.port.len == 0 || o.port.len > 5 || o.port.ptr[0] == '0' ||
					(origin_port(&o) == 443 && span_is(o.scheme, "https")) ||
					(origin_port(&o) == 80 && span_is(o.scheme, "http"))))
		return false;
	for (size_t i = 0; i < o.scheme.len; i++)
		if (o.scheme.ptr[i] < 'a' && is_alpha(o.scheme.ptr[i]))
			return false;
	is_v6 = o.host.ptr[0] == '[';
	for (size_t i = 0; i < o.host.len; i++) {
		uint8_t c = o.host.ptr[i];
		bool is_name =
			(c >= 'a' && c <= 'z') || is_digit(c) || c == '.' || c == '-' || c == '_';
		bool is_address = is_hex(c) || c == ':' || c == '[' || c == ']';

		if (is_v6 ? !is_address : !is_name)
			return false;
	}
	return !is_v6 || o.host.ptr[o.host.len - 1] == ']';
}

/* A decimal, octal or hexadecimal part of an IPv4 address (URL, #ipv4-number-parser). */
static bool ipv4_number(struct span s, uint64_t *out)
{
	unsigned base = 10;

	*out = 0;
	if (s.len >= 2 && s.ptr[0] == '0' && (s.ptr[1] | 0x20) == 'x') {
		base = 16;
		s = span_from(s, 2);
	} else if (s.len >= 2 && s.ptr[0] == '0') {
		base = 8;
	}
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];
		unsigned d = hex_value(c);

		if (!is_hex(c) || d >= base)
			return false;
		if (*out <= UINT32_MAX)
			*out = *out * base + d;
	}
	return true;
}

/* The last label is a number, so the host must be an IPv4 address (URL, #ends-in-a-number). */
static bool ends_in_number(struct span host, struct span *last)
{
	uint64_t n;
	size_t from;

	if (host.len && host.ptr[host.len - 1] == '.')
		host.len--;
	for (from = host.len; from && host.ptr[from - 1] != '.'; from--)
		;
	*last = span_from(host, from);
	if (last->len == 0)
		return false;
	for (size_t i = 0; i < last->len; i++)
		if (!is_digit(last->ptr[i]))
			return last->len >= 2 && last->ptr[0] == '0' &&
			       (last->ptr[1] | 0x20) == 'x' && ipv4_number(*last, &n);
	return true;
}

/* URL, #concept-ipv4-parser: one to four numbers, the last of which fills what is left. */
static bool is_ipv4(struct span host)
{
	unsigned parts = 0;
	uint64_t n = 0;

	if (host.len && host.ptr[host.len - 1] == '.')
		host.len--;
	for (bool more = true; more;) {
		size_t dot = span_find(host, '.');
		struct span part = span_first(host, dot);

		more = dot < host.len;
		host = span_from(host, dot + 1);
		if (part.len == 0 || ++parts > 4 || !ipv4_number(part, &n))
			return false;
		if (more && n > 255)
			return false;
	}
	return n < 1ull << 8 * (5 - parts);
}

/* URL, #concept-ipv6-parser, without the embedded IPv4 form's finer rules. */
static bool is_ipv6(struct span inner)
{
	unsigned groups = 0, digits = 0, gaps = 0;
	size_t v4 = span_find(inner, '.');

	for (size_t i = 0; i < inner.len; i++) {
		uint8_t c = inner.ptr[i];

		if (c == ':') {
			if (i + 1 < inner.len && inner.ptr[i + 1] == ':') {
				gaps++;
				i++;
			} else if (digits == 0 || i + 1 == inner.len) {
				return false;
			}
			digits = 0;
		} else if (is_hex(c) || (c == '.' && digits)) {
			groups += digits == 0;
			if (++digits > 4 && v4 == inner.len)
				return false;
		} else {
			return false;
		}
	}
	groups += v4 < inner.len; /* a dotted tail stands for two groups */
	return gaps <= 1 && (gaps ? groups <= 7 : groups == 8);
}

/* URL, #concept-host-parser for a special scheme. */
static bool is_host(struct span host)
{
	struct span last;

	if (host.len == 0)
		return false;
	if (host.ptr[0] == '[')
		return host.len > 2 && host.ptr[host.len - 1] == ']' &&
		       is_ipv6(span_make(host.ptr + 1, host.len - 2));
	for (size_t i = 0; i < host.len; i++) {
		uint8_t c = host.ptr[i];

		/* Percent-encoded bytes are decoded first and must be allowed then. */
		if (c == '%') {
			if (host.len - i < 3 || !is_hex(host.ptr[i + 1]) ||
			    !is_hex(host.ptr[i + 2]))
				return false;
			c = (uint8_t)(hex_value(host.ptr[i + 1]) << 4 | hex_value(host.ptr[i + 2]));
			i += 2;
		}
		if (c <= ' ' || c == 0x7f || memchr("#/:<>?@[\\]^|%", c, 13))
			return false;
	}
	return !ends_in_number(host, &last) || is_ipv4(host);
}

/* URL, #port-state: digits up to 65535; an empty port is allowed and means the default. */
static bool is_port(struct span port)
{
	uint32_t n = 0;

	for (size_t i = 0; i < port.len; i++) {
		if (!is_digit(port.ptr[i]))
			return false;
		n = n * 10 + (port.ptr[i] - '0');
		if (n > UINT16_MAX)
			return false;
	}
	return true;
}

/* Schemes whose URLs have a host in any case (URL, #special-scheme). */
static bool is_special(struct span scheme)
{
	static const char *const names[] = { "http", "https", "ws", "wss", "ftp" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_is_nocase(scheme, names[i]))
			return true;
	return false;
}

/* Without the control characters and blanks that a URL parser takes off both ends. */
static struct span strip(struct span s)
{
	while (s.len && s.ptr[0] <= ' ')
		s = span_from(s, 1);
	while (s.len && s.ptr[s.len - 1] <= ' ')
		s.len--;
	return s;
}

bool origin_is_url(struct span s)
{
	struct span scheme, authority, host, port;
	bool special;
	size_t n, at;

	s = strip(s);
	n = scheme_len(s);
	scheme = span_first(s, n);
	special = is_special(scheme);
	if (n == 0)
		return false;
	s = span_from(s, n + 1);
	/* A special scheme's slashes may be missing, doubled or reversed. */
	if (special)
		while (s.len && (s.ptr[0] == '/' || s.ptr[0] == '\\'))
			s = span_from(s, 1);
	else if (span_starts(s, "//"))
		s = span_from(s, 2);
	else
		return true; /* an opaque path takes anything: "localhost:3000" is one */
	if (span_is_nocase(scheme, "file"))
		return true;
	authority = span_first(s, find_any(s, special ? "/\\?#" : "/?#"));
	while ((at = span_find(authority, '@')) < authority.len)
		authority = span_from(authority, at + 1);
	host = origin_split_host(authority, &port);
	if (!is_port(port))
		return false;
	if (special)
		return is_host(host);
	if (host.len && host.ptr[0] == '[')
		return is_host(host);
	return (host.len != 0 || !span_is_present(port)) && find_any(host, "<>[\\]^|") == host.len;
}

bool origin_is_loopback(struct span host)
{
	struct span tail = host.len > 10 ? span_from(host, host.len - 10) : span_make(NULL, 0);

	return span_is_nocase(host, "localhost") || span_is_nocase(tail, ".localhost") ||
	       span_is(host, "[::1]") || (span_starts(host, "127.") && is_ipv4(host));
}

bool origin_is_internal(struct span host)
{
	static const char *const ends[] = { ".local",    ".internal", ".lan",
					    ".intranet", ".corp",     ".home.arpa" };

	if (host.len == 0 || origin_is_loopback(host))
		return host.len != 0;
	if (is_ipv4(host))
		return span_starts(host, "10.") || span_starts(host, "192.168.") ||
		       (span_starts(host, "172.") && host.len > 6 && host.ptr[6] == '.' &&
			(host.ptr[4] == '2' || (host.ptr[4] == '1' && host.ptr[5] >= '6') ||
			 (host.ptr[4] == '3' && host.ptr[5] <= '1')));
	if (host.ptr[0] == '[')
		return host.len > 3 && (host.ptr[1] | 0x20) == 'f' &&
		       ((host.ptr[2] | 0x20) == 'c' || (host.ptr[2] | 0x20) == 'd');
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (host.len > strlen(ends[i]) &&
		    span_is_nocase(span_from(host, host.len - strlen(ends[i])), ends[i]))
			return true;
	return span_find(host, '.') == host.len; /* a single label resolves only at home */
}

/* Start of the label before offset end, which is at a dot or at the end. */
static size_t label_start(struct span host, size_t end)
{
	while (end && host.ptr[end - 1] != '.')
		end--;
	return end;
}

struct span origin_site(struct span host)
{
	size_t top, second, third;

	if (host.len && host.ptr[host.len - 1] == '.')
		host.len--;
	if (host.len == 0 || host.ptr[0] == '[' || is_ipv4(host))
		return host;
	top = label_start(host, host.len);
	if (top == 0)
		return host;
	second = label_start(host, top - 1);
	if (second == 0 || host.len - top != 2 || top - 1 - second > 3)
		return span_from(host, second);
	third = label_start(host, second - 1);
	return span_from(host, third);
}

bool origin_has_authority(const struct origin *o, struct span authority)
{
	struct origin a = *o;

	a.host = origin_split_host(authority, &a.port);
	if (!is_port(a.port))
		return false;
	return span_eq_nocase(a.host, o->host) && origin_port(&a) == origin_port(o);
}

/* One name is the other with a label put before or a dot behind. */
static unsigned host_hints(struct span a, struct span b)
{
	struct span longer = a.len > b.len ? a : b, shorter = a.len > b.len ? b : a;
	unsigned hints = 0;

	if (origin_is_loopback(a) && origin_is_loopback(b))
		hints |= ORIGIN_HINT_LOOPBACK;
	if (longer.len == shorter.len + 4 && span_is_nocase(span_first(longer, 4), "www.") &&
	    span_eq_nocase(span_from(longer, 4), shorter))
		hints |= ORIGIN_HINT_WWW;
	if (longer.len == shorter.len + 1 && longer.ptr[shorter.len] == '.' &&
	    span_eq_nocase(span_first(longer, shorter.len), shorter))
		hints |= ORIGIN_HINT_DOT;
	return hints;
}

struct origin_diff origin_compare(const struct origin *allowed, const struct origin *page,
				  struct span own)
{
	struct origin_diff d = { 0, 0 };

	if (!span_eq_nocase(allowed->scheme, page->scheme))
		d.components |= CORS_DIFF_SCHEME;
	/* Letter case alone is told as such, not as another host. */
	if (!span_eq_nocase(allowed->host, page->host)) {
		d.components |= CORS_DIFF_HOST;
		d.hints |= host_hints(allowed->host, page->host);
	}
	/* Ports are compared as written: https://h:443 is not https://h for the CORS check. */
	if (!span_eq(allowed->port, page->port))
		d.components |= CORS_DIFF_PORT;
	if (d.components == CORS_DIFF_PORT && origin_port(allowed) == origin_port(page))
		d.hints |= ORIGIN_HINT_DEFAULT_PORT;
	else if ((d.components & CORS_DIFF_PORT) && allowed->port.len == 0)
		d.hints |= ORIGIN_HINT_PORT_OMITTED;
	else if ((d.components & CORS_DIFF_PORT) && page->port.len == 0)
		d.hints |= ORIGIN_HINT_PORT_EXTRA;
	if (span_is_present(own) && (d.components & CORS_DIFF_HOST) &&
	    origin_has_authority(allowed, own))
		d.hints |= ORIGIN_HINT_OWN_HOST;
	if (origin_is_loopback(allowed->host) && !origin_is_loopback(page->host))
		d.hints |= ORIGIN_HINT_DEVELOPMENT;
	return d;
}
