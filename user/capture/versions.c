/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/versions.h"

#include <pcap/pcap.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

void versions_get(struct library out[static CAPTURE_LIBRARIES])
{
	static const char prefix[] = "libpcap version ";
	const char *pcap = pcap_lib_version();

	/* libpcap's sentence begins with its name, which the caller prints itself. */
	if (strncmp(pcap, prefix, sizeof(prefix) - 1) == 0)
		pcap += sizeof(prefix) - 1;
	out[0] = (struct library){ "libpcap", pcap };
	out[1] = (struct library){ "zlib", zlibVersion() };
	out[2] = (struct library){ "zstd", ZSTD_versionString() };
}
