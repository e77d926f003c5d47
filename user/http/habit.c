/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/habit.h"

_Static_assert(HTTP_NAME_CNT + HTTP_HABIT_OTHERS <= UINT8_MAX + 1, "next is an index");
_Static_assert(HTTP_HABIT_NAME_MAX <= UINT8_MAX, "len is a length");
/* Names that are kept are learnt whatever their length; the colon is where the text has its NUL. */
#define NAME_FITS(id, text) _Static_assert(sizeof(text) <= HTTP_HABIT_NAME_MAX, "room for " text);
HTTP_NAMES(NAME_FITS)
#undef NAME_FITS

/* The place of a name that is not kept. Those that share one drive each other out, which costs no
 * more than not to know them. */
static size_t place_of_other(struct span name)
{
	size_t mix = name.len * 7 + name.ptr[0] + name.ptr[name.len - 1] * 3u;

	return name.len < HTTP_HABIT_NAME_MAX ? HTTP_NAME_CNT + mix % HTTP_HABIT_OTHERS
					      : HTTP_NAME_NONE;
}

static void learn(struct habit_name *n, enum http_name id, struct span name)
{
	size_t len = name.len + 1;

	memcpy(n->text, name.ptr, len);
	n->len = (uint8_t)len;
	n->room = (uint8_t)(len < HABIT_STEP ? HABIT_STEP : len);
	n->id = (uint8_t)id;
	n->tail = (uint16_t)(len < HABIT_STEP ? 0xffffu << len : 0);
}

struct habit_name *habit_meet(struct habit *t, struct habit_name *last, struct span name)
{
	enum http_name id = http_name_of(name);
	size_t place = id != HTTP_NAME_NONE ? id : place_of_other(name);
	struct habit_name *n = &t->all[place];

	/* The same name may come in other letters. */
	if (place && (n->len != name.len + 1 || memcmp(n->text, name.ptr, name.len) != 0))
		learn(n, id, name);
	last->next = (uint8_t)place;
	return n;
}
