/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * limits: every cap in the core, with its reason. What is cut by a cap is counted
 * by the layer that cut it.
 *
 * They bound the memory of the program, whatever comes: connections take 270 MB, and 340 MB more
 * when each is in the middle of something; HTTP/2's tables 290 MB, waiting requests and half-read
 * heads 140 MB, early segments 35 MB, and what the judge remembers 40 MB.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define NS_PER_S 1000000000ull

/* lanes */

/* More than the processors that one memory feeds; each lane costs its tables and a ring. */
#define LANES_MAX 64
/* Captures smaller than this, all together, are read before threads would have begun. */
#define LANES_FILE_MIN (8u << 20)
/* Bytes of files read at a time for the lanes, and how many such batches a lane may be behind. One
 * that is slowed down for a moment does not hold up the others, and all batches stay in a cache
 * that processors share. */
#define FEED_BYTES   (256u << 10)
#define FEED_BATCHES 16
/* Who finds nothing to do waits for so many, so that threads do not wake each other for each. */
#define FEED_WAIT 4
/* Bytes of exchanges on their way from a lane to the judge: two of the longest at least. Live,
 * lanes know nothing of each other's time for up to CAPTURE_IDLE_MS and CAPTURE_LAG_NS: at 50,000
 * exchanges a second so many bytes wait meanwhile. */
#define LANES_RING (8u << 20)
/* A lane that reads files and finds no room looks again after so long, and the judge that finds
 * nothing to judge does: less than it takes to fill a ring, or to empty one. */
#define LANES_WAIT_NS (NS_PER_S / 10000)
#define LANES_WAIT_MS 1

/* base */

/* Different strings kept for the run (interface and file names). Real captures name a few
 * dozen; a made-up one could name millions. */
#define NAMES_MAX 16384

/* capture */

/* Bytes of one packet. libpcap's largest snapshot length is 256 KiB for networks, a segment
 * merged by the kernel (BIG TCP) can be 512 KiB; 16 MiB leaves room, and a length beyond it
 * is damage, not a packet. */
#define CAPTURE_PACKET_MAX (16u << 20)
/* Bytes of one pcapng block that is read whole: a packet and 64 KiB of options, which is the
 * longest that one option can be. Blocks that are only skipped may be longer. */
#define CAPTURE_BLOCK_MAX (CAPTURE_PACKET_MAX + (64u << 10))
/* Interfaces of one pcapng section; a host has hundreds at the most. 4 MB. */
#define CAPTURE_INTERFACES_MAX 65536
/* Bytes of an interface's name that are kept; Linux has 15, Windows' GUID names 50. */
#define CAPTURE_NAME_MAX 255
/* Bytes read at a time: they fit in the second-level cache, so that the copy out of the page
 * cache is still there when the packets are looked at. Smaller ones cost more system calls. */
#define CAPTURE_WINDOW (1u << 20)
/* Bytes of compressed input read at a time. */
#define CAPTURE_RAW (64u << 10)

/* The kernel hands over a block of its ring when it is full, or after so long. Shorter ones wake
 * the program more often; findings need not be faster. */
#define CAPTURE_BLOCK_MS 20
/* The kernel's ring for an interface, in KiB. With bodies cut, 8 MiB lost nothing at 0.7 million
 * packets a second; with bodies, 32 MiB lost at most 0.14 % at 5.6 Gbit/s, 8 MiB 0.5 %. */
#define CAPTURE_RING_CUT_KIB (8u << 10)
#define CAPTURE_RING_KIB     (32u << 10)
/* Bytes kept of a packet unless asked otherwise: as tcpdump, more than any merged segment. */
#define CAPTURE_SNAPLEN 262144
/* Of several interfaces, the one that is silent may still hold packets as old as this: a block's
 * time, rounded up to the kernel's clock, which ticks 100 times a second at the least. The others'
 * packets wait in their rings meanwhile, so more would cost room there. */
