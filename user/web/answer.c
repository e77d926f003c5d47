/* SPDX-License-Identifier: BSD-2-Clause */
#include "web/answer.h"

#include <stdlib.h>
#include <string.h>

#include "report/api.h"
#include "report/publisher.h"
#include "web/address.h"
#include "web/asset.h"
#include "web/page.h"
#include "web/route.h"

#define TEXT "text/plain; charset=utf-8"

static const char index_json[] =
	"{\"v\":" API_VERSION ",\"version\":\"" VERSION "\",\"schema\":\"/api/schema\",\"paths\":{"
	"\"/api/summary\":\"numbers, verdicts over time, preflights, the capture's health\","
	"\"/api/causes\":\"what is wrong, worst first\","
	"\"/api/causes/{cause}\":\"one of them: explanation, fix, curl line, an exchange\","
	"\"/api/policies\":\"how hosts, and servers behind them, allow origins\","
	"\"/api/conflicts\":\"who got a cache's copy for somebody else, the latest first\","
	"\"/api/events\":\"server-sent events: a new edition of the above\","
	"\"/metrics\":\"Prometheus text, or OpenMetrics\","
	"\"/-/healthy\":\"200 while the program runs\","
	"\"/-/ready\":\"200 once there is an edition\"}}";

static const char *field(struct MHD_Connection *c, const char *name)
{
	return MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

/* Queue a response with what every one has; takes it over. NULL: memory is short. */
static enum MHD_Result give(struct MHD_Connection *c, unsigned status, const char *type,
			    struct MHD_Response *r)
{
	enum MHD_Result result;

	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, "Content-Type", type);
	MHD_add_response_header(r, "Content-Security-Policy", PAGE_POLICY);
	MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(r, "Referrer-Policy", "no-referrer");
	MHD_add_response_header(r, "Cross-Origin-Resource-Policy", "same-origin");
	MHD_add_response_header(r, "Cross-Origin-Opener-Policy", "same-origin");
	MHD_add_response_header(r, "Cache-Control",
				status == MHD_HTTP_OK ? "no-cache, private" : "no-store");
	result = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return result;
}

