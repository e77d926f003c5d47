/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/baseline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "report/out.h"
#include "report/replace.h"

/* The digits of a whole identity, and of the short name in reports. */
#define DIGITS       16
#define DIGITS_SHORT 8

struct row {
	uint64_t id;   /* a short one's missing digits are 0 */
	bool is_short; /* stands for every id that begins so */
};

struct baseline {
	struct row *rows; /* sorted by id */
	size_t cnt, cap;
};

static const char head[] = "# cors-sniff: causes that are known. Each line begins with the cause's "
			   "identity; the rest\n"
			   "# is for people.\n";

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* A line's cause. False when it names none. */
static bool row_parse(const char *line, struct row *out)
{
	char digits[DIGITS + 1] = "";
	size_t n;

	if (line[0] != 'c' || line[1] != '-')
		return false;
	n = strspn(line + 2, "0123456789abcdef");
	if ((n != DIGITS && n != DIGITS_SHORT) || !strchr(" \t\r\n", line[2 + n]))
		return false;
	memset(digits, '0', DIGITS);
	memcpy(digits, line + 2, n);
	*out = (struct row){ strtoull(digits, NULL, 16), n == DIGITS_SHORT };
	return true;
}

static int row_add(struct baseline *b, const struct row *r)
{
	if (b->cnt == BASELINE_CAUSES_MAX)
		return -E2BIG;
	if (b->cnt == b->cap) {
		size_t cap = b->cap ? b->cap * 2 : 64;
		struct row *more = realloc(b->rows, cap * sizeof(*more));

		if (!more)
			return -ENOMEM;
		b->rows = more;
		b->cap = cap;
	}
	b->rows[b->cnt++] = *r;
	return 0;
}

/* All lines of a file; *number is the last one that was read. */
static int rows_read(struct baseline *b, FILE *file, unsigned *number)
{
	char *line = NULL;
	size_t cap = 0;
	struct row r;
	int err = 0;

	for (*number = 0; !err && getline(&line, &cap, file) > 0;) {
		++*number;
		if (*line == '#' || *line == '\n' || *line == '\r')
			continue;
		err = row_parse(line, &r) ? row_add(b, &r) : -EINVAL;
	}
	if (!err && ferror(file))
		err = -EIO;
	free(line);
	return err;
}

int baseline_read(const char *path, struct baseline **out, char *why, size_t why_cap)
{
	FILE *file = fopen(path, "re");
	struct baseline *b = calloc(1, sizeof(*b));
	unsigned number = 0;
	int err = file ? -ENOMEM : -errno;

	if (file && b)
		err = rows_read(b, file, &number);
	if (file)
		fclose(file);
	if (err == -EINVAL)
		snprintf(why, why_cap, "%s: line %u names no cause", path, number);
	else if (err)
		snprintf(why, why_cap, "%s: %s", path, strerror(-err));
	if (err) {
		baseline_free(b);
		return err;
	}
	if (b->cnt)
		qsort(b->rows, b->cnt, sizeof(*b->rows), compare_rows);
	*out = b;
	return 0;
}

void baseline_free(struct baseline *b)
{
	if (!b)
		return;
	free(b->rows);
	free(b);
}

bool baseline_has(const struct baseline *b, uint64_t cause)
{
	uint64_t short_id = cause & ~(uint64_t)UINT32_MAX;
	size_t low = 0, high = b ? b->cnt : 0;

	/* The first row that is not below the short form; a whole id that fits comes after it. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (b->rows[middle].id < short_id)
			low = middle + 1;
		else
			high = middle;
	}
	for (; b && low < b->cnt && b->rows[low].id <= cause; low++) {
		if (b->rows[low].id == cause || b->rows[low].is_short)
			return true;
	}
	return false;
}

void baseline_name(uint64_t cause, char out[static BASELINE_NAME_CAP])
{
	struct text t = text_init(out, BASELINE_NAME_CAP);

	text_add(&t, "c-");
	text_hex(&t, cause, DIGITS);
}

static int compare_causes(const void *a, const void *b)
{
	const struct cause *x = *(const struct cause *const *)a,
			   *y = *(const struct cause *const *)b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static void put_cause(struct out *o, const struct cause *c)
{
	char name[BASELINE_NAME_CAP];

	baseline_name(c->id, name);
	out_text(o, name);
	out_char(o, ' ');
	out_text(o, severity_text(c->rule->severity));
	out_char(o, ' ');
	out_text(o, c->rule->id);
	out_char(o, ' ');
	out_safe(o, span_text(c->host));
	out_lit(o, ": ");
	out_safe(o, span_text(c->detail));
	out_char(o, '\n');
}

int baseline_write(const char *path, const struct cause *const *causes, size_t cnt)
{
	const struct cause **sorted = calloc(cnt + 1, sizeof(*sorted));
	struct replace r;
	struct out o;
	int err = sorted ? replace_open(&r, path) : -ENOMEM;

	if (err)
		goto out_free;
	err = out_init(&o, r.file);
	if (err) {
		replace_drop(&r);
		goto out_free;
	}
	for (size_t i = 0; i < cnt; i++)
		sorted[i] = causes[i];
	qsort(sorted, cnt, sizeof(struct cause *), compare_causes);
	out_text(&o, head);
	for (size_t i = 0; i < cnt; i++) {
		if (sorted[i]->cnt) /* else all its findings were taken back */
			put_cause(&o, sorted[i]);
	}
	err = out_flush(&o);
	out_fini(&o);
	if (err)
		replace_drop(&r);
	else
		err = replace_commit(&r);
out_free:
	free(sorted);
	return err;
}