#define CAPTURE_LAG_NS (40 * NS_PER_S / 1000)
/* Live, the caller hears so often at least that nothing came. */
#define CAPTURE_IDLE_MS 100
/* Interfaces are looked at so often, for those that went down or came back. */
#define CAPTURE_LOOK_NS (NS_PER_S / 2)
/* At the end, packets that arrived before it are waited for no longer than this. */
#define CAPTURE_FINISH_NS (2 * NS_PER_S)

/* probe */

/* Executable files have a dozen segments and some dozens of sections' names; tools that keep one
 * section for each function exist. */
#define ELF_SEGMENTS_MAX 128
#define ELF_NAMES_MAX    (4u << 20)
/* Bytes of a section that are read: the symbols' names of a browser with debugging are less. */
#define ELF_SECTION_MAX (256u << 20)
/* The longest text that is searched for in a section. */
#define ELF_TEXT_MAX 64
/* Processes and files are looked at again so often. Reading the maps of 200 processes takes 10 ms.
 */
#define PROBE_SCAN_MS 2000
/* Files remembered, whether they are probed or not: a host runs some hundred different programs,
 * but a build server makes new ones all the time. What comes beyond is not probed, which is said.
 */
#define PROBE_FILES_MAX 16384
/* Probes on one file, and files probed: each takes a descriptor. */
#define PROBE_LINKS_MAX 4096
/* TLS connections followed at a time. */
#define PROBE_CONNECTIONS_MAX (64u << 10)
/* Pairs of addresses that were seen in a process, a power of 2, and how long that is remembered: a
 * client reads a response at once, or after some timeout of its own. 1 MB. */
#define TWINS_MAX (64u << 10)
#define TWINS_NS  (60 * NS_PER_S)
/* The ring of the probes is looked at so often: it holds some tenths of a second's worth. */
#define PROBE_LOOK_MS 20

/* net */

/* Headers walked in one packet: three VLAN tags, MPLS, and two nested tunnels need 14. */
#define NET_LAYERS_MAX 24

/* IP datagrams under reassembly at a time, and the bytes held for them: Linux keeps 4 MB. */
#define NET_FRAG_DATAGRAMS_MAX 1024
#define NET_FRAG_HELD_MAX      (4u << 20)
/* An IPv4 datagram's largest payload, and IPv6's without a jumbo option (RFC 8200, 4.5). */
#define NET_FRAG_BYTES_MAX 65535
/* RFC 8200, 4.5: 60 s. Linux waits 30 s for IPv4. */
#define NET_FRAG_TIMEOUT_NS (60 * NS_PER_S)
/* For so long a finished datagram's fragments are taken for a mirror's copies, which come within
 * milliseconds. A busy host wraps IPv4's 16-bit identification in about a second. */
#define NET_FRAG_DONE_NS (NS_PER_S / 10)

/* Files may claim any time. No clock goes further than this (the year 2262), so that what is added
 * to it does not overflow, and connections end behind it. */
#define NET_TIME_MAX ((uint64_t)INT64_MAX)
/* Connections followed at a time. 1 M of them fit in 400 MB. */
#define NET_FLOWS_MAX (1u << 20)
/* An idle connection is closed after this long: above the 350 s of cloud balancers, below
 * RFC 5382's 2 h, since a keep-alive connection idle for so long will not tell more. */
#define NET_FLOW_IDLE_NS (600 * NS_PER_S)
/* A connection that only ever showed SYNs: Linux gives up after 127 s of SYN retries. */
#define NET_FLOW_SYN_NS (130 * NS_PER_S)
/* After both FINs, or an RST: late duplicates come within the maximum segment lifetime. */
#define NET_FLOW_CLOSED_NS (30 * NS_PER_S)
/* A second of silence confirms an RST: data in flight towards its sender comes within a round
 * trip, and an RST that was forged or ignored does not stop the data. */
#define NET_RESET_NS NS_PER_S
/* An RST further from the sequence number that is wanted is ignored by its receiver
 * (RFC 5961, 3.2); as far as the capture may have missed some segments before it. */
#define NET_RESET_WINDOW (1u << 20)
/* Segments in a row with numbers from elsewhere: the ports were used again, and the SYN was not
 * captured. Fewer could be strays of an attacker or of an old connection. */
