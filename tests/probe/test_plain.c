/* SPDX-License-Identifier: BSD-2-Clause */

/* Events of probes become connections: in order, every hole told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/number.h"
#include "probe/plain.h"
#include "support/failmalloc.h"

/* What the consumer was told, as text: "<written >read <?12 gap <!3 cut gap, end." */
struct heard {
	char text[4096];
	uint64_t skip[2]; /* what to answer, once, after a chunk of data of this direction */
	enum connection_want answer; /* set on the connection with every chunk */
	struct connection last;
	uint64_t packet, number;
	int wants;
	enum tls_want want;
	uint32_t gone; /* this process has ended */
};

static void hear(struct heard *h, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void hear(struct heard *h, const char *format, ...)
{
	size_t used = strlen(h->text);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(h->text + used, sizeof(h->text) - used, format, args);
	va_end(args);
}

static uint64_t on_chunk(void *ctx, struct connection *conn, const struct chunk *c)
{
	static const char *const ends[] = { [CHUNK_RESET] = "reset",
					    [CHUNK_CLOSED] = "closed",
					    [CHUNK_TIMEOUT] = "timeout",
					    [CHUNK_EVICTED] = "evicted",
					    [CHUNK_END] = "end" };
	struct heard *h = ctx;
	uint64_t skip = 0;

	assert_true(conn->is_tls);
	conn->want = h->answer;
	h->last = *conn;
	if (c->kind == CHUNK_DATA) {
		assert_true(c->data.len > 0);
		assert_true(c->packet > h->packet && !number_is_packet(c->packet));
		h->packet = c->packet;
		hear(h, "%c%.*s ", c->dir ? '>' : '<', (int)c->data.len, (const char *)c->data.ptr);
		skip = h->skip[c->dir];
		h->skip[c->dir] = 0;
	} else if (c->kind == CHUNK_GAP) {
		hear(h, "%c%c%llu ", c->dir ? '>' : '<', c->is_cut ? '!' : '?',
		     (unsigned long long)c->gap_len);
	} else {
		hear(h, "%s. ", ends[c->kind]);
	}
	return skip;
}

static void on_want(void *ctx, const struct tls_key *key, enum tls_want want)
{
	struct heard *h = ctx;

	assert_int_equal(key->pid, 7);
	h->wants++;
	h->want = want;
}

static bool on_gone(void *ctx, uint32_t pid)
{
	return ((struct heard *)ctx)->gone == pid;
}

static void on_describe(void *ctx, struct process *p)
{
	(void)ctx;
	assert_string_equal(p->command, "thread");
	(void)snprintf(p->command, sizeof(p->command), "program");
	(void)snprintf(p->container, sizeof(p->container), "0123456789ab");
}

static struct plain *plain_of(struct heard *h, uint32_t max)
{
	struct plain *p = plain_new(&(struct plain_config){ .emit = on_chunk,
							    .want = on_want,
							    .describe = on_describe,
							    .is_gone = on_gone,
							    .ctx = h,
							    .connections_max = max,
							    .source = "tls" });

	assert_non_null(p);
	return p;
}

/* An object's stream of events, as the kernel's half would number them. */
struct source {
	struct plain *p;
	struct tls_event e;
};

static struct source source_of(struct plain *p, uint64_t object, uint64_t born)
{
	return (struct source){ p,
				{ .key = { .object = object, .pid = 7 },
				  .born_ns = born,
				  .is_from_start = 1,
				  .command = "thread" } };
}

/* The process writes (0) or reads (1) text, at its time. */
static void carry(struct source *s, unsigned dir, const char *text, uint64_t time_ns)
{
	s->e.kind = TLS_DATA;
	s->e.dir = (uint8_t)dir;
	s->e.len = (uint32_t)strlen(text);
	plain_event(s->p, &s->e, span_text(text), time_ns);
	s->e.pos[dir] += s->e.len;
}

static void finish(struct source *s, uint64_t time_ns)
{
	s->e.kind = TLS_END;
	s->e.len = 0;
	plain_event(s->p, &s->e, span_make("", 0), time_ns);
}

static void both_directions_come_in_order(void **state)
{
	struct heard h = { 0 };
	struct plain *p = plain_of(&h, 0);
	struct source s = source_of(p, 1, 1);

	(void)state;
	carry(&s, 1, "GET", 5);
	carry(&s, 1, " /", 6);
	carry(&s, 0, "HTTP", 7);
	finish(&s, 8);
	assert_string_equal(h.text, ">GET > / <HTTP closed. ");
	assert_int_equal(plain_stats(p)->connections, 1);
	assert_int_equal(plain_stats(p)->delivered_bytes, 9);
	assert_int_equal(plain_stats(p)->gaps + plain_stats(p)->joined, 0);
	assert_string_equal(h.last.source, "tls");
	assert_true(h.last.first_packet > NUMBER_PROBED);
	assert_string_equal(h.last.process.command, "program");
	assert_string_equal(h.last.process.container, "0123456789ab");
	assert_int_equal(h.last.process.pid, 7);
	plain_free(p);
}

static void lost_bytes_are_a_gap_of_their_length(void **state)
{
	struct heard h = { 0 };
	struct plain *p = plain_of(&h, 0);
	struct source s = source_of(p, 1, 1);

	(void)state;
	carry(&s, 0, "ab", 5);
	s.e.pos[0] += 10;
	s.e.lost[0] += 10;
	carry(&s, 0, "cd", 6);
	assert_string_equal(h.text, "<ab <?10 <cd ");
	assert_int_equal(plain_stats(p)->gaps, 1);
	assert_int_equal(plain_stats(p)->gap_bytes, 10);
	plain_free(p);
}

static void what_was_cut_is_told_as_cut(void **state)
{
	struct heard h = { 0 };
	struct plain *p = plain_of(&h, 0);
	struct source s = source_of(p, 1, 1);

	(void)state;
	carry(&s, 0, "ab", 5);
	s.e.pos[0] += 10;
	carry(&s, 0, "cd", 6);
	assert_string_equal(h.text, "<ab <!10 <cd ");
	assert_int_equal(plain_stats(p)->cut_gaps, 1);
	assert_int_equal(plain_stats(p)->gaps, 0);
	/* Where some of a hole was lost, all of it counts as lost. */
	s.e.pos[0] += 10;
	s.e.lost[0] += 1;
	carry(&s, 0, "ef", 7);
	assert_string_equal(h.text, "<ab <!10 <cd <?10 <ef ");
	plain_free(p);
}

static void a_hole_in_one_direction_is_told_before_what_came_after_it_in_the_other(void **state)
{
	struct heard h = { 0 };
	struct plain *p = plain_of(&h, 0);
	struct source s = source_of(p, 1, 1);

	(void)state;
	carry(&s, 1, "GET", 5);
	s.e.pos[0] += 4; /* the response was lost */
	s.e.lost[0] += 4;
	carry(&s, 1, "PUT", 6);
	carry(&s, 0, "HTTP", 7);
	assert_string_equal(h.text, ">GET <?4 >PUT <HTTP ");
	plain_free(p);
}

static void a_hole_at_the_end_is_told_before_it(void **state)
{
	struct heard h = { 0 };
	struct plain *p = plain_of(&h, 0);
	struct source s = source_of(p, 1, 1);

	(void)state;
	carry(&s, 1, "GET", 5);
	s.e.pos[0] += 4;
	s.e.lost[0] += 4;
	finish(&s, 6);
	assert_string_equal(h.text, ">GET <?4 closed. ");
	plain_free(p);
}

static void bytes_that_nobody_wants_are_passed_over(void **state)
{
	struct heard h = { .skip = { 6, 0 } };
	struct plain *p = plain_of(&h, 0);
	struct source s = source_of(p, 1, 1);

	(void)state;
	carry(&s, 0, "ab", 5);
	carry(&s, 0, "1234", 6);
	carry(&s, 0, "56cd", 7);
	assert_string_equal(h.text, "<ab <cd ");
	assert_int_equal(plain_stats(p)->skipped_bytes, 6);
	plain_free(p);
}

static void holes_inside_what_is_passed_over_are_counted_and_not_told(void **state)
{
	struct heard h = { .skip = { 10, 0 } };
	struct plain *p = plain_of(&h, 0);
	struct source s = source_of(p, 1, 1);

	(void)state;
	carry(&s, 0, "ab", 5);
	s.e.pos[0] += 8;
	carry(&s, 0, "90cd", 6);
	assert_string_equal(h.text, "<ab <cd ");
	assert_int_equal(plain_stats(p)->body_bytes_missed, 8);
	/* And beyond: only the rest of the hole. */
	h.skip[0] = 3;
	carry(&s, 0, "x", 7);
	s.e.pos[0] += 5;
	carry(&s, 0, "y", 8);
	assert_string_equal(h.text, "<ab <cd <x <!2 <y ");
	plain_free(p);
}

static void all_may_be_passed_over_but_the_end(void **state)
{
	struct heard h = { .skip = { CHUNK_SKIP_ALL, 0 } };
	struct plain *p = plain_of(&h, 0);
	struct source s = source_of(p, 1, 1);

	(void)state;
	carry(&s, 0, "ab", 5);
	carry(&s, 0, "cd", 6);
	s.e.pos[0] += 1ull << 40;
	carry(&s, 0, "ef", 7);
	finish(&s, 8);
	assert_string_equal(h.text, "<ab closed. ");
	plain_free(p);
}

static void a_connection_met_in_the_middle_begins_with_holes(void **state)
{
	struct heard h = { 0 };
	struct plain *p = plain_of(&h, 0);
	struct source s = source_of(p, 1, 1);

	(void)state;
	s.e.is_from_start = 0;
	s.e.pos[0] = 100;
	carry(&s, 1, "GET", 5);
	assert_string_equal(h.text, "<?0 >?0 >GET ");
	assert_int_equal(plain_stats(p)->joined, 1);
	plain_free(p);
}

static void an_object_that_is_used_again_is_another_connection(void **state)
{
	struct heard h = { 0 };
	struct plain *p = plain_of(&h, 0);
	struct source s = source_of(p, 1, 1), again = source_of(p, 1, 2);
	uint64_t first;

	(void)state;
	carry(&s, 1, "GET", 5);
	first = h.last.first_packet;
	/* Its end was lost, and so may be what came before that. */
	carry(&again, 1, "PUT", 6);
	assert_string_equal(h.text, ">GET <?0 >?0 closed. >PUT ");
	assert_true(h.last.first_packet != first);
	/* The kernel's half has forgotten it: it goes on as one that is met in the middle. */
	again = source_of(p, 1, 3);
	again.e.is_from_start = 0;
	carry(&again, 1, "BREW", 7);
	assert_string_equal(h.text, ">GET <?0 >?0 closed. >PUT evicted. <?0 >?0 >BREW ");
	plain_free(p);
}

static void objects_of_different_processes_are_different(void **state)
{
	struct heard h = { 0 };
	struct plain *p = plain_of(&h, 0);
	struct source a = source_of(p, 1, 1), b = source_of(p, 1, 1);

	(void)state;
	b.e.key.pid = 8;
	carry(&a, 1, "GET", 5);
	carry(&b, 1, "PUT", 6);
	finish(&a, 7);
	carry(&b, 1, "!", 8);
	assert_string_equal(h.text, ">GET >PUT closed. >! ");
	assert_int_equal(plain_stats(p)->connections, 2);
	plain_free(p);
}

static void addresses_may_come_late_and_then_stay(void **state)
{
	struct heard h = { 0 };
	struct plain *p = plain_of(&h, 0);
	struct source s = source_of(p, 1, 1);

	(void)state;
	carry(&s, 1, "GET", 5);
	assert_true(h.last.is_unaddressed);
	s.e.addresses.way = TLS_ADDRESS_LAST;
	s.e.addresses.lport = 443;
	s.e.addresses.rport = 5000;
	s.e.addresses.local[15] = 1;
	carry(&s, 0, "HTTP", 6);
	assert_false(h.last.is_unaddressed);
	assert_int_equal(h.last.ends[0].port, 443);
	assert_int_equal(h.last.ends[1].port, 5000);
	assert_int_equal(h.last.ends[0].addr.bytes[15], 1);
	s.e.addresses.lport = 444;
	carry(&s, 0, "!", 7);
	assert_int_equal(h.last.ends[0].port, 443);
	finish(&s, 8);
	assert_int_equal(plain_stats(p)->unaddressed, 0);
	plain_free(p);
}

static void the_consumers_wish_is_handed_on_once(void **state)
{
	struct heard h = { 0 };
	struct plain *p = plain_of(&h, 0);
	struct source s = source_of(p, 1, 1);

	(void)state;
	carry(&s, 1, "a", 5);
	assert_int_equal(h.wants, 0);
	h.answer = CONNECTION_WANT_ALL;
	carry(&s, 1, "b", 6);
	carry(&s, 1, "c", 7);
	assert_int_equal(h.wants, 1);
	assert_int_equal(h.want, TLS_WANT_ALL);
	h.answer = CONNECTION_WANT_NOTHING;
	carry(&s, 1, "d", 8);
	assert_int_equal(h.want, TLS_WANT_NOTHING);
	plain_free(p);
}

static void silence_and_the_end_of_a_process_end_connections(void **state)
{
	struct heard h = { 0 };
	struct plain *p = plain_of(&h, 0);
	struct source a = source_of(p, 1, 1), b = source_of(p, 2, 1), c = source_of(p, 3, 1);

	(void)state;
	b.e.key.pid = 8;
	carry(&a, 1, "a", 1);
	carry(&b, 1, "b", NET_FLOW_IDLE_NS);
	carry(&c, 1, "c", NET_FLOW_IDLE_NS);
	plain_tick(p, NET_FLOW_IDLE_NS + 1);
	assert_string_equal(h.text, ">a >b >c ");
	plain_tick(p, NET_FLOW_IDLE_NS + 2);
	assert_string_equal(h.text, ">a >b >c timeout. ");
	h.gone = 8;
	plain_tick(p, NET_FLOW_IDLE_NS + 3);
	assert_string_equal(h.text, ">a >b >c timeout. closed. ");
	plain_finish(p, NET_FLOW_IDLE_NS + 4);
	assert_string_equal(h.text, ">a >b >c timeout. closed. end. ");
	assert_int_equal(plain_stats(p)->timeouts, 1);
	plain_free(p);
}

static void a_loss_that_no_event_tells_puts_every_open_end_in_doubt(void **state)
{
	struct heard h = { 0 };
	struct plain *p = plain_of(&h, 0);
	struct source a = source_of(p, 1, 1), b = source_of(p, 2, 1);

	(void)state;
	carry(&a, 1, "a", 5);
	plain_note_lost(p, 1);
	carry(&b, 1, "b", 6);
	plain_finish(p, 7);
	assert_string_equal(h.text, ">a >b <?0 >?0 end. end. ");
	plain_free(p);
}

static void too_many_connections_drop_the_longest_silent_one(void **state)
{
	struct heard h = { 0 };
	struct plain *p = plain_of(&h, 2);
	struct source a = source_of(p, 1, 1), b = source_of(p, 2, 1), c = source_of(p, 3, 1);

	(void)state;
	carry(&a, 1, "a", 5);
	carry(&b, 1, "b", 6);
	carry(&a, 1, "A", 7);
	carry(&c, 1, "c", 8);
	assert_string_equal(h.text, ">a >b >A evicted. >c ");
	assert_int_equal(plain_stats(p)->evicted, 1);
	plain_free(p);
}

static void an_end_of_what_was_never_seen_is_nothing(void **state)
{
	struct heard h = { 0 };
	struct plain *p = plain_of(&h, 0);
	struct source s = source_of(p, 1, 1);

	(void)state;
	finish(&s, 5);
	assert_string_equal(h.text, "");
	assert_int_equal(plain_stats(p)->connections, 0);
	plain_free(p);
}

static void an_event_that_repeats_bytes_is_dropped(void **state)
{
	struct heard h = { 0 };
	struct plain *p = plain_of(&h, 0);
	struct source s = source_of(p, 1, 1);

	(void)state;
	carry(&s, 1, "abc", 5);
	s.e.pos[1] = 1;
	carry(&s, 1, "bc", 6);
	assert_string_equal(h.text, ">abc ");
	assert_int_equal(plain_stats(p)->repeated, 1);
	plain_free(p);
}

/* The same bytes in events of every size give the same. */
static void events_may_be_of_any_size(void **state)
{
	static const char text[] = "GET / HTTP/1.1";

	(void)state;
	for (size_t size = 1; size < sizeof(text); size++) {
		struct heard h = { 0 };
		struct plain *p = plain_of(&h, 0);
		struct source s = source_of(p, 1, 1);
		char joined[64] = "";

		for (size_t at = 0; at < sizeof(text) - 1; at += size) {
			char piece[sizeof(text)];

			(void)snprintf(piece, sizeof(piece), "%.*s", (int)size, text + at);
			h.text[0] = '\0';
			carry(&s, 1, piece, at + 1);
			strncat(joined, h.text + 1, strlen(h.text) - 2);
		}
		assert_string_equal(joined, text);
		plain_free(p);
	}
}

static void short_memory_loses_one_connection(void **state)
{
	struct heard h = { 0 };
	struct plain *p = plain_of(&h, 0);
	struct source a = source_of(p, 1, 1), b = source_of(p, 2, 1);

	(void)state;
	failmalloc_arm(1);
	carry(&a, 1, "a", 5);
	assert_true(failmalloc_disarm());
	carry(&b, 1, "b", 6);
	assert_string_equal(h.text, ">b ");
	assert_int_equal(plain_stats(p)->no_memory, 1);
	plain_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_directions_come_in_order),
		cmocka_unit_test(lost_bytes_are_a_gap_of_their_length),
		cmocka_unit_test(what_was_cut_is_told_as_cut),
		cmocka_unit_test(
			a_hole_in_one_direction_is_told_before_what_came_after_it_in_the_other),
		cmocka_unit_test(a_hole_at_the_end_is_told_before_it),
		cmocka_unit_test(bytes_that_nobody_wants_are_passed_over),
		cmocka_unit_test(holes_inside_what_is_passed_over_are_counted_and_not_told),
		cmocka_unit_test(all_may_be_passed_over_but_the_end),
		cmocka_unit_test(a_connection_met_in_the_middle_begins_with_holes),
		cmocka_unit_test(an_object_that_is_used_again_is_another_connection),
		cmocka_unit_test(objects_of_different_processes_are_different),
		cmocka_unit_test(addresses_may_come_late_and_then_stay),
		cmocka_unit_test(the_consumers_wish_is_handed_on_once),
		cmocka_unit_test(silence_and_the_end_of_a_process_end_connections),
		cmocka_unit_test(a_loss_that_no_event_tells_puts_every_open_end_in_doubt),
		cmocka_unit_test(too_many_connections_drop_the_longest_silent_one),
		cmocka_unit_test(an_end_of_what_was_never_seen_is_nothing),
		cmocka_unit_test(an_event_that_repeats_bytes_is_dropped),
		cmocka_unit_test(events_may_be_of_any_size),
		cmocka_unit_test(short_memory_loses_one_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
