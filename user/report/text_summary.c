/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/format.h"
#include "report/text_part.h"

static bool has_group(const struct summary *sum, const char *name)
{
	for (size_t i = 0; i < sum->groups_cnt; i++) {
		if (strcmp(sum->groups[i].name, name) == 0)
			return true;
	}
	return false;
}

/* Why there is nothing to judge when no HTTP was seen, and what to try: the nearest reason. */
static const char *nothing_seen(const struct summary *sum)
{
	if (!sum->inputs_cnt && has_group(sum, "tlslane"))
		return "Nothing was seen inside TLS. Does the program use OpenSSL, GnuTLS or Go's "
		       "own, "
		       "and\nwas it asked for anything? The lines above say what is probed.";
	if (!sum->inputs_cnt)
		return "Nothing was read: no input could be opened.";
	for (size_t i = 0; i < sum->inputs_cnt; i++) {
		if (sum->inputs[i].trouble && !tally_counter(sum, "packets"))
			return "No packets: the input is damaged before the first whole one.";
	}
	if (sum->inputs_cnt && sum->inputs[0].rung && !tally_counter(sum, "connections"))
		return "No connection on the ports that were followed. Try --port any, or another "
		       "interface\n"
		       "(cors-sniff -D lists them; any stands for all).";
	if (!tally_counter(sum, "packets"))
		return "No packets: the capture is empty, or the filter lets none through. Without "
		       "a\n"
		       "filter, all packets are read.";
	if (tally_counter(sum, "tls_followed") && !tally_counter(sum, "tls_opened"))
		return "No HTTP in clear text, and none of the TLS connections could be read: the "
		       "lines\n"
		       "below tell why. The key log must be of the same connections, and they must "
		       "be in\n"
		       "the capture from their beginning.";
	if (tally_counter(sum, "tls_connections"))
		return "No HTTP in clear text: the connections are TLS. Read them with --keylog "
		       "FILE, the\n"
		       "key log of the browser or client (SSLKEYLOGFILE), or capture where the "
		       "traffic is\n"
		       "plain: behind the proxy or load balancer that ends TLS, or on the "
		       "loopback\n"
		       "interface of the server (tcpdump -i lo). On a host where TLS ends, "
		       "cors-sniff --tls\n"
		       "looks inside its programs.";
	if (tally_counter(sum, "http2_connections"))
		return "Connections speak HTTP/2, but no request could be read from them: they "
		       "may\n"
		       "be older than the capture, or idle. Begin to capture before the client\n"
		       "connects, or make it connect anew.";
	if (tally_counter(sum, "ports_ignored") && !tally_counter(sum, "connections"))
		return "No connection has a port that --port names. Leave --port out, or write\n"
		       "--port any, to look at all of them.";
	if (!tally_counter(sum, "tcp_segments"))
		return "No TCP in this capture, so no HTTP either. If tcpdump shows TCP here, the "
		       "lines\n"
		       "below tell why it could not be read.";
	return "No HTTP in these TCP connections. Was the capture taken where the API's traffic\n"
	       "passes, and with whole packets (tcpdump -s 0)?";
}

/* What the judgements come to when none of them led to a cause. */
static void put_word(struct text *t)
{
	uint64_t passed = tally_verdict(&t->tally, CORS_VERDICT_PASS);
	uint64_t blocked = tally_verdict(&t->tally, CORS_VERDICT_BLOCK);
	uint64_t undecided = tally_verdict(&t->tally, CORS_VERDICT_UNKNOWN);

	if (blocked) {
		text_painted(t, PAINT_ERROR, "Blocked: ");
		text_counted(t, blocked, "CORS request", "CORS requests");
		out_lit(&t->out, "; the causes were not kept (--json has each exchange)");
	} else if (passed) {
		text_painted(t, PAINT_GOOD, "Nothing wrong: ");
		text_counted(t, passed, "CORS request passes", "CORS requests pass");
		out_lit(&t->out, ", none is blocked");
		if (undecided) {
			out_lit(&t->out, ", ");
			text_count(t, undecided);
			out_lit(&t->out, " cannot be decided");
		}
	} else if (undecided) {
		text_painted(t, PAINT_WARNING, "Not decided: ");
		text_counted(t, undecided, "CORS request", "CORS requests");
		out_lit(&t->out, "; the reason stands below");
	} else {
		text_painted(t, PAINT_GOOD, "Nothing to judge: ");
		out_lit(&t->out, "no CORS request among ");
		text_counted(t, t->tally.exchanges, "exchange", "exchanges");
	}
	out_char(&t->out, '.');
}

