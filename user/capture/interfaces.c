/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/interfaces.h"

#include <errno.h>
#include <pcap.h>
#include <stdbool.h>

/* " [Up, Running, Loopback]"; nothing when no flag is set. */
static void print_flags(FILE *file, bpf_u_int32 flags)
{
	static const struct {
		bpf_u_int32 bit;
		const char *word;
	} words[] = {
		{ PCAP_IF_UP, "Up" },
		{ PCAP_IF_RUNNING, "Running" },
		{ PCAP_IF_LOOPBACK, "Loopback" },
		{ PCAP_IF_WIRELESS, "Wireless" },
	};
	bool has_word = false;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!(flags & words[i].bit))
			continue;
		(void)fprintf(file, "%s%s", has_word ? ", " : " [", words[i].word);
		has_word = true;
	}
	if (has_word)
		(void)fputc(']', file);
}

int interfaces_print(FILE *file, char *why, size_t why_cap)
{
	char text[PCAP_ERRBUF_SIZE];
	pcap_if_t *all;
	unsigned number = 0;

	if (pcap_findalldevs(&all, text) != 0) {
		(void)snprintf(why, why_cap, "interfaces cannot be listed: %s", text);
		return -EIO;
	}
	for (const pcap_if_t *i = all; i; i = i->next) {
		(void)fprintf(file, "%u.%s", ++number, i->name);
		if (i->description)
			(void)fprintf(file, " (%s)", i->description);
		print_flags(file, i->flags);
		(void)fputc('\n', file);
	}
	pcap_freealldevs(all);
	return fflush(file) == 0 ? 0 : -errno;
}
