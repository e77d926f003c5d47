/* SPDX-License-Identifier: BSD-2-Clause */
#include "pipeline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/names.h"
#include "capture/file.h"
#include "capture/filter.h"
#include "capture/source.h"
#include "cors/judge.h"
#include "lane.h"
#include "net/decode.h"
#include "report/sink.h"

/* Packets between two looks at the progress and the stop flag: some milliseconds' work. */
#define PROGRESS_PACKETS 16384
/* Room for the lines that a summary may carry beside its counters. */
#define NOTES_MAX 32
#define NOTE_CAP  512

struct pipeline {
	const struct pipeline_config *config;
	struct pipeline_result *result;
	struct names *names;
	struct filter *filter;
	struct lane *lane;
	struct judge *judge;
	bool *sink_failed; /* of each sink */
	uint64_t number;   /* of the last packet */
	uint64_t first_ns, last_ns;
	uint64_t filtered; /* packets that the filter did not want */
	char notes[NOTES_MAX][NOTE_CAP];
	size_t notes_cnt;
	struct summary_input *inputs; /* config->files_cnt of them */
	size_t inputs_cnt;            /* that were opened */
};

static void sink_result(struct pipeline *p, size_t i, int err)
{
	if (!err)
		return;
	p->sink_failed[i] = true;
	if (!p->result->sink_error)
		p->result->sink_error = err;
}

static void on_judged(void *ctx, const struct judgement *j)
{
	struct pipeline *p = ctx;

	for (unsigned i = 0; i < j->findings_cnt; i++)
		p->result->findings[j->findings[i].rule->severity]++;
	for (size_t i = 0; i < p->config->sinks_cnt; i++) {
		struct sink *s = p->config->sinks[i];

		if (!p->sink_failed[i])
			sink_result(p, i, s->ops->judged(s, j));
	}
}

static void on_cause(void *ctx, const struct cause *c)
{
	struct pipeline *p = ctx;

	for (size_t i = 0; i < p->config->sinks_cnt; i++) {
		struct sink *s = p->config->sinks[i];

		if (!p->sink_failed[i])
			sink_result(p, i, s->ops->cause_opened(s, c));
	}
}

static void say(struct pipeline *p, const char *name, const char *message)
{
	if (p->config->say)
		p->config->say(p->config->ctx, name, message);
}

static void note(struct pipeline *p, const char *text)
{
	if (p->notes_cnt < NOTES_MAX)
		snprintf(p->notes[p->notes_cnt++], NOTE_CAP, "%s", text);
}

/* Whether to go on. */
static bool look_up(struct pipeline *p, const struct source *s)
{
	struct pipeline_progress now = { .name = s->name,
					 .read_bytes = s->read_bytes,
					 .size_bytes = s->size_bytes,
					 .exchanges = judge_stats(p->judge)->exchanges_judged };

	if (p->config->progress)
		p->config->progress(p->config->ctx, &now);
	return !(p->config->stop && *p->config->stop) && !p->result->sink_error;
}

/* Connections go on from one file to the next, as a rotated capture's do, but not back in time. */
static void follow_clock(struct pipeline *p, const struct packet *pkt)
{
	if (pkt->time_ns < net_clock(lane_net(p->lane)))
		lane_finish(p->lane);
}

static void take_packet(struct pipeline *p, struct packet *pkt)
{
	pkt->number = ++p->number;
	if (!p->first_ns || (pkt->time_ns && pkt->time_ns < p->first_ns))
		p->first_ns = pkt->time_ns;
	if (pkt->time_ns > p->last_ns)
		p->last_ns = pkt->time_ns;
	if (p->filter && !filter_match(p->filter, pkt)) {
		p->filtered++;
		return;
	}
	lane_packet(p->lane, pkt);
}

static bool read_source(struct pipeline *p, struct source *s)
{
	enum source_status status;
	struct packet pkt;
	struct summary_input *in = &p->inputs[p->inputs_cnt++];

	in->name = s->name;
	while ((status = source_next(s, &pkt)) == SOURCE_PACKET) {
		if (in->packets++ == 0)
			follow_clock(p, &pkt);
		take_packet(p, &pkt);
		if (in->packets % PROGRESS_PACKETS == 0 && !look_up(p, s))
			return false;
	}
	if (status == SOURCE_DAMAGED) {
		p->result->is_damaged = true;
		say(p, s->name, s->message);
		in->trouble = strdup(s->message); /* NULL when memory is short: it was said above */
	}
	return look_up(p, s);
}

static void read_all(struct pipeline *p)
{
	for (size_t i = 0; i < p->config->files_cnt; i++) {
		char why[NOTE_CAP];
		struct source *s;
		bool goes_on;

		if (file_open(p->config->files[i], p->names, p->config->stop, &s, why,
			      sizeof(why))) {
			p->result->is_unopened = true;
			say(p, p->config->files[i], why);
			continue;
		}
		goes_on = read_source(p, s);
		source_close(s);
		if (!goes_on)
			break;
	}
	lane_finish(p->lane);
}