void text_all_well(struct text *t, const struct summary *sum)
{
	if (!t->tally.exchanges) {
		text_painted(t, PAINT_WARNING, nothing_seen(sum));
	} else {
		put_word(t);
		if (tally_has_loss(sum))
			out_lit(&t->out, " Not everything could be read, though: see below.");
	}
	out_lit(&t->out, "\n\n");
}

static void put_inputs(struct text *t, const struct summary *sum)
{
	for (size_t i = 0; i < sum->inputs_cnt; i++) {
		const struct summary_input *in = &sum->inputs[i];

		text_label(t, i ? "" : "read");
		text_safe(t, in->name);
		out_lit(&t->out, ": ");
		text_counted(t, in->packets, "packet", "packets");
		if (in->rung) {
			out_lit(&t->out, ", filter: ");
			out_text(&t->out, in->rung);
			out_text(&t->out, *in->rung_why ? ": " : "");
			text_safe(t, in->rung_why);
		}
		if (in->trouble) {
			out_lit(&t->out, ", then ");
			paint_put(&t->out, t->config.is_colored, PAINT_ERROR);
			text_safe(t, in->trouble);
			paint_put(&t->out, t->config.is_colored, PAINT_PLAIN);
		}
		out_char(&t->out, '\n');
	}
}

static void put_traffic(struct text *t, const struct summary *sum)
{
	char size[FORMAT_SIZE_CAP];

	text_label(t, "traffic");
	text_counted(t, tally_counter(sum, "packets"), "packet", "packets");
	format_size(tally_counter(sum, "bytes"), size);
	out_lit(&t->out, " (");
	out_text(&t->out, size);
	out_lit(&t->out, "), ");
	text_counted(t, tally_counter(sum, "connections"), "connection", "connections");
	out_lit(&t->out, ", ");
	text_counted(t, t->tally.exchanges, "exchange", "exchanges");
	if (sum->first_ns) {
		out_lit(&t->out, ", ");
		text_times(t, sum->first_ns, sum->last_ns);
	}
	out_char(&t->out, '\n');
}

/* "preflights 12: 10 pass, 1 blocked, 1 undecided". */
static void put_kind(struct text *t, const char *label, enum cors_kind kind)
{
	const uint64_t *verdicts = t->tally.verdicts[kind];

	text_label(t, label);
	text_count(t, tally_kind(&t->tally, kind));
	out_lit(&t->out, ": ");
	text_count(t, verdicts[CORS_VERDICT_PASS]);
	out_lit(&t->out, " pass, ");
	text_count(t, verdicts[CORS_VERDICT_BLOCK]);
	out_lit(&t->out, " blocked, ");
	text_count(t, verdicts[CORS_VERDICT_UNKNOWN] + verdicts[CORS_VERDICT_NONE]);
	out_lit(&t->out, " undecided\n");
}

/* Why the wire did not decide: the words of "unknown" in the JSON lines. */
static void put_reasons(struct text *t)
{
	const struct tally *all = &t->tally;

	for (unsigned i = 0; i < all->reasons_cnt; i++) {
		text_label(t, i ? "" : "undecided");
		text_count(t, all->reasons[i].cnt);
		out_lit(&t->out, ": ");
		text_safe(t, all->reasons[i].word);
		out_char(&t->out, '\n');
	}
	if (all->reasons_others) {
		text_label(t, "");
		text_count(t, all->reasons_others);
		out_lit(&t->out, ": other reasons\n");
	}
}

/* CORS requests by kind and verdict; "perhaps" are those whose kind the wire does not show. */
static void put_requests(struct text *t)
{
	put_kind(t, "preflights", CORS_KIND_PREFLIGHT);
	put_kind(t, "actual", CORS_KIND_ACTUAL);
	if (tally_kind(&t->tally, CORS_KIND_UNKNOWN))
		put_kind(t, "perhaps", CORS_KIND_UNKNOWN);
	text_label(t, "no CORS");
	text_count(t, tally_kind(&t->tally, CORS_KIND_NONE));
	out_char(&t->out, '\n');
	put_reasons(t);
	if (!t->tally.not_browser)
		return;
	text_label(t, "no browser");
	text_counted(t, t->tally.not_browser, "shows", "show");
	out_lit(&t->out, " no sign of a browser; there, blocked means that one would\n");
}

/* A number at the right of a column, and what it counts. */
static void put_row(struct text *t, uint64_t n, const char *words)
{
	char count[FORMAT_COUNT_CAP];
	unsigned width = (unsigned)format_count(n, count);

	out_blanks(&t->out, width < TEXT_INDENT - 2 ? TEXT_INDENT - 2 - width : 0);
	out_text(&t->out, count);
	out_lit(&t->out, "  ");
	out_text(&t->out, words);
	out_char(&t->out, '\n');
}

