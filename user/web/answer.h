/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * answer: one HTTP request answered.
 *
 * GET and HEAD only. Every answer says that it is for nobody else's page: no CORS fields, a strict
 * policy, no sniffing, no referrer. With users configured, each request must bring a password.
 */
#ifndef WEB_ANSWER_H
#define WEB_ANSWER_H

#include <microhttpd.h>

#include "report/shelf.h"
#include "web/config.h"
#include "web/events.h"
#include "web/login.h"

/* What the answers of one address need; its own thread's, but for what it points to. */
struct answer {
	struct shelf *shelf;
	struct events *events;
	const struct web_config *config;
	bool is_loopback;
	struct login login;
};

/* An MHD_AccessHandlerCallback with cls a struct answer. */
enum MHD_Result answer_request(void *cls, struct MHD_Connection *c, const char *url,
			       const char *method, const char *version, const char *upload_data,
			       size_t *upload_data_size, void **con_cls);

#endif
