/* SPDX-License-Identifier: BSD-2-Clause */
#include "web/page.h"

#include <errno.h>
#include <gnutls/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/search.h"
#include "web/asset.h"

/* Where the frame has what differs. */
#define MARK_HEAD    "<!--head-->"
#define MARK_SCRIPTS "<!--scripts-->"

/* "'sha256-" and 44 characters, "'" and the NUL. */
#define HASH_CAP 64

static void put_span(struct out *o, struct span s)
{
	out_bytes(o, s.ptr, s.len);
}

/* The frame up to mark; *rest is what comes after it. */
static void put_until(struct out *o, struct span *rest, const char *mark)
{
	size_t at = search_find(*rest, mark);

	put_span(o, span_first(*rest, at));
	*rest = span_from(*rest, at + strlen(mark));
}

void page_serve(struct out *o)
{
	struct span rest = asset_frame();

	put_until(o, &rest, MARK_HEAD);
	out_lit(o, "<link rel=\"icon\" href=\"icon.svg\">\n<link rel=\"stylesheet\" "
		   "href=\"style.css\">");
	put_until(o, &rest, MARK_SCRIPTS);
	out_lit(o, "<script src=\"chart.js\"></script>\n<script src=\"app.js\"></script>");
	put_span(o, rest);
}

/* The bytes of an asset that is there for certain. */
static struct span asset(const char *path)
{
	struct asset a = { 0 };

	asset_find(path, &a);
	return a.bytes;
}

/* "'sha256-...'", as a policy names an inline script or style. */
static int hash_name(struct span s, char out[static HASH_CAP])
{
	unsigned char digest[32];
	gnutls_datum_t raw = { digest, sizeof(digest) }, text;

	if (gnutls_hash_fast(GNUTLS_DIG_SHA256, s.ptr, s.len, digest) < 0 ||
	    gnutls_base64_encode2(&raw, &text) < 0)
		return -ENOMEM;
	snprintf(out, HASH_CAP, "'sha256-%.*s'", (int)text.size, (const char *)text.data);
	gnutls_free(text.data);
	return 0;
}

static int put_policy(struct out *o)
{
	char style[HASH_CAP], chart[HASH_CAP], app[HASH_CAP];

	if (hash_name(asset("/style.css"), style) || hash_name(asset("/chart.js"), chart) ||
	    hash_name(asset("/app.js"), app))
		return -ENOMEM;
	out_lit(o, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		   "img-src data:; base-uri 'none'; form-action 'none'; "
		   "require-trusted-types-for 'script'; trusted-types 'none'; style-src ");
	out_text(o, style);
	out_lit(o, "; script-src ");
	out_text(o, chart);
	out_char(o, ' ');
	out_text(o, app);
	out_lit(o, "\">\n<style>");
	put_span(o, asset("/style.css"));
	out_lit(o, "</style>");
	return 0;
}

/* JSON inside markup: with every < escaped, nothing in it can end the element or open a comment.
 * In JSON, < stands only in strings, where \u003c means the same. */
static void put_json(struct out *o, struct span s)
{
	while (s.len) {
		size_t n = span_find(s, '<');

		put_span(o, span_first(s, n));
		if (n < s.len)
			out_lit(o, "\\u003c");
		s = span_from(s, n + 1);
	}
}

/* {"/api/summary":...,...} */
static void put_data(struct out *o, struct edition *e)
{
	const struct document *d;
	size_t shown = 0;

	out_lit(o, "<script type=\"application/json\" id=\"data\">{");
	edition_sort(e);
	for (size_t i = 0; (d = edition_at(e, i)); i++) {
		if (strncmp(d->path, "/api/", 5) != 0)
			continue;
		out_text(o, shown++ ? ",\n\"" : "\"");
		out_text(o, d->path);
		out_lit(o, "\":");
		put_json(o, span_make(d->bytes, d->len));
	}
	out_lit(o, "}</script>\n");
}

static int put_saved(struct out *o, struct edition *e)
{
	struct span rest = asset_frame();
	int err;

	put_until(o, &rest, MARK_HEAD);
	err = put_policy(o);
	put_until(o, &rest, MARK_SCRIPTS);
	put_data(o, e);
	out_lit(o, "<script>");
	put_span(o, asset("/chart.js"));
	out_lit(o, "</script>\n<script>");
	put_span(o, asset("/app.js"));
	out_lit(o, "</script>");
	put_span(o, rest);
	return err;
}

static int write_to(FILE *file, struct edition *e)
{
	struct out o;
	int err = out_init(&o, file), flushed;

	if (err)
		return err;
	err = put_saved(&o, e);
	flushed = out_flush(&o);
	out_fini(&o);
	return err ? err : flushed;
}

int page_save(const char *path, struct edition *e)
{
	char *part;
	FILE *file;
	int err;

	if (asprintf(&part, "%s.part", path) < 0)
		return -ENOMEM;
	file = fopen(part, "we");
	err = file ? write_to(file, e) : -errno;
	if (file && fclose(file) != 0 && !err)
		err = -errno;
	if (!err && rename(part, path) != 0)
		err = -errno;
	if (err && file)
		unlink(part);
	free(part);
	return err;
}
