/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/progress.h"

#include "base/limits.h"
#include "report/format.h"
#include "report/out.h"

#define BAR_CELLS 20
/* Of a file's name, its last so many bytes are shown: those tell one capture from the next. */
#define NAME_BYTES 24

static void put_bar(FILE *f, unsigned percent)
{
	fputc('[', f);
	for (unsigned i = 0; i < BAR_CELLS; i++)
		fputc(i * 100 < percent * BAR_CELLS ? '#' : '.', f);
	fputc(']', f);
}

/* The end of the name; it is the user's own, but not everybody names his own files. */
static void put_name(FILE *f, const char *name)
{
	size_t len = strlen(name);

	name += len > NAME_BYTES ? len - NAME_BYTES : 0;
	for (; *name; name++)
		fputc(*name >= ' ' && *name <= '~' ? *name : '?', f);
}

static void draw(const struct progress *p, const struct progress_now *now)
{
	FILE *f = p->file;
	double spent_s = (double)(now->time_ns - p->begin_ns) / (double)NS_PER_S;
	double rate = (double)(now->read_bytes - p->begin_bytes) / spent_s;
	double left_s = rate > 0 ? (double)(now->size_bytes - now->read_bytes) / rate : 0;
	unsigned percent = (unsigned)((double)now->read_bytes * 100 / (double)now->size_bytes);
	char count[FORMAT_COUNT_CAP];

	fputs("\r", f);
	put_name(f, now->name);
	fprintf(f, " %3u%% ", percent);
	put_bar(f, percent);
	format_count(now->exchanges, count);
	fprintf(f, " %.0f MB/s, %u:%02u left, %s exchanges\33[K", rate / 1e6, (unsigned)left_s / 60,
		(unsigned)left_s % 60, count);
	fflush(f);
}

void progress_update(struct progress *p, const struct progress_now *now)
{
	if (!p->file || !now->size_bytes)
		return;
	if (p->input != now->name) {
		p->input = now->name;
		p->begin_ns = now->time_ns;
		p->begin_bytes = now->read_bytes;
		p->drawn_ns = now->time_ns;
	}
	if (now->read_bytes >= now->size_bytes) {
		progress_clear(p);
		return;
	}
	if (now->time_ns - p->begin_ns < PROGRESS_DELAY_NS ||
	    now->time_ns - p->drawn_ns < PROGRESS_INTERVAL_NS)
		return;
	p->drawn_ns = now->time_ns;
	p->is_drawn = true;
	draw(p, now);
}

static void put_count(FILE *f, const char *before, uint64_t n, const char *one, const char *many)
{
	char count[FORMAT_COUNT_CAP];

	format_count(n, count);
	fprintf(f, "%s%s %s", before, count, n == 1 ? one : many);
}

void progress_live(struct progress *p, const struct progress_live *now)
{
	if (!p->file || now->time_ns - p->drawn_ns < PROGRESS_INTERVAL_NS)
		return;
	p->drawn_ns = now->time_ns;
	p->is_drawn = true;
	put_count(p->file, "\r", now->exchanges, "exchange", "exchanges");
	put_count(p->file, ", ", now->causes, "cause", "causes");
	put_count(p->file, ", ", now->packets, "packet", "packets");
	put_count(p->file, ", ", now->dropped, "dropped", "dropped");
	fputs("\33[K", p->file);
	fflush(p->file);
}

void progress_clear(struct progress *p)
{
	if (!p->is_drawn)
		return;
	fputs("\r\33[K", p->file);
	fflush(p->file);
	p->is_drawn = false;
}
