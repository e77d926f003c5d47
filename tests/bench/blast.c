// SPDX-License-Identifier: BSD-2-Clause
/*
 * blast: frames of HTTP, as fast as a processor can send them, which no server and no client could.
 *
 *	blast DEVICE PORT RATE SECONDS
 *
 * In:   a veth device whose peer takes frames (GRO switched on), and frames a second, which more
 *       than goes makes as many as go.
 * Out:  a line: frames sent, exchanges in them, seconds it took.
 *
 * The kernel runs an XDP program on frames that it makes for it (BPF_PROG_TEST_RUN, "live
 * frames"), and sends what that returns. blast.bpf.c says what is in them.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/bench/blast.h"

#include <blast.skel.h>

/* Frames of a round, after which every connection is closed. */
#define ROUND ((uint64_t)BLAST_CONNECTIONS * BLAST_FRAMES)

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A head whose last field fills it up: all are of one length, so that sequence numbers are known.
 */
static void set_head(uint8_t out[BLAST_TEXT], const char *begin)
{
	size_t len = strlen(begin);

	memset(out, 'x', BLAST_TEXT);
	memcpy(out, begin, len < BLAST_TEXT - 4 ? len : BLAST_TEXT - 4);
	memcpy(out + BLAST_TEXT - 4, "\r\n\r\n", 4);
}

static void set_texts(struct blast_settings *s)
{
	char response[BLAST_TEXT];

	snprintf(response, sizeof(response),
		 "HTTP/1.1 200 OK\r\nServer: blast\r\nContent-Type: application/json\r\n"
		 "Content-Length: %d\r\nAccess-Control-Allow-Origin: https://app.example.com\r\n"
		 "Vary: Origin\r\nX-Fill: ",
		 BLAST_SEGMENTS * BLAST_SEGMENT - BLAST_TEXT);
	memset(s->texts, 'x', sizeof(s->texts));
	set_head(s->texts[BLAST_HEAD], response);
	set_head(s->texts[BLAST_REQUEST],
		 "GET /big HTTP/1.1\r\nHost: api.example.com\r\nOrigin: https://app.example.com\r\n"
		 "Sec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-site\r\nUser-Agent: Mozilla/5.0 ");
}

/* One call sends all: another takes 30 ms before its first frame. A signal ends it early. */
static int send_frames(int prog, const volatile __u64 *sent, uint64_t cnt)
{
	static uint8_t frame[BLAST_HEADERS + BLAST_SEGMENT];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = sizeof(frame),
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES);
	int err = 0;

	memset(frame, 'x', sizeof(frame));
	while (*sent < cnt && (!err || err == -EINTR)) {
		opts.repeat = (int)(cnt - *sent);
		err = bpf_prog_test_run_opts(prog, &opts);
	}
	return err == -EINTR ? 0 : err;
}

static int blast(struct blast_bpf *skel, double rate, double seconds)
{
	uint64_t rounds = (uint64_t)(rate * seconds / (double)ROUND) + 1;
	double begin = now_s();
	int err;

	skel->bss->begin_ns = (uint64_t)(begin * 1e9);
	err = send_frames(bpf_program__fd(skel->progs.handle_frame), &skel->bss->next,
			  rounds * ROUND);
	printf("%llu frames, %llu exchanges, %.3f seconds\n", (unsigned long long)skel->bss->next,
	       (unsigned long long)(rounds * BLAST_CONNECTIONS * BLAST_EXCHANGES), now_s() - begin);
	return err;
}

int main(int argc, char **argv)
{
	struct blast_bpf *skel = argc == 5 ? blast_bpf__open() : NULL;
	int err;

	if (!skel) {
		fprintf(stderr, "usage: blast DEVICE PORT RATE SECONDS\n");
		return 2;
	}
	skel->rodata->settings.device = if_nametoindex(argv[1]);
	skel->rodata->settings.port = (uint16_t)atoi(argv[2]);
	skel->rodata->settings.frame_ns = (uint64_t)(1e9 / atof(argv[3]));
	set_texts((struct blast_settings *)&skel->rodata->settings);
	err = blast_bpf__load(skel);
	if (!err)
		err = blast(skel, atof(argv[3]), atof(argv[4]));
	if (err)
		fprintf(stderr, "blast: %s\n", strerror(-err));
	blast_bpf__destroy(skel);
	return err != 0;
}
