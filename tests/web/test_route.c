/* SPDX-License-Identifier: BSD-2-Clause */
#include "web/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void paths_have_routes(void **state)
{
	(void)state;
	assert_int_equal(route_find("/"), ROUTE_PAGE);
	assert_int_equal(route_find("/metrics"), ROUTE_METRICS);
	assert_int_equal(route_find("/metrics/"), ROUTE_NONE);
	assert_int_equal(route_find("/metrics#open"), ROUTE_NONE);
	assert_int_equal(route_find("/app.js"), ROUTE_ASSET);
	assert_int_equal(route_find("/api/schema"), ROUTE_ASSET);
	assert_int_equal(route_find("/api"), ROUTE_INDEX);
	assert_int_equal(route_find("/api/events"), ROUTE_EVENTS);
	assert_int_equal(route_find("/api/causes/c-1f3a0042"), ROUTE_DOCUMENT);
	assert_int_equal(route_find("/-/healthy"), ROUTE_HEALTHY);
	assert_int_equal(route_find("/-/ready"), ROUTE_READY);
	assert_int_equal(route_find(""), ROUTE_NONE);
	assert_int_equal(route_find("/../app.js"), ROUTE_NONE);
}

static void the_format_is_the_one_with_the_greater_weight(void **state)
{
	static const struct {
		const char *accept;
		enum metrics_format format;
	} cases[] = {
		{ NULL, METRICS_PROMETHEUS },
		{ "", METRICS_PROMETHEUS },
		{ "*/*", METRICS_PROMETHEUS },
		{ "text/html", METRICS_PROMETHEUS },
		{ "application/openmetrics-text", METRICS_OPENMETRICS },
		{ "Application/OpenMetrics-Text ; version=1.0.0", METRICS_OPENMETRICS },
		{ "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.6",
		  METRICS_PROMETHEUS },
		{ "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;q=0.5",
		  METRICS_OPENMETRICS },
		{ "text/plain;q=0.3, application/openmetrics-text; q=0.3", METRICS_OPENMETRICS },
		{ "application/openmetrics-text;q=0", METRICS_PROMETHEUS },
		{ "application/openmetrics-text;version=7", METRICS_PROMETHEUS },
		{ "application/openmetrics-textual", METRICS_PROMETHEUS },
		{ ",,;q=,;", METRICS_PROMETHEUS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(route_format(cases[i].accept), cases[i].format);
}

static void a_tag_is_known_among_others(void **state)
{
	char tag[ROUTE_TAG_CAP];

	(void)state;
	route_tag(0x1f3a, tag);
	assert_string_equal(tag, "\"0000000000001f3a\"");
	assert_true(route_is_known("\"0000000000001f3a\"", tag));
	assert_true(route_is_known("\"a\" , W/\"0000000000001f3a\"", tag));
	assert_true(route_is_known("*", tag));
	assert_false(route_is_known(NULL, tag));
	assert_false(route_is_known("", tag));
	assert_false(route_is_known("0000000000001f3a", tag));
	assert_false(route_is_known("\"0000000000001f3\"", tag));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_have_routes),
		cmocka_unit_test(the_format_is_the_one_with_the_greater_weight),
		cmocka_unit_test(a_tag_is_known_among_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
