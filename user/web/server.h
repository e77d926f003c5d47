/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * server: a shelf's documents, the page and the metrics, over HTTP.
 *
 * Runs in its own threads, one for each address. Whoever fills the shelf calls server_told() now
 * and then; nothing that a client does or fails to do keeps it waiting, but for the moment in
 * which a changed certificate is put in force.
 *
 * Spec: RFC 9110; /-/healthy and /-/ready as Prometheus has them.
 */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H

#include <stddef.h>
#include <stdint.h>

#include "report/shelf.h"
#include "web/address.h"

struct server;

struct server_config {
	const struct web_address *addresses;
	size_t addresses_cnt;
	const char *file;    /* --web-config; NULL: none. Borrowed */
	struct shelf *shelf; /* borrowed */
	/* A line for people. In the thread that calls the server. */
	void (*say)(void *ctx, const char *name, const char *message);
	void *ctx;
};

/* Read the configuration and bind, which may take rights. Nothing is answered yet. 0, or -errno
 * with why[]. */
int server_open(const struct server_config *config, struct server **out, char *why, size_t why_cap);

/* Begin to answer, with the rights that the thread has now. Says where. 0, or -errno with why[]. */
int server_start(struct server *s, char *why, size_t why_cap);

/* The shelf may have a new edition, and time has passed. */
void server_told(struct server *s);

/* End; what is being sent is cut off. Takes NULL. */
void server_close(struct server *s);

/* The version of the library behind it, as it is at run time; static text. */
const char *server_library_version(void);

#endif
