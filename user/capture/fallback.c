/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/fallback.h"

#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"

struct fallback {
	pcap_t *pcap;
	const char *source;
};

/* A FILE's read function: libpcap reads from the window, whatever that reads from. */
static ssize_t give_window(void *cookie, char *buf, size_t cap)
{
	struct window *w = cookie;
	struct span seen;

	/* An input that ends or breaks is 0 bytes here; the window still knows why. */
	(void)window_want(w, 1);
	seen = span_first(window_seen(w), cap);
	if (seen.len)
		memcpy(buf, seen.ptr, seen.len);
	window_take(w, seen.len);
	return (ssize_t)seen.len;
}

struct fallback *fallback_open(struct window *w, const char *source, char *why, size_t why_cap)
{
	cookie_io_functions_t io = { .read = give_window };
	char err[PCAP_ERRBUF_SIZE] = "out of memory";
	struct fallback *f = calloc(1, sizeof(*f));
	FILE *file = f ? fopencookie(w, "r", io) : NULL;

	if (!file)
		goto out;
	/* Unbuffered, so that the window's offset is how far libpcap has come. */
	setvbuf(file, NULL, _IONBF, 0);
	f->source = source;
	f->pcap = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, err);
	if (f->pcap)
		return f;
	fclose(file);
out:
	free(f);
	(void)snprintf(why, why_cap, "%s", err);
	return NULL;
}

void fallback_close(struct fallback *f)
{
	if (!f)
		return;
	pcap_close(f->pcap); /* and the FILE with it */
	free(f);
}

enum record_kind fallback_next(struct fallback *f, struct packet *out, struct record *r)
{
	struct pcap_pkthdr *h;
	const u_char *data;
	int rc = pcap_next_ex(f->pcap, &h, &data);

	if (rc == PCAP_ERROR_BREAK)
		return RECORD_OTHER;
	if (rc != 1) {
		(void)snprintf(r->why, sizeof(r->why), "%s", pcap_geterr(f->pcap));
		return RECORD_BAD;
	}
	out->data = data;
	out->caplen = h->caplen;
	out->len = h->len < h->caplen ? h->caplen : h->len;
	/* As libpcap names it; its own numbers and those of files agree where it matters. */
	out->link = (uint32_t)pcap_datalink(f->pcap);
	/* tv_usec holds nanoseconds: that precision was asked for. */
	out->time_ns = (uint64_t)h->ts.tv_sec * NS_PER_S + (uint64_t)h->ts.tv_usec;
	out->source = f->source;
	out->comment = (struct span){ 0 };
	return RECORD_PACKET;
}