#define NET_STRAYS_MAX 4
/* Flows looked at to find one that is idle, when the table is full. */
#define NET_EVICT_TRIES 16
/* Early bytes held for one connection: a receive window of ordinary size. */
#define NET_HOLD_FLOW_MAX (1u << 20)
/* Early bytes held in all. */
#define NET_HOLD_TOTAL_MAX (32u << 20)
/* A segment further ahead than the largest window (RFC 7323, 2.3) is not of this stream. */
#define NET_WINDOW_MAX (1u << 30)
/* A hole that the receiver has acknowledged was lost by the capture, not by the network. It is
 * given up after so many more segments of the connection, or so much time: capture queues
 * reorder by a few packets at the most. */
#define NET_GAP_SEGMENTS 16
#define NET_GAP_ACKED_NS (NS_PER_S / 5)
/* A hole that nobody acknowledged (one direction captured): a sender's retransmissions come
 * within seconds (RFC 6298). */
#define NET_GAP_AGE_NS (5 * NS_PER_S)

/* QUIC connections that are told apart at a time. They are counted and nothing else, so that one
 * too many does no harm. 32 KiB. */
#define NET_QUIC_MET 4096

/* tls */

/* Connections whose secrets are kept, the latest: 22 MB. A browser makes a few hundred in a day. */
#define TLS_KEYS_MAX 65536
/* Connections decrypted at a time; each takes about 3 KB, most of it the library's. */
#define TLS_CONNECTIONS_MAX 65536
/* Bytes of a hello that are kept: with post-quantum keys and padding 2 KB, a ticket may add 64 KiB
 * at the most, and servers refuse hellos of 16 KiB and beyond (OpenSSL: 128 KiB). */
#define TLS_HELLO_MAX (16u << 10)
/* Records that are put together or wait, at a time, of 18 KiB each; and how many such buffers are
 * kept for use again. */
#define TLS_BUFFERS_MAX      4096
#define TLS_BUFFERS_FREE_MAX 64
/* Bytes of records that wait until it is known how to read them, of a connection and in all:
 * servers accept 16 KiB of early data. */
#define TLS_WAITING_MAX       (32u << 10)
#define TLS_WAITING_TOTAL_MAX (32u << 20)
/* After a hole, a record is tried with so many sequence numbers, but no more bytes than this are
 * decrypted for one record: 1024 short records or 4 MB of long ones may be missing. */
#define TLS_SEEK_RECORDS 1024
#define TLS_SEEK_BYTES   (4u << 20)
/* The same, of records before the first that carries data: a handshake has a handful. */
#define TLS_SEEK_HANDSHAKE 16
/* Records that fit no number before a direction is given up. What only looks like a record comes
 * once in 16 MB. */
#define TLS_SEEK_FAILS_MAX 64
/* Records for which a direction's missing key is looked up again, should it be logged late. */
#define TLS_LOOKS_MAX 8

/* http */

/* A header block: Chromium's own limit for responses is 256 KiB, servers' are lower. */
#define HTTP_HEAD_MAX (256u << 10)
/* Field lines kept of one message; a server's limit is 100 to 200 for all lines. */
#define HTTP_FIELDS_MAX 128
/* Bytes of a field name that is remembered to be expected again, with its colon: the longest that
 * is read has 39, and browsers send none that is longer. */
#define HTTP_HABIT_NAME_MAX 58
/* How many of those that nobody reads: a browser and the servers of a site send some dozens. With
 * the others, 9 KB for each lane. */
#define HTTP_HABIT_OTHERS 64
/* Bytes kept of one field value; the longest that the judge reads in full is a Vary or an
 * Access-Control-Allow-Headers list. Longer ones are kept in part and marked. */
#define HTTP_VALUE_MAX 8192
/* Request target kept; RFC 9110, 4.1 recommends support for 8000 octets. */
#define HTTP_TARGET_MAX 8192
/* A method; the longest registered one, UPDATEREDIRECTREF, has 17 letters. It bounds how much of
 * a connection is looked at before it is known to be no HTTP. */