static void put_findings(struct text *t, const struct summary *sum)
{
	uint64_t n[TALLY_SEVERITIES];

	tally_severities(sum, n);
	text_label(t, "findings");
	if (!n[SEVERITY_ERROR] && !n[SEVERITY_WARNING] && !n[SEVERITY_INFO]) {
		out_lit(&t->out, "none\n");
		return;
	}
	text_counted(t, n[SEVERITY_ERROR], "error", "errors");
	out_lit(&t->out, ", ");
	text_counted(t, n[SEVERITY_WARNING], "warning", "warnings");
	out_lit(&t->out, ", ");
	text_count(t, n[SEVERITY_INFO]);
	out_lit(&t->out, " for information; ");
	text_counted(t, sum->causes_cnt, "cause", "causes");
	out_char(&t->out, '\n');
	for (unsigned s = SEVERITY_ERROR + 1; s-- > 0;) {
		for (size_t i = 0; i < rules_cnt; i++) {
			if (rules[i].severity == (enum severity)s && sum->rule_counts[i])
				put_row(t, sum->rule_counts[i], rules[i].id);
		}
	}
}

/* Hosts whose policies are listed for people; JSON has them all. */
#define POLICIES_SHOWN 10

/* "api.example.com: list with credentials, allows https://a, https://b; 3 of 12 refused". */
static void put_policy(struct text *t, const struct summary_policy *p)
{
	out_safe(&t->out, p->host);
	out_lit(&t->out, ": ");
	out_text(&t->out, p->kind);
	if (p->has_credentials)
		out_lit(&t->out, " with credentials");
	for (unsigned i = 0; i < p->allowed_cnt; i++) {
		out_text(&t->out, i ? ", " : ", allows ");
		out_safe(&t->out, p->allowed[i]);
	}
	if (p->allowed_others)
		out_lit(&t->out, " and others");
	if (span_is_present(p->constant)) {
		out_lit(&t->out, ", sends ");
		out_safe(&t->out, p->constant);
	}
	out_lit(&t->out, "; ");
	text_count(t, p->refused);
	out_lit(&t->out, " of ");
	text_count(t, p->responses);
	out_lit(&t->out, " refused\n");
}

/* Hosts as a whole: where servers behind one disagree, a finding names them. */
static void put_policies(struct text *t, const struct summary *sum)
{
	uint64_t hosts = 0;

	for (size_t i = 0; i < sum->policies_cnt; i++) {
		if (sum->policies[i].server)
			continue;
		if (hosts++ >= POLICIES_SHOWN)
			continue;
		text_label(t, hosts == 1 ? "policies" : "");
		put_policy(t, &sum->policies[i]);
	}
	if (hosts <= POLICIES_SHOWN)
		return;
	text_label(t, "");
	text_count(t, hosts - POLICIES_SHOWN);
	out_lit(&t->out, " more hosts (--json has them all)\n");
}

/* Every counter of one class that is not 0, below a heading. */
static void put_class(struct text *t, const struct summary *sum, enum counter_class class,
		      const char *heading, enum paint p)
{
	bool has_heading = false;

	for (size_t g = 0; g < sum->groups_cnt; g++) {
		const struct counter_group *group = &sum->groups[g];

		for (size_t i = 0; i < group->cnt; i++) {
			uint64_t n = counter_get(group->stats, &group->table[i]);

			if (group->table[i].class != class || !n)
				continue;
			if (!has_heading) {
				out_lit(&t->out, "  ");
				text_painted(t, p, heading);
				out_char(&t->out, '\n');
			}
			has_heading = true;
			put_row(t, n, group->table[i].help);
		}
	}
}

static void put_notes(struct text *t, const struct summary *sum)
{
	for (size_t i = 0; i < sum->notes_cnt; i++) {
		text_label(t, i ? "" : "notes");
		text_safe(t, sum->notes[i]);
		out_char(&t->out, '\n');
	}
}

void text_summary(struct text *t, const struct summary *sum)
{
	text_painted(t, PAINT_TITLE, "Summary");
	out_char(&t->out, '\n');
	put_inputs(t, sum);
	put_traffic(t, sum);
	put_requests(t);
	put_findings(t, sum);
	put_policies(t, sum);
	put_class(t, sum, COUNTER_LOSS,
		  "lost or unreadable, so that something may have been missed:", PAINT_WARNING);
	put_class(t, sum, COUNTER_NOTE, "seen and handled, nothing lost by it:", PAINT_DIM);
	put_notes(t, sum);
}
