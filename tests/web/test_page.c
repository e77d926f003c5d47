/* SPDX-License-Identifier: BSD-2-Clause */
#include "web/page.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/search.h"
#include "web/asset.h"

/* A whole file as a text; to be freed. */
static char *content(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 1 << 22);

	assert_non_null(f);
	assert_non_null(text);
	assert_true(fread(text, 1, (1 << 22) - 1, f) > 0);
	fclose(f);
	return text;
}

static void saved_data_cannot_end_its_element(void **state)
{
	char path[] = "/tmp/cors-sniff-page-XXXXXX";
	int fd = mkstemp(path);
	struct edition *e = edition_new();
	char *text, *data;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	out_text(edition_open(e, "/api/x", "application/json"),
		 "{\"a\":\"</script><script>x</script><!--\"}");
	edition_close(e);
	out_text(edition_open(e, "/metrics", "text/plain"), "not_of_the_page 1\n");
	edition_close(e);
	assert_int_equal(page_save(path, e), 0);
	edition_free(e);
	text = content(path);
	data = strstr(text, "id=\"data\">");
	assert_non_null(data);
	assert_true(strncmp(data,
			    "id=\"data\">{\"/api/x\":{\"a\":\"\\u003c/script>\\u003cscript>x\\u003c"
			    "/script>\\u003c!--\"}}</script>",
			    80) == 0);
	assert_null(strstr(text, "not_of_the_page"));
	assert_null(strstr(text, "<!--head-->"));
	free(text);
	unlink(path);
}

static void nothing_is_left_where_it_cannot_be_saved(void **state)
{
	struct edition *e = edition_new();

	(void)state;
	assert_int_equal(page_save("/nonexistent/page.html", e), -ENOENT);
	assert_int_equal(page_save("/tmp", e), -EISDIR);
	assert_int_not_equal(access("/tmp.part", F_OK), 0);
	edition_free(e);
}

/* They are put into a page as they are. */
static void scripts_and_style_do_not_end_their_elements(void **state)
{
	static const char *const paths[] = { "/app.js", "/chart.js", "/style.css" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct asset a;

		assert_true(asset_find(paths[i], &a));
		assert_true(a.bytes.len > 1000);
		assert_false(search_has_nocase(a.bytes, "</script"));
		assert_false(search_has_nocase(a.bytes, "</style"));
		assert_false(search_has_nocase(a.bytes, "<!--"));
	}
}

static void the_page_uses_no_sink_for_markup(void **state)
{
	static const char *const sinks[] = {
		"innerhtml",    "outerhtml", "insertadjacent",   "document.write", "eval(",
		"new function", "srcdoc",    "setattribute('on", "domparser"
	};
	struct asset a;

	(void)state;
	assert_true(asset_find("/app.js", &a));
	for (size_t i = 0; i < sizeof(sinks) / sizeof(sinks[0]); i++)
		assert_false(search_has_nocase(a.bytes, sinks[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(saved_data_cannot_end_its_element),
		cmocka_unit_test(nothing_is_left_where_it_cannot_be_saved),
		cmocka_unit_test(scripts_and_style_do_not_end_their_elements),
		cmocka_unit_test(the_page_uses_no_sink_for_markup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