#define HTTP_METHOD_MAX 32
/* Requests waiting for a response on one connection. */
#define HTTP_PIPELINE_MAX 256
/* Bytes of half-read header blocks and waiting requests in all. */
#define HTTP_HELD_TOTAL_MAX (128u << 20)
/* When less than this is left of them, the connection that has been busy for the longest gives way:
 * whoever fills them must not keep the others out. One chunk never takes as much. */
#define HTTP_HELD_ROOM (2u << 20)
/* Busy connections looked at, for one that holds something, at each chunk. */
#define HTTP_SHED_TRIES 16
/* Blocks of each size that are kept for reuse; enough for what a burst has in flight at once. */
#define HTTP_POOL_FREE_MAX 256
/* Requests of one HTTP/2 connection that wait: servers allow 100 to 256 streams at a time. */
#define HTTP_STREAMS_MAX 1024
/* The largest dynamic table that a peer of HTTP/2 may use; browsers allow 64 KiB. */
#define HTTP_TABLE_MAX (1u << 20)
/* The table for a direction that was joined in the middle, whose size nobody can know. */
#define HTTP_TABLE_JOINED (64u << 10)
/* Bytes of all dynamic tables. A connection takes about 3 KiB, and 25 KiB when both its tables
 * are full at their usual size of 4 KiB. */
#define HTTP_TABLES_TOTAL_MAX (256u << 20)

/* cors */

/* Resources and policies remembered; the oldest are forgotten first. */
#define CORS_RESOURCES_MAX 65536
#define CORS_POLICIES_MAX  4096
/* Preflights waiting to be joined with their actual request. */
#define CORS_PREFLIGHTS_MAX 16384
/* Causes grouped at a time; what comes beyond is counted under its rule alone. */
#define CORS_CAUSES_MAX 4096
/* Findings of one exchange: a block, its not-CORS cause, caches and policies. */
#define CORS_FINDINGS_MAX 12
/* Bytes of a value that was joined from several lines. Such a value never passes the CORS
 * check, whatever it holds, so that a part is enough to tell people. */
#define CORS_JOINED_MAX 512
/* Origins and header lists that the memories refer to, and the longest kept of them: a host
 * name is at most 253 characters (RFC 1035, 2.3.4), and the rest is told as forgotten. */
#define CORS_NAMES_MAX 16384
#define CORS_NAME_MAX  231
/* Exchanges that are kept for the leg in front of a proxy: those that end while it is open. */
#define CORS_LEGS_MAX 4096
/* Exchanges by which a report that cannot unsay is behind: as many as legs are kept. */
#define LATER_EXCHANGES CORS_LEGS_MAX
/* And their bytes, which whoever sends long heads chooses: some ten times the usual. */
#define LATER_BYTES_MAX (64u << 20)
/* Endpoints (host, path, origin) whose last success is remembered, to tell what changed. */
#define CORS_ENDPOINTS_MAX 16384
/* Redirects whose next request is awaited, and for how long: a browser follows at once. */
#define CORS_REDIRECTS_MAX 1024
#define CORS_REDIRECT_NS   (30 * NS_PER_S)
/* A preflight's permission lives no longer than this in Chromium (Gecko: 24 hours). */
#define CORS_PREFLIGHT_NS (7200 * NS_PER_S)
/* A browser that may send the actual request does so at once; servers answer within this. */
#define CORS_ACTUAL_WAIT_NS (1 * NS_PER_S)
/* Origins kept of one host's policy; the rest is counted. */
#define CORS_POLICY_ORIGINS_MAX 8
/* Bytes of one sample of a cause: an origin, or a method and a path. */
#define CORS_SAMPLE_MAX 256
/* Text of a cause: details are a few sentences, a fix is a page at the most. */
#define CORS_TEXT_MAX 8192

/* report */

/* Causes of one baseline file: many runs' worth of CORS_CAUSES_MAX. */
#define BASELINE_CAUSES_MAX (1u << 20)
/* Packets that are held because an exchange with findings may still name them (--evidence): 64 MiB
 * are a second of a busy server, and minutes of one whose bodies are cut in the kernel. */
