/* SPDX-License-Identifier: BSD-2-Clause */

/* Header blocks: the standard's own examples, and decoders that came late. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http/hpack.h"
#include "support/guard.h"
#include "support/hpackwalk.h"

static struct hpack_budget budget;

/* Hexadecimal digits, blanks passed over. */
static size_t hex_read(const char *text, uint8_t *out)
{
	size_t n = 0;

	for (; *text; text++) {
		unsigned byte;

		if (*text == ' ')
			continue;
		assert_int_equal(sscanf(text++, "%2x", &byte), 1);
		out[n++] = (uint8_t)byte;
	}
	return n;
}

/* What h tells of the block, as "name: value\n"; "?\n" for what is not known. The block ends at an
 * unreadable page. */
static const char *tell(struct hpack *h, const void *block, size_t len)
{
	static char text[1u << 16];
	struct guard g = guard_copy(block, len);
	struct span name, value;
	enum hpack_result r;
	size_t n = 0;

	hpack_begin(h, g.bytes);
	while ((r = hpack_next(h, &name, &value)) <= HPACK_UNKNOWN) {
		if (r == HPACK_UNKNOWN)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "?\n");
		else
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%.*s: %.*s\n",
					      (int)name.len, name.ptr, (int)value.len, value.ptr);
		assert_true(n < sizeof(text));
	}
	snprintf(text + n, sizeof(text) - n, "%s",
		 r == HPACK_END   ? ""
		 : r == HPACK_BAD ? "bad"
				  : "memory");
	guard_free(&g);
	return text;
}

static const char *tell_hex(struct hpack *h, const char *hex)
{
	uint8_t block[512];

	return tell(h, block, hex_read(hex, block));
}

/* RFC 7541, C.3 and C.4: requests, without and with Huffman coding. */
static const char *const requests[2][3] = {
	{ "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d", "8286 84be 5808 6e6f 2d63 6163 6865",
	  "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65" },
	{ "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", "8286 84be 5886 a8eb 1064 9cbf",
	  "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf" },
};

static const char *const request_texts[3] = {
	":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\n",
	":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\n"
	"cache-control: no-cache\n",
	":method: GET\n:scheme: https\n:path: /index.html\n:authority: www.example.com\n"
	"custom-key: custom-value\n",
};

static void the_standards_requests(void **state)
{
	(void)state;
	for (unsigned coding = 0; coding < 2; coding++) {
		struct hpack h;

		hpack_init(&h, &budget);
		for (unsigned i = 0; i < 3; i++)
			assert_string_equal(tell_hex(&h, requests[coding][i]), request_texts[i]);
		hpack_fini(&h);
	}
}

/* RFC 7541, C.5 and C.6: responses, with a table of 256 bytes, which evicts. */
static const char *const responses[2][3] = {
	{ "3fe1 01"
	  "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133"
	  "2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70"
	  "6c65 2e63 6f6d",
	  "4803 3330 37c1 c0bf",
	  "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d"
	  "54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049"
	  "5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e"
	  "3d31" },
	{ "3fe1 01"
	  "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6"
	  "2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
	  "4883 640e ffc1 c0bf",
	  "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab"
	  "77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f"
	  "9587 3160 65c0 03ed 4ee5 b106 3d50 07" },
};

static const char *const response_texts[3] = {
	":status: 302\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:21 GMT\n"
	"location: https://www.example.com\n",
	":status: 307\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:21 GMT\n"
	"location: https://www.example.com\n",
	":status: 200\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:22 GMT\n"
	"location: https://www.example.com\ncontent-encoding: gzip\n"
	"set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1\n",
};

static void the_standards_responses(void **state)
{
	(void)state;
	for (unsigned coding = 0; coding < 2; coding++) {
		struct hpack h;

		hpack_init(&h, &budget);
		for (unsigned i = 0; i < 3; i++)
			assert_string_equal(tell_hex(&h, responses[coding][i]), response_texts[i]);
		hpack_fini(&h);
	}
}