/* What counters cannot say: which unknown things, and why the filter kept packets out. */
static void note_unknowns(struct pipeline *p)
{
	char line[NOTE_CAP];
	const char *why;
	uint64_t refused = p->filter ? filter_refused(p->filter, &why) : 0;
	size_t cnt;
	const struct decode_unknown *rows = decoder_unknown(net_decoder(lane_net(p->lane)), &cnt);

	for (size_t i = 0; i < cnt; i++) {
		snprintf(line, sizeof(line),
			 "%s %u (0x%x) is not known: %llu packets were not read", rows[i].layer,
			 rows[i].value, rows[i].value, (unsigned long long)rows[i].packets);
		note(p, line);
	}
	if (refused) {
		snprintf(line, sizeof(line),
			 "the filter fits no packet of this kind: %llu left out: %s",
			 (unsigned long long)refused, why);
		note(p, line);
	}
	if (p->filtered) {
		snprintf(line, sizeof(line), "the filter left out %llu of %llu packets",
			 (unsigned long long)p->filtered, (unsigned long long)p->number);
		note(p, line);
	}
}

static void summarise(struct pipeline *p)
{
	const struct counter_group groups[] = {
		{ "capture", decode_counters, decode_counters_cnt,
		  decoder_stats(net_decoder(lane_net(p->lane))) },
		{ "net", net_counters, net_counters_cnt, net_stats(lane_net(p->lane)) },
		{ "http", http_counters, http_counters_cnt, http_stats(lane_http(p->lane)) },
		{ "cors", judge_counters, judge_counters_cnt, judge_stats(p->judge) },
	};
	const char *notes[NOTES_MAX];
	struct summary sum = { .inputs = p->inputs,
			       .inputs_cnt = p->inputs_cnt,
			       .groups = groups,
			       .groups_cnt = sizeof(groups) / sizeof(groups[0]),
			       .rule_counts = judge_rule_counts(p->judge),
			       .first_ns = p->first_ns,
			       .last_ns = p->last_ns,
			       .notes = notes };

	note_unknowns(p);
	for (size_t i = 0; i < p->notes_cnt; i++)
		notes[i] = p->notes[i];
	sum.notes_cnt = p->notes_cnt;
	sum.causes = judge_causes(p->judge, &sum.causes_cnt);
	for (size_t i = 0; i < p->config->sinks_cnt; i++) {
		struct sink *s = p->config->sinks[i];

		if (!p->sink_failed[i])
			sink_result(p, i, s->ops->finish(s, &sum));
	}
}

static uint64_t random_seed(void)
{
	uint64_t seed = 0;

	/* Without randomness the tables still work; they are only easier to attack. */
	if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		seed = 0;
	return seed;
}

static int pipeline_init(struct pipeline *p)
{
	uint64_t seed = random_seed();
	struct judge_config judge = { .seed = seed,
				      .platform = p->config->platform,
				      .judged = on_judged,
				      .cause_opened = on_cause,
				      .ctx = p };
	struct lane_config lane = { .ports = p->config->ports,
				    .seed = seed,
				    .emit = judge_exchange };

	p->names = names_new();
	p->sink_failed = calloc(p->config->sinks_cnt + 1, sizeof(*p->sink_failed));
	p->inputs = calloc(p->config->files_cnt, sizeof(*p->inputs));
	p->judge = judge_new(&judge);
	lane.ctx = p->judge;
	p->lane = p->judge ? lane_new(&lane) : NULL;
	return p->names && p->sink_failed && p->inputs && p->lane ? 0 : -ENOMEM;
}

static void pipeline_fini(struct pipeline *p)
{
	lane_free(p->lane);
	judge_free(p->judge);
	for (size_t i = 0; i < p->inputs_cnt; i++)
		free((char *)(uintptr_t)p->inputs[i].trouble);
	free(p->inputs);
	free(p->sink_failed);
	names_free(p->names);
	filter_free(p->filter);
}

int pipeline_run(const struct pipeline_config *config, struct pipeline_result *out, char *why,
		 size_t why_cap)
{
	struct pipeline *p = calloc(1, sizeof(*p));
	int err = -ENOMEM;

	*out = (struct pipeline_result){ 0 };
	if (!p) {
		snprintf(why, why_cap, "memory is short");
		return err;
	}
	p->config = config;
	p->result = out;
	if (config->filter) {
		err = filter_new(config->filter, &p->filter, why, why_cap);
		if (err)
			goto out_fini;
	}
	err = pipeline_init(p);
	if (err) {
		snprintf(why, why_cap, "memory is short");
		goto out_fini;
	}
	read_all(p);
	summarise(p);

out_fini:
	pipeline_fini(p);
	free(p);
	return err;
}