#define EVIDENCE_BYTES    (64u << 20)
#define EVIDENCE_HELD_MAX (1u << 18)
/* Packets that a second reading looks for: 24 MiB; and those between the first and the last packet
 * of one head, of all connections. */
#define EVIDENCE_PACKETS_MAX      (1u << 20)
#define EVIDENCE_HEAD_PACKETS_MAX 4096
/* A file of metrics is replaced so often: as often as it is scraped, by default. */
#define METRICS_FILE_NS (15 * NS_PER_S)
/* Exchanges with findings in one transaction of a store: more do not make it faster; and a live
 * capture's are committed so often. */
#define STORE_BATCH     4096
#define STORE_COMMIT_NS NS_PER_S
/* Counters and policies go into a store so often, by the traffic's time; and what is too old goes
 * out of it. */
#define STORE_TELL_NS  (60 * NS_PER_S)
#define STORE_PRUNE_NS (600 * NS_PER_S)
/* Counters of a store that are read back: ten times as many as there are. */
#define STORE_COUNTERS_MAX 2048
/* Bytes of the examples that a report keeps until its end, one for each cause: a few KB each when
 * nobody sends long headers on purpose. */
#define EXAMPLES_BYTES_MAX (32u << 20)

/* Values of a label taken from the wire (--metrics-label) that get a series of their own. The
 * Prometheus guide calls more than 100 too many for one metric; the user may ask for less. */
#define METRICS_LABEL_VALUES_MAX 100
/* Values that are watched for each of those, so that a frequent one is found among rare ones. */
#define METRICS_LABEL_WATCHED 8
/* So often must one be met before it gets its series: whoever sends made-up values, sends each
 * once. */
#define METRICS_LABEL_SIGHTINGS 16
/* Bytes of such a value: OpenMetrics' limit for an exemplar, and longer than honest origins. */
#define METRICS_LABEL_VALUE_MAX 128

/* Steps of the dashboard's time axis: as many as a phone has room for; 0.5 KB for each cause. */
#define BOARD_STEPS 120
/* The first length of a step: two seconds fit, and doubled six times it is a second. */
#define BOARD_STEP_MIN_NS (NS_PER_S / 64)
/* A live run's axis ends at four hours; then it goes on with the clock. */
#define BOARD_LIVE_STEP_NS (128 * NS_PER_S)
/* Causes and policies shown, the worst and the busiest first; more than anybody reads. */
#define BOARD_CAUSES_MAX   512
#define BOARD_POLICIES_MAX 512
/* The latest cache conflicts; an older one still has its cause. */
#define BOARD_CONFLICTS_MAX 64
/* Bytes of one exchange that is kept as JSON for its cause: one with the longest values that the
 * judge reads in full (HTTP_VALUE_MAX); and of all of them. */
#define BOARD_EXAMPLE_MAX  (64u << 10)
#define BOARD_EXAMPLES_MAX (16u << 20)
/* The page and the metrics are brought up to date so often. */
#define BOARD_TELL_NS NS_PER_S

/* web */

/* Connections to one address of --listen: a few people, a few monitors, and room. */
#define WEB_CONNECTIONS_MAX 128
/* Of them, those that wait for events; the others must stay free for metrics. */
#define WEB_EVENTS_MAX 32
/* Seconds of silence after which a connection is closed; one that waits for events hears
 * something more often. */
#define WEB_TIMEOUT_S 30
#define WEB_BEAT_NS   (10 * NS_PER_S)
/* Bytes that one request's head may take. */
#define WEB_REQUEST_MAX (16u << 10)
/* Bytes of a web configuration, and of a certificate or key file; real ones have a few KB. */
#define WEB_FILE_MAX (1u << 20)
/* Users of a web configuration; whoever has more puts a proxy in front. */
#define WEB_USERS_MAX 64
/* Logins whose password was found right; bcrypt takes a tenth of a second, and browsers and
 * monitors send the password with every request. */
#define WEB_LOGINS_MAX 16
/* Bytes of "user:password". bcrypt itself reads 72 of the password. */
#define WEB_LOGIN_CAP 256
/* Certificate files are looked at so often for a change. */
#define WEB_CERTIFICATE_LOOK_NS NS_PER_S

#endif