/* Of the same, what a decoder tells that missed the first block. */
static void what_was_before_is_unknown(void **state)
{
	struct hpack h;

	(void)state;
	for (unsigned coding = 0; coding < 2; coding++) {
		hpack_init(&h, &budget);
		hpack_lose(&h);
		assert_string_equal(tell_hex(&h, requests[coding][1]),
				    ":method: GET\n:scheme: http\n:path: /\n?\n"
				    "cache-control: no-cache\n");
		assert_string_equal(tell_hex(&h, requests[coding][2]),
				    ":method: GET\n:scheme: https\n:path: /index.html\n?\n"
				    "custom-key: custom-value\n");
		hpack_fini(&h);
		hpack_init(&h, &budget);
		hpack_lose(&h);
		assert_string_equal(tell_hex(&h, responses[coding][1]), ":status: 307\n?\n?\n?\n");
		/* The table has :status 307 and the two dates; "private" was before. */
		assert_string_equal(
			tell_hex(&h, responses[coding][2]),
			":status: 200\n?\ndate: Mon, 21 Oct 2013 20:13:22 GMT\n?\n"
			"content-encoding: gzip\n"
			"set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1\n");
		hpack_fini(&h);
	}
}

/* A name from before, with a value from now: it is never given to another name. */
static void a_value_whose_name_is_unknown_is_no_field(void **state)
{
	struct hpack h;

	(void)state;
	hpack_init(&h, &budget);
	hpack_lose(&h);
	/* Name 63, value "v", into the table, beside it, and never into it; then the entry that the
	 * first became, whole and as a name. */
	assert_string_equal(tell_hex(&h, "7f00 0176  0f30 0177  1f30 0178  be  7e01 79  88"),
			    "?\n?\n?\n?\n?\n:status: 200\n");
	/* Positions are right: three entries came, the second is known. */
	assert_string_equal(tell_hex(&h, "4001 6101 62 bf be c0 c1"), "a: b\n?\na: b\n?\n?\n");
	hpack_fini(&h);
}

static void a_table_of_no_size_has_nothing_unknown(void **state)
{
	struct hpack h;

	(void)state;
	hpack_init(&h, &budget);
	hpack_lose(&h);
	assert_string_equal(tell_hex(&h, "20 3fe1 1f 4001 6101 62 be"), "a: b\na: b\n");
	/* So a reference to what is not there is no HPACK any more. */
	assert_string_equal(tell_hex(&h, "88 bf"), ":status: 200\nbad");
	/* And then it is, for the block put who knows what into the table. */
	assert_string_equal(tell_hex(&h, "88 bf"), ":status: 200\n?\n");
	hpack_fini(&h);
}

static void what_is_no_hpack_is_bad(void **state)
{
	static const char *const blocks[] = {
		"80",                     /* index 0 */
		"ff",                     /* an integer that does not end */
		"ffff ffff ffff ffff 01", /* or is too large */
		"00",                     /* a literal without a name, ... */
		"0001",                   /* ... with less of it than it says, ... */
		"0001 61",                /* ... without a value, ... */
		"0001 6103 6263",         /* ... with less of it than it says */
		"0001 6181 00",           /* Huffman padding of zeros */
		"0001 6184 ffff ffff",    /* Huffman's end of string */
		"88 20",                  /* a size behind a field */
	};
	struct hpack h;

	(void)state;
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		for (unsigned is_late = 0; is_late < 2; is_late++) {
			hpack_init(&h, &budget);
			if (is_late)
				hpack_lose(&h);
			assert_non_null(strstr(tell_hex(&h, blocks[i]), "bad"));
			hpack_fini(&h);
		}
	}
}

/* Every prefix of a block is read to its end and no further (the guard page), late or not. */
static void every_cut_is_bad_or_ends_between_fields(void **state)
{
	(void)state;
	for (unsigned late = 0; late < 2; late++) {
		for (unsigned i = 0; i < 2; i++) {
			uint8_t block[256];
			size_t len = hex_read(responses[i][2], block);

			for (size_t n = 0; n < len; n++) {
				struct hpack h;
				const char *told;

				hpack_init(&h, &budget);
				hpack_lose(&h);
				if (!late)
					tell_hex(&h, "20 3fe1 01"); /* nothing is unknown */
				told = tell(&h, block, n);
				assert_true(!*told || strstr(told, "bad") ||
					    told[strlen(told) - 1] == '\n');
				hpack_fini(&h);
			}
		}
	}
}

