/* SPDX-License-Identifier: BSD-2-Clause */
#include "help.h"

#include <errno.h>

#include "capture/versions.h"
#include "options.h"

static const char usage[] = "usage: cors-sniff -i INTERFACE [options] [capture filter]\n"
			    "       cors-sniff --tls[=WHO] [options]\n"
			    "       cors-sniff -r FILE [options] [capture filter]\n"
			    "       cors-sniff --help\n";

static const char help[] =
	"Captures, or reads captures, and tells which CORS requests a browser blocks, and why.\n"
	"\n"
	"Input\n"
	"  -i INTERFACE        capture on it, or on any; may be given several times. -D lists "
	"them\n"
	"  -r FILE             read a capture: pcap or pcapng, plain, gzip or zstd; '-' is "
	"standard\n"
	"                      input; may be given several times\n"
	"  --tls[=WHO]         look inside TLS on this machine, with or without -i: what programs "
	"give to\n"
	"                      OpenSSL, GnuTLS and Go's crypto/tls, and get from them, as root. "
	"WHO "
	"is a\n"
	"                      process id, a program's name, or the path of a program or library\n"
	"  --port LIST         only these TCP ports: 80,8080,8000-8010, or any. HTTP is recognised "
	"by\n"
	"                      its bytes. Default: any with -r; with -i\n"
	"                      " OPTIONS_LIVE_PORTS "\n"
	"  capture filter      what follows the options, as tcpdump takes it, quoted or not\n"
	"  -c, --count N       stop after N exchanges\n"
	"  --duration TIME     stop after so many seconds, or 10m, 2h, 1d\n"
	"\n"
	"Capturing (as root, or with CAP_NET_RAW, and CAP_BPF and CAP_PERFMON for eBPF)\n"
	"  -s BYTES            keep so much of each packet (default 262144: all)\n"
	"  -B KIB              size of the kernel's buffer for an interface (default 8192 where "
	"the\n"
	"                      kernel cuts bodies, else 32768)\n"
	"  --promisc           also what is not for this host (-p: not, which is the default)\n"
	"  --no-body-cut       bring bodies up from the kernel, too\n"
	"  --no-ebpf           filter by classic BPF\n"
	"  -Z USER             become USER once the interfaces are open; by default root becomes "
	"who\n"
	"                      called sudo, else nobody. Files are written as USER\n"
	"  -w FILE             keep the packets in FILE, as pcapng; -C, -G and -W rotate it as "
	"they\n"
	"                      do for tcpdump\n"
	"\n"
	"Output\n"
	"  -o FILE             findings to FILE, not to standard output\n"
	"  --json              JSON lines: one object an exchange, causes, one summary\n"
	"  --findings-only     with --json: of the exchanges, only those with findings\n"
	"  --summary-only      nothing but the summary\n"
	"  -q, --quiet         no summary\n"
	"  --platform NAME     write fixes for this server, not for the one that is recognised\n"
	"  --color WHEN        auto, always or never; auto heeds NO_COLOR and CLICOLOR_FORCE\n"
	"  --no-progress       no progress bar (there is none unless stderr is a terminal)\n"
	"  --fail-on SEVERITY  exit with 1 when there are findings of info, warning or error, or "
	"worse\n"
	"  --report FILE.html  the dashboard with all its data as one page, for reading and "
	"mailing\n"
	"\n"
	"Dashboard and metrics\n"
	"  --listen ADDR       serve them over HTTP: :PORT (this host only), HOST:PORT, "
	"[::1]:PORT; "
	"may\n"
	"                      be given several times. With -r it goes on after the read, until a "
	"signal.\n"
	"                      / is the dashboard, /metrics for Prometheus, /api lists the rest\n"
	"  --web-config FILE   TLS and passwords, in the form of Prometheus' exporters; read anew "
	"when\n"
	"                      it or a certificate changes\n"
	"  --metrics-label LABEL:N\n"
	"                      count CORS requests by origin, host or path, too: the N most "
	"frequent\n"
	"                      ones, and all others together\n"
	"  --replay-speed X    read captures as slowly as they came (1), or X times as fast\n"
	"\n"
	"Help\n"
	"  --list-rules        everything that can be found\n"
	"  --explain RULE      all about one of them\n"
	"  --version           versions of the program and its libraries\n"
	"\n"
	"Examples\n"
	"  sudo cors-sniff -i eth0\n"
	"  sudo cors-sniff --tls=nginx\n"
	"  cors-sniff -r api.pcap\n"
	"  cors-sniff -r monday.pcapng.gz -r tuesday.pcapng.gz host 192.0.2.7 and tcp port 8080\n"
	"  tcpdump -i any -s 0 -w - tcp port 80 | cors-sniff -r -\n"
	"  cors-sniff -r api.pcap --json --findings-only | jq 'select(.type == \"exchange\")'\n"
	"  cors-sniff -r test-run.pcap --fail-on error --platform nginx\n"
	"  cors-sniff -r api.pcap --listen :8123 --replay-speed 1\n"
	"\n"
	"Signals\n"
	"  SIGINT and SIGTERM end with the report, a second one at once; SIGUSR1 prints statistics "
	"to\n"
	"  standard error; SIGHUP opens the files of -w and -o anew when they were moved away.\n"
	"\n"
	"Exit codes\n"
	"  0  read to the end\n"
	"  1  findings as bad as --fail-on says\n"
	"  2  wrong usage\n"
	"  3  an input cannot be opened, or the output cannot be written\n"
	"  4  an input is damaged; what comes before the damage was reported\n"
	"  When several apply, 3 goes before 4 and 4 before 1: of an input that was not read to "
	"its\n"
	"  end, nobody knows all findings. Data goes to stdout, everything else to stderr.\n";

static int print(FILE *file, const char *text)
{
	if (fputs(text, file) == EOF || fflush(file) != 0)
		return errno ? -errno : -EIO;
	return 0;
}

int help_print(FILE *file)
{
	int err = print(file, usage);

	return err ? err : print(file, help);
}

int help_print_usage(FILE *file)
{
	return print(file, usage);
}

int help_print_version(FILE *file)
{
	struct library libraries[CAPTURE_LIBRARIES];
	int err = print(file, "cors-sniff " VERSION "\n");

	versions_get(libraries);
	for (unsigned i = 0; i < CAPTURE_LIBRARIES && !err; i++) {
		if (fprintf(file, "%s %s\n", libraries[i].name, libraries[i].version) < 0)
			return errno ? -errno : -EIO;
	}
	return err ? err : print(file, "");
}
