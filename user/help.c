/* SPDX-License-Identifier: BSD-2-Clause */
#include "help.h"

#include <errno.h>

#include "capture/versions.h"
#include "options.h"
#include "report/store.h"
#include "tls/tls.h"
#include "web/server.h"

static const char usage[] = "usage: cors-sniff -i INTERFACE [options] [capture filter]\n"
			    "       cors-sniff --tls[=WHO] [options]\n"
			    "       cors-sniff -r FILE [options] [capture filter]\n"
			    "       cors-sniff --from-store STORE [options]\n"
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
	"                      its bytes; connections of QUIC are counted on any port. Default: "
	"any\n"
	"                      with -r; with -i\n"
	"                      " OPTIONS_LIVE_PORTS "\n"
	"  --keylog FILE       read TLS 1.2 and 1.3 with the secrets in FILE, as SSLKEYLOGFILE "
	"makes\n"
	"                      browsers, curl and others write them; with -i it may grow "
	"meanwhile, "
	"443\n"
	"                      and 8443 are followed too, and the kernel cuts no bodies. Secrets "
	"inside a\n"
	"                      pcapng file are used without being asked for\n"
	"  capture filter      what follows the options, as tcpdump takes it, quoted or not\n"
	"  -c, --count N       stop after N exchanges\n"
	"  --duration TIME     stop after so many seconds, or 10m, 2h, 1d\n"
	"  -j, --lanes N       follow connections in N threads; the report is the same. Default: "
	"of\n"
	"                      large captures as many as pay, else 1\n"
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
	"  --format FORM       text, json (lines: an object an exchange, causes, one summary), "
	"har,\n"
	"                      sarif, junit or csv; --json is short for json\n"
	"  --also FORM:FILE    another report beside it; may be given several times\n"
	"  --findings-only     of the exchanges in json, har and csv, only those with findings\n"
	"  --summary-only      nothing but the summary\n"
	"  -q, --quiet         no summary\n"
	"  --platform NAME     write fixes for this server, not for the one that is recognised\n"
	"  --color WHEN        auto, always or never; auto heeds NO_COLOR and CLICOLOR_FORCE\n"
	"  --no-progress       no progress bar (there is none unless stderr is a terminal)\n"
	"  --fail-on SEVERITY  exit with 1 when there are findings of info, warning or error, or "
	"worse\n"
	"  --baseline FILE     ... whose cause is not in FILE; --write-baseline FILE writes one\n"
	"  --report FILE.html  the dashboard with all its data as one page, for reading and "
	"mailing\n"
	"  --evidence FILE     only the packets of exchanges with findings, as pcapng, each with "
	"a\n"
	"                      comment that names verdict and rules\n"
	"  --metrics-file FILE metrics for a textfile collector, replaced as a whole\n"
	"\n"
	"History\n"
	"  --store STORE       keep findings in a file, or sqlite:FILE: exchanges with findings, "
	"causes,\n"
	"                      policies, and how many exchanges there were\n"
	"  --store-keep TIME   take out what is older than the newest by more than 30d, 12h, ...\n"
	"  --store-size SIZE   take out the oldest when it would be larger than 500M, 2G, ...\n"
	"  --from-store STORE  report from there, in any form\n"
	"  --since, --until TIME\n"
	"                      ... 2026-11-23T14:00:00Z, 2026-11-23, or 2h or 7d ago\n"
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
	"  cors-sniff -r test-run.pcap --fail-on error --baseline known.txt --also "
	"sarif:cors.sarif\n"
	"  cors-sniff --from-store /var/lib/cors-sniff/history.db --since 24h\n"
	"  cors-sniff -r api.pcap --listen :8123 --replay-speed 1\n"
	"\n"
	"Signals\n"
	"  SIGINT and SIGTERM end with the report, a second one at once; SIGUSR1 prints statistics "
	"to\n"
	"  standard error; SIGHUP opens the files of -w and -o anew when they were moved away, "
	"and\n"
	"  does not end a server that has no terminal.\n"
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
	if (!err &&
	    fprintf(file, "libcrypto %s\nsqlite %s\nlibmicrohttpd %s\n", tls_library_version(),
		    store_library_version(), server_library_version()) < 0)
		return errno ? -errno : -EIO;
	return err ? err : print(file, "");
}
