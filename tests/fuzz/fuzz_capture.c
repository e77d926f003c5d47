/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Any bytes as a capture file. Whatever they are, a regular file and a pipe that gives
 * them in small pieces say the same; lengths are within their limits; every byte of a
 * packet can be read; and the end is told once and for all.
 */
#include <stdlib.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/names.h"
#include "capture/file.h"
#include "capture/source.h"
#include "support/memfile.h"

#define INPUT_MAX 65536
/* A few bytes of zstd can be gigabytes of packets; this many show what there is to see. */
#define PACKETS_MAX 10000

static void must(bool fact)
{
	if (!fact)
		abort();
}

static uint64_t mix_packet(uint64_t sum, const struct packet *p)
{
	must(p->caplen <= CAPTURE_PACKET_MAX && p->caplen <= p->len);
	must(p->source && p->data);
	sum = hash_bytes(p->data, p->caplen, sum);
	sum = hash_bytes(&p->len, sizeof(p->len), sum);
	sum = hash_bytes(&p->link, sizeof(p->link), sum);
	return hash_bytes(&p->time_ns, sizeof(p->time_ns), sum);
}

/* Everything that the file says, as one number. */
static uint64_t read_all(const char *path)
{
	struct names *names = names_new();
	struct source *s = NULL;
	char why[256] = "";
	uint64_t sum = 0;
	enum source_status status = SOURCE_PACKET;
	struct packet p;
	int err = file_open(path, names, NULL, &s, why, sizeof(why));

	if (err) {
		must(!s && why[0] && !strchr(why, '\n'));
		names_free(names);
		return hash_bytes(why, strlen(why), 0);
	}
	for (unsigned n = 0; n < PACKETS_MAX && status == SOURCE_PACKET; n++) {
		status = source_next(s, &p);
		if (status == SOURCE_PACKET)
			sum = mix_packet(sum, &p);
	}
	if (status != SOURCE_PACKET) {
		must(source_next(s, &p) == status);
		must((status == SOURCE_DAMAGED) == (s->message[0] != '\0'));
		must(!strchr(s->message, '\n'));
	}
	/* How near a decompressor comes to the wrong byte depends on the pieces it was given. */
	if (!strstr(s->message, "near byte"))
		sum = hash_bytes(s->message, strlen(s->message), sum);
	source_close(s);
	names_free(names);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memfile file, pipe;

	if (size > INPUT_MAX)
		return 0;
	file = memfile_make(span_make(data, size));
	pipe = memfile_pipe(span_make(data, size), MEMFILE_PIECES);
	must(read_all(file.path) == read_all(pipe.path));
	memfile_close(&file);
	memfile_close(&pipe);
	return 0;
}
