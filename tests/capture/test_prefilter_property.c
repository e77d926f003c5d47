/* SPDX-License-Identifier: BSD-2-Clause */

/* No segmentation, order, hint, race or content loses a head. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/conversation.h"

#define CONVERSATIONS 400

static struct conversation_tally play(struct conversation_plan plan)
{
	struct conversation_tally tally = { 0 };

	for (unsigned seed = 1; seed <= CONVERSATIONS; seed++) {
		struct dice d = { .state = seed * 0x9e3779b97f4a7c15u };
		const char *fault = conversation_play(&d, &plan, &tally);

		if (fault)
			fail_msg("conversation %u: %s", seed, fault);
	}
	print_message(
		"%lu heads, %lu not whole; %lu of %lu bytes passed; holes: %lu cut, %lu lost, "
		"%lu forgotten, %lu unknown\n",
		tally.heads, tally.heads_lost, tally.passed_bytes, tally.bytes, tally.cut,
		tally.lost, tally.forgotten, tally.unknown);
	return tally;
}

static void every_head_passes_whole(void **state)
{
	struct conversation_tally t = play((struct conversation_plan){ 0 });

	(void)state;
	assert_int_equal(t.heads_lost, 0);
	assert_int_equal(t.lost, 0);
	assert_true(t.cut > 100);
}

static void no_hint_race_or_forgery_loses_a_head(void **state)
{
	struct conversation_tally t = play((struct conversation_plan){ .is_meddled = true });

	(void)state;
	assert_int_equal(t.heads_lost, 0);
	assert_true(t.passed_bytes < t.bytes);
}

/* Which is why the user is told, and the direction made full. */
static void pipelined_heads_that_are_cut_are_known_to_be(void **state)
{
	struct conversation_tally t = play((struct conversation_plan){ .is_pipelined = true });

	(void)state;
	assert_true(t.heads_lost > 0);
	assert_int_equal(t.lost, 0);
}

static void what_never_came_is_not_called_cut(void **state)
{
	struct conversation_tally t = play((struct conversation_plan){ .is_lossy = true });

	(void)state;
	assert_true(t.lost > 100);
	assert_true(t.cut > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_head_passes_whole),
		cmocka_unit_test(no_hint_race_or_forgery_loses_a_head),
		cmocka_unit_test(pipelined_heads_that_are_cut_are_known_to_be),
		cmocka_unit_test(what_never_came_is_not_called_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
