/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * traffic: captures of a given shape and size, the same bytes in every run, on stdout.
 *
 *	traffic SHAPE COUNT >capture.pcap
 *
 * COUNT is packets for ordinary traffic, units for a flood (flood.h). Without words it lists the
 * shapes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/flood.h"
#include "bench/talk.h"

#define CLIENTS     0x0a010000u /* 10.1.0.0 and on */
#define SERVER      0xcb007101u /* 203.0.113.1 */
#define FOREIGN     0xc6336400u /* 198.51.100.0/24 */
#define FOREIGNERS  256
#define WRITE_BYTES (1u << 20)
/* Connections that are busy at a time: their packets take turns. */
#define BUSY 64
/* Segments of a body between two turns. */
#define TURN_SEGMENTS 2

struct shape {
	const char *name, *help;
	uint32_t conns;      /* open at a time */
	uint32_t exchanges;  /* of one connection, then another takes its place; 0: all */
	uint32_t body;       /* bytes */
	bool is_chunked;     /* its framing */
	unsigned lost, late; /* percent of the packets, by the capture */
	unsigned foreign;    /* percent of the packets that are no HTTP */
	uint64_t urls, origins;
};

static const struct shape shapes[] = {
	{ "brief", "100 byte bodies, 64 connections", 64, 100, 100, false, 0, 0, 0, 1000, 7 },
	{ "body-1k", "1 kB bodies", 64, 100, 1000, false, 0, 0, 0, 1000, 7 },
	{ "body-10k", "10 kB bodies", 64, 100, 10000, false, 0, 0, 0, 1000, 7 },
	{ "body-1m", "1 MB bodies", 64, 100, 1000000, false, 0, 0, 0, 1000, 7 },
	{ "chunked", "10 kB bodies in chunks", 64, 100, 10000, true, 0, 0, 0, 1000, 7 },
	{ "conns-1", "10 kB bodies on one connection", 1, 0, 10000, false, 0, 0, 0, 1000, 7 },
	{ "conns-1k", "1,000 connections", 1000, 0, 10000, false, 0, 0, 0, 1000, 7 },
	{ "conns-1m", "1,000,000 connections", 1000000, 0, 1000, false, 0, 0, 0, 1000, 7 },
	{ "lossy", "body-10k, 5 % lost and 5 % late", 64, 100, 10000, false, 5, 5, 0, 1000, 7 },
	{ "foreign", "9 of 10 packets are no HTTP", 64, 100, 10000, false, 0, 0, 90, 1000, 7 },
	{ "distinct-urls", "1 kB bodies, each of its own URL", 64, 100, 1000, false, 0, 0, 0,
	  UINT64_MAX, 7 },
};

/* A connection and where it stands. */
struct client {
	struct wire_conn conn;
	uint32_t told; /* exchanges so far */
	size_t left;   /* of the response at hand */
	uint8_t policy;
	bool is_open, is_answering;
};

struct play {
	const struct shape *shape;
	struct wire wire;
	struct talk talk;
	struct client *clients;
	uint64_t requests, opened;
	struct wire_conn foreign[FOREIGNERS];
};

static struct wire_conn conn_new(struct play *p)
{
	uint64_t i = p->opened++;

	return (struct wire_conn){ .addr = { CLIENTS + (uint32_t)(i % 1000003), SERVER },
				   .port = { (uint16_t)(1024 + i % 63997), 80 },
				   .seq = { wire_random(&p->wire), wire_random(&p->wire) } };
}

