/* SPDX-License-Identifier: BSD-2-Clause */
#include "web/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Connections that wait to be accepted. */
#define BACKLOG 64

static bool refuse(const char *word, char *why, size_t why_cap)
{
	snprintf(why, why_cap, "--listen %s: write :PORT, HOST:PORT or [IPv6]:PORT", word);
	return false;
}

static bool port_parse(const char *text, char out[static 6])
{
	size_t len = strlen(text);

	if (!len || len > 5 || strspn(text, "0123456789") != len || atoi(text) > 65535)
		return false;
	memcpy(out, text, len + 1);
	return true;
}

bool address_parse(const char *word, struct web_address *out, char *why, size_t why_cap)
{
	const char *colon = strrchr(word, ':');
	size_t len = colon ? (size_t)(colon - word) : 0;
	struct in6_addr v6;

	if (!colon || len >= sizeof(out->host) || !port_parse(colon + 1, out->port))
		return refuse(word, why, why_cap);
	if (len == 0) {
		snprintf(out->host, sizeof(out->host), "127.0.0.1");
		return true;
	}
	if (word[0] == '[' && word[len - 1] == ']' && len > 2) {
		snprintf(out->host, sizeof(out->host), "%.*s", (int)len - 2, word + 1);
		return inet_pton(AF_INET6, out->host, &v6) == 1 || refuse(word, why, why_cap);
	}
	snprintf(out->host, sizeof(out->host), "%.*s", (int)len, word);
	/* Without brackets, nobody knows where an IPv6 address ends. */
	return strspn(out->host,
		      "0123456789.-_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == len ||
	       refuse(word, why, why_cap);
}

static bool is_loopback(const struct sockaddr_storage *sa)
{
	const struct sockaddr_in *v4 = (const void *)sa;
	const struct sockaddr_in6 *v6 = (const void *)sa;

	return sa->ss_family == AF_INET ? ntohl(v4->sin_addr.s_addr) >> 24 == 127
					: IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

/* What the socket is bound to, which the kernel knows best. */
static void tell_bound(struct web_socket *s)
{
	struct sockaddr_storage sa = { 0 };
	socklen_t len = sizeof(sa);
	char host[INET6_ADDRSTRLEN] = "?", port[6] = "?";

	getsockname(s->fd, (struct sockaddr *)&sa, &len);
	getnameinfo((struct sockaddr *)&sa, len, host, sizeof(host), port, sizeof(port),
		    NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(s->text, sizeof(s->text), sa.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host,
		 port);
	s->is_loopback = is_loopback(&sa);
}

static int bind_one(const struct addrinfo *ai, int *out)
{
	int yes = 1, err;
	int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (ai->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes));
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0) {
		*out = fd;
		return 0;
	}
	err = -errno;
	close(fd);
	return err;
}

int address_listen(const struct web_address *a, struct web_socket *out, char *why, size_t why_cap)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
	struct addrinfo *list = NULL;
	int rc = getaddrinfo(a->host, a->port, &hints, &list);
	int err;

	*out = (struct web_socket){ .fd = -1 };
	if (rc) {
		snprintf(why, why_cap, "--listen %s: %s", a->host, gai_strerror(rc));
		return -EINVAL;
	}
	err = bind_one(list, &out->fd);
	freeaddrinfo(list);
	if (err) {
		snprintf(why, why_cap, "--listen %s:%s: %s", a->host, a->port, strerror(-err));
		return err;
	}
	tell_bound(out);
	return 0;
}

bool address_is_own_host(const char *host)
{
	char name[ADDRESS_HOST_CAP];
	size_t len = host[0] == '[' ? strcspn(host, "]") : strcspn(host, ":");
	struct in6_addr v6;
	struct in_addr v4;

	if (len >= sizeof(name))
		return false;
	if (host[0] == '[') {
		snprintf(name, sizeof(name), "%.*s", (int)len - 1, host + 1);
		return host[len] == ']' && inet_pton(AF_INET6, name, &v6) == 1;
	}
	snprintf(name, sizeof(name), "%.*s", (int)len, host);
	return strcasecmp(name, "localhost") == 0 || inet_pton(AF_INET, name, &v4) == 1;
}