/* Bytes that last as long as the program. */
static struct MHD_Response *response_of(struct span s)
{
	return MHD_create_response_from_buffer(s.len, (void *)(uintptr_t)s.ptr,
					       MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result give_text(struct MHD_Connection *c, unsigned status, const char *text)
{
	struct MHD_Response *r = response_of(span_text(text));

	if (r && status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(r, "Allow", "GET, HEAD");
	if (r && status == MHD_HTTP_UNAUTHORIZED)
		MHD_add_response_header(r, "WWW-Authenticate",
					"Basic realm=\"cors-sniff\", charset=\"UTF-8\"");
	if (r && status == MHD_HTTP_SERVICE_UNAVAILABLE)
		MHD_add_response_header(r, "Retry-After", "1");
	return give(c, status, TEXT, r);
}

/* A document that is given back once it was sent. */
struct lent {
	struct shelf *shelf;
	const struct document *d;
};

static ssize_t lent_read(void *cls, uint64_t pos, char *buf, size_t max)
{
	const struct lent *l = cls;
	size_t left = l->d->len - (size_t)pos;
	size_t n = left < max ? left : max;

	memcpy(buf, l->d->bytes + pos, n);
	return (ssize_t)n;
}

static void lent_free(void *cls)
{
	struct lent *l = cls;

	shelf_put(l->shelf, l->d);
	free(l);
}

/* Takes d over. */
static struct MHD_Response *response_lending(struct shelf *shelf, const struct document *d)
{
	struct lent *l = malloc(sizeof(*l));
	struct MHD_Response *r = NULL;

	if (l) {
		*l = (struct lent){ shelf, d };
		r = MHD_create_response_from_callback(d->len, 32u << 10, lent_read, l, lent_free);
	}
	if (r)
		return r;
	shelf_put(shelf, d);
	free(l);
	return NULL;
}

/* A document of the shelf, unless the client has it. */
static enum MHD_Result give_document(const struct answer *a, struct MHD_Connection *c,
				     const char *path)
{
	const struct document *d = shelf_get(a->shelf, path);
	const char *type = d ? d->type : TEXT;
	char tag[ROUTE_TAG_CAP];
	struct MHD_Response *r;
	bool is_known;

	if (!d && !shelf_version(a->shelf))
		return give_text(c, MHD_HTTP_SERVICE_UNAVAILABLE, "nothing was read yet\n");
	if (!d)
		return give_text(c, MHD_HTTP_NOT_FOUND,
				 "there is no such document; /api lists them\n");
	route_tag(d->hash, tag);
	is_known = route_is_known(field(c, "If-None-Match"), tag);
	if (is_known)
		shelf_put(a->shelf, d);
	r = is_known ? response_of(span_text("")) : response_lending(a->shelf, d);
	if (r) {
		MHD_add_response_header(r, "ETag", tag);
		MHD_add_response_header(r, "Vary", "Accept");
	}
	return give(c, is_known ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, type, r);
}

static enum MHD_Result give_metrics(const struct answer *a, struct MHD_Connection *c)
{
	bool is_open = route_format(field(c, "Accept")) == METRICS_OPENMETRICS;

	return give_document(a, c, is_open ? PUBLISHER_OPENMETRICS : PUBLISHER_METRICS);
}

static enum MHD_Result give_asset(struct MHD_Connection *c, const char *path)
{
	struct asset f = { 0 };

	asset_find(path, &f);
	return give(c, MHD_HTTP_OK, f.type, response_of(f.bytes));
}

static enum MHD_Result give_page(struct MHD_Connection *c)
{
	char *text = NULL;
	size_t len = 0;
	FILE *stream = open_memstream(&text, &len);
	struct out o;

	if (!stream)
		return MHD_NO;
	if (out_init(&o, stream) == 0) {
		page_serve(&o);
		out_flush(&o);
		out_fini(&o);
	}
	if (fclose(stream) != 0) {
		free(text);
		return MHD_NO;
	}
	return give(c, MHD_HTTP_OK, "text/html; charset=utf-8",
		    MHD_create_response_from_buffer(len, text, MHD_RESPMEM_MUST_FREE));
}

static enum MHD_Result give_events(const struct answer *a, struct MHD_Connection *c,
				   const char *method)
{
	struct MHD_Response *r;

	if (strcmp(method, "HEAD") == 0)
		return give(c, MHD_HTTP_OK, "text/event-stream", response_of(span_text("")));
	r = events_open(a->events, c);
	if (!r)
		return give_text(c, MHD_HTTP_SERVICE_UNAVAILABLE, "too many are watching\n");
	return give(c, MHD_HTTP_OK, "text/event-stream", r);
}

static bool may_see(struct answer *a, struct MHD_Connection *c)
{
	char *password = NULL, *user;
	bool may;

	if (!a->config->users_cnt)
		return true;
	user = MHD_basic_auth_get_username_password(c, &password);
	may = user && password && login_is_right(&a->login, a->config, user, password);
	MHD_free(user);
	MHD_free(password);
	return may;
}

/* Whether the name by which the client calls this server can be meant. Where a password is asked
 * for, a foreign page cannot get past that. */
static bool is_own_name(const struct answer *a, struct MHD_Connection *c)
{
	const char *host = field(c, "Host");

	return !a->is_loopback || a->config->users_cnt || !host || address_is_own_host(host);
}

static enum MHD_Result give_route(const struct answer *a, struct MHD_Connection *c, const char *url,
				  const char *method)
{
	switch (route_find(url)) {
	case ROUTE_PAGE: return give_page(c);
	case ROUTE_ASSET: return give_asset(c, url);
	case ROUTE_METRICS: return give_metrics(a, c);
	case ROUTE_EVENTS: return give_events(a, c, method);
	case ROUTE_INDEX: return give(c, MHD_HTTP_OK, API_TYPE, response_of(span_text(index_json)));
	case ROUTE_DOCUMENT: return give_document(a, c, url);
	case ROUTE_HEALTHY: return give_text(c, MHD_HTTP_OK, "cors-sniff is healthy\n");
	case ROUTE_READY:
		return shelf_version(a->shelf) ? give_text(c, MHD_HTTP_OK, "cors-sniff is ready\n")
					       : give_text(c, MHD_HTTP_SERVICE_UNAVAILABLE,
							   "nothing was read yet\n");
	case ROUTE_NONE: break;
	}
	return give_text(c, MHD_HTTP_NOT_FOUND,
			 "not here; / is the dashboard, /api lists the rest\n");
}

enum MHD_Result answer_request(void *cls, struct MHD_Connection *c, const char *url,
			       const char *method, const char *version, const char *upload_data,
			       size_t *upload_data_size, void **con_cls)
{
	struct answer *a = cls;

	(void)version;
	(void)upload_data;
	(void)upload_data_size;
	/* An answer to the first call, before a body could come, ends the connection. */
	if (!*con_cls && (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0)) {
		*con_cls = a;
		return MHD_YES;
	}
	if (!is_own_name(a, c))
		return give_text(c, MHD_HTTP_MISDIRECTED_REQUEST,
				 "this address answers to localhost and to IP addresses only; "
				 "with basic_auth_users in --web-config, to any name\n");
	if (!may_see(a, c))
		return give_text(c, MHD_HTTP_UNAUTHORIZED, "a user and a password, please\n");
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return give_text(c, MHD_HTTP_METHOD_NOT_ALLOWED, "GET and HEAD only\n");
	return give_route(a, c, url, method);
}