/* Random lists of fields, as many connections have: few names, some values that come back. */
#define LIST_MAX  24
#define BLOCKS    60
#define VALUE_MAX 6000

struct writer {
	nghttp2_hd_deflater *deflater;
	unsigned seed;
	uint8_t blocks[BLOCKS][1u << 15];
	size_t lens[BLOCKS];
};

static unsigned roll(struct writer *w, unsigned n)
{
	return (unsigned)rand_r(&w->seed) % n;
}

static void block_write(struct writer *w, unsigned i)
{
	static const char *const names[] = { ":status", ":path", "vary",
					     "server",  "date",  "access-control-allow-origin",
					     "x-a",     "x-b" };
	static char values[LIST_MAX][VALUE_MAX + 1];
	nghttp2_nv list[LIST_MAX];
	size_t n = 1 + roll(w, LIST_MAX - 1);
	ssize_t len;

	for (size_t k = 0; k < n; k++) {
		const char *name = names[roll(w, 8)];
		unsigned kind = roll(w, 40);
		size_t size = kind == 0 ? 400 + roll(w, VALUE_MAX - 400) : 3 + roll(w, 20);

		memset(values[k], 'a' + (int)roll(w, 3), size);
		values[k][size] = 0;
		if (kind < 25)
			snprintf(values[k], 20, "%u", roll(w, 12));
		list[k] = (nghttp2_nv){ (uint8_t *)(uintptr_t)name, (uint8_t *)values[k],
					strlen(name), strlen(values[k]),
					roll(w, 8) ? NGHTTP2_NV_FLAG_NONE
						   : NGHTTP2_NV_FLAG_NO_INDEX };
	}
	if (!roll(w, 10))
		nghttp2_hd_deflate_change_table_size(
			w->deflater,
			(size_t[]){ 0, 64, 300, 4096, 20000, 65536, 200000 }[roll(w, 7)]);
	len = nghttp2_hd_deflate_hd(w->deflater, w->blocks[i], sizeof(w->blocks[i]), list, n);
	assert_true(len >= 0);
	w->lens[i] = (size_t)len;
}

/* Whenever a decoder comes, it tells nothing that the one which saw all does not. */
static void a_late_decoder_is_never_wrong(void **state)
{
	struct writer *w = calloc(1, sizeof(*w));
	struct hpackwalk tally = { 0 };

	(void)state;
	for (unsigned seed = 1; seed <= 40; seed++) {
		w->seed = seed;
		assert_int_equal(nghttp2_hd_deflate_new(&w->deflater, 1u << 18), 0);
		for (unsigned i = 0; i < BLOCKS; i++)
			block_write(w, i);
		nghttp2_hd_deflate_del(w->deflater);
		for (unsigned from = 0; from < BLOCKS; from++) {
			struct hpack full, late;
			struct span name, value;

			hpack_init(&full, &budget);
			hpack_init(&late, &budget);
			hpack_lose(&late);
			for (unsigned i = 0; i < BLOCKS; i++) {
				struct span block = span_make(w->blocks[i], w->lens[i]);

				hpack_begin(&full, block);
				while (i < from && hpack_next(&full, &name, &value) == HPACK_FIELD)
					;
				if (i >= from)
					assert_int_equal(
						hpackwalk_block(&full, &late, block, &tally),
						HPACKWALK_AGREE);
			}
			hpack_fini(&full);
			hpack_fini(&late);
		}
	}
	free(w);
	print_message("late: %u of %u fields are known\n", (unsigned)tally.known,
		      (unsigned)(tally.known + tally.unknown));
	assert_true(tally.known > tally.unknown);
}

static int budget_begin(void **state)
{
	(void)state;
	hpack_budget_init(&budget);
	return 0;
}

static int budget_end(void **state)
{
	(void)state;
	return budget.held ? -1 : 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, budget_begin, budget_end)
	const struct CMUnitTest tests[] = {
		TEST(the_standards_requests),
		TEST(the_standards_responses),
		TEST(what_was_before_is_unknown),
		TEST(a_value_whose_name_is_unknown_is_no_field),
		TEST(a_table_of_no_size_has_nothing_unknown),
		TEST(what_is_no_hpack_is_bad),
		TEST(every_cut_is_bad_or_ends_between_fields),
		TEST(a_late_decoder_is_never_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