/* Packets of others, as many as the shape wants for each of HTTP: TLS, a database, names. */
static void say_foreign(struct play *p)
{
	static const uint8_t bytes[1200] = { 0x17, 3, 3, 4, 0xab };
	static const uint16_t ports[4] = { 443, 443, 5432, 53 };

	for (unsigned n = p->shape->foreign; n >= 10; n -= 10) {
		unsigned i = wire_random(&p->wire) % FOREIGNERS, dir = i % 2;
		struct wire_conn *c = &p->foreign[i];

		if (!c->port[0])
			*c = (struct wire_conn){ .addr = { FOREIGN + i, SERVER },
						 .port = { (uint16_t)(2000 + i), ports[i % 4] } };
		if (ports[i % 4] == 53)
			wire_datagram(&p->wire, c, dir, bytes + 5, 60);
		else
			wire_segment(&p->wire, c, dir, WIRE_ACK | WIRE_PSH, bytes, sizeof(bytes));
	}
}

static void ask(struct play *p, struct client *c)
{
	char request[TALK_REQUEST_MAX];
	const struct shape *s = p->shape;
	uint64_t i = p->requests++;

	c->policy = (uint8_t)(wire_random(&p->wire) % TALK_POLICIES);
	wire_say(&p->wire, &c->conn, 0, request,
		 talk_request(request, i, c->policy, s->urls, s->origins));
	c->left = p->talk.responses[c->policy].len;
	c->is_answering = true;
}

static void answer(struct play *p, struct client *c)
{
	const struct talk_bytes *r = &p->talk.responses[c->policy];
	size_t n = TURN_SEGMENTS * WIRE_SEGMENT_MAX;

	n = n < c->left ? n : c->left;
	wire_say(&p->wire, &c->conn, 1, r->ptr + (r->len - c->left), n);
	c->left -= n;
	if (c->left)
		return;
	c->is_answering = false;
	if (++c->told == p->shape->exchanges) {
		wire_close(&p->wire, &c->conn);
		*c = (struct client){ .is_open = false };
	}
}

/* One turn. False when the client has had its exchange. */
static bool turn(struct play *p, struct client *c)
{
	say_foreign(p);
	if (!c->is_open) {
		c->conn = conn_new(p);
		c->is_open = true;
		wire_open(&p->wire, &c->conn);
		return true;
	}
	if (!c->is_answering) {
		ask(p, c);
		return true;
	}
	answer(p, c);
	return c->is_answering;
}

/* An exchange of each of cnt clients, their packets in turns. */
static void play_group(struct play *p, struct client *clients, size_t cnt)
{
	bool is_done[BUSY] = { false };
	size_t left = cnt;

	while (left) {
		for (size_t i = 0; i < cnt; i++) {
			if (is_done[i] || turn(p, &clients[i]))
				continue;
			is_done[i] = true;
			left--;
		}
	}
}

static void play(struct play *p, uint64_t packets)
{
	const struct shape *s = p->shape;

	p->wire.lost_percent = s->lost;
	p->wire.late_percent = s->late;
	p->clients = calloc(s->conns, sizeof(*p->clients));
	if (!p->clients)
		abort();
	talk_init(&p->talk, s->body, s->is_chunked);
	for (size_t at = 0; p->wire.packets < packets; at = at + BUSY < s->conns ? at + BUSY : 0)
		play_group(p, p->clients + at, s->conns - at < BUSY ? s->conns - at : BUSY);
	talk_fini(&p->talk);
	free(p->clients);
}

static void say(const char *name, const char *help)
{
	printf("  %-16s %s\n", name, help);
}

static int usage(void)
{
	puts("usage: traffic SHAPE COUNT >capture.pcap\n\nCOUNT packets of:");
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		say(shapes[i].name, shapes[i].help);
	puts("\nfloods, COUNT units of:");
	flood_names(say);
	return 2;
}

int main(int argc, char **argv)
{
	static struct play p;
	static char buffer[WRITE_BYTES];
	uint64_t count = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;

	if (!count || isatty(STDOUT_FILENO))
		return usage();
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	wire_begin(&p.wire);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (strcmp(shapes[i].name, argv[1]) == 0)
			p.shape = &shapes[i];
	if (p.shape)
		play(&p, count);
	else if (!flood_write(&p.wire, argv[1], count))
		return usage();
	if (wire_end(&p.wire)) {
		perror("traffic");
		return 1;
	}
	return 0;
}
