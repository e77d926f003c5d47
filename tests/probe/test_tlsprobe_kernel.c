/* SPDX-License-Identifier: BSD-2-Clause */

/* The programs in the kernel, on functions of this program that behave like a TLS library's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probe/tlsprobe.h"

/* Built without eBPF, there is nothing to test but the refusal. */
#if __has_include(<tlsprobe.skel.h>)
#include <tlsprobe.skel.h>

#include "support/loaded.h"
#endif

#ifdef __clang__ /* which clones nothing */
#define LIBRARY __attribute__((noinline, used))
#else
#define LIBRARY __attribute__((noinline, noclone, used))
#endif

/* What the library's functions do when they are called; each thread has its own. */
struct script {
	int result;      /* what they return, or store */
	int socket;      /* that they use, or -1 */
	int depth;       /* calls of themselves inside */
	void *inner;     /* on this object; NULL: the same */
	jmp_buf *escape; /* leave by it */
};
static _Thread_local struct script script = { .socket = -1 };

int library_write(void *object, const void *data, int len);
int library_read(void *object, void *data, int len);
int library_write_stored(void *object, const void *data, size_t len, size_t *written);
void *library_new(void *object);
void library_free(void *object);
int library_set_fd(void *object, int fd);

static void play(void *object, const void *data, int len)
{
	if (script.socket >= 0)
		assert_int_equal(send(script.socket, "x", 1, 0), 1);
	if (script.depth-- > 0)
		(void)library_write(script.inner ? script.inner : object, data, len);
	if (script.escape)
		longjmp(*script.escape, 1);
}

LIBRARY int library_write(void *object, const void *data, int len)
{
	play(object, data, len);
	__asm__ volatile("" ::: "memory");
	return script.result ? script.result : len;
}

LIBRARY int library_read(void *object, void *data, int len)
{
	play(object, data, len);
	__asm__ volatile("" ::: "memory");
	return script.result ? script.result : len;
}

LIBRARY int library_write_stored(void *object, const void *data, size_t len, size_t *written)
{
	play(object, data, (int)len);
	*written = script.result ? (size_t)script.result : len;
	return 1;
}

LIBRARY void *library_new(void *object)
{
	__asm__ volatile("" ::: "memory");
	return object;
}

LIBRARY void library_free(void *object)
{
	__asm__ volatile("" ::"r"(object) : "memory");
}

LIBRARY int library_set_fd(void *object, int fd)
{
	__asm__ volatile("" ::"r"(object), "r"(fd) : "memory");
	return 1;
}

static const struct {
	const char *name;
	enum probe probe;
} functions[] = {
	{ "library_write", PROBE_WRITE },
	{ "library_write", PROBE_RETURN },
	{ "library_read", PROBE_READ },
	{ "library_read", PROBE_RETURN },
	{ "library_write_stored", PROBE_WRITE_STORED },
	{ "library_write_stored", PROBE_RETURN },
	{ "library_new", PROBE_NEW },
	{ "library_free", PROBE_FREE },
	{ "library_set_fd", PROBE_SET_FD },
};

static bool read_self(void *ctx, uint64_t off, void *to, size_t len)
{
	return pread(*(int *)ctx, to, len, (off_t)off) == (ssize_t)len;
}

/* This program as a target. */
static void target_self(struct target *t)
{
	int fd = open("/proc/self/exe", O_RDONLY);
	struct elf_input in = { read_self, &fd };
	struct elf *e;

	assert_int_equal(elf_open(&in, &e), ELF_OK);
	memset(t, 0, sizeof(*t));
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		struct elf_symbol s = { .name = functions[i].name };
		struct place *p = &t->places[t->places_cnt++];

		assert_int_equal(elf_symbols(e, &s, 1), 1);
		p->probe = functions[i].probe;
		assert_true(elf_code_off(e, s.addr, &p->off));
	}
	elf_close(e);
	close(fd);
}

/* What came of one direction of one object: for each byte whether and what. */
struct setting {
	struct tlsprobe *p;
	void *attached;
	uint64_t object; /* only of this one */
	char *seen[2];   /* at their positions, 0 where nothing came */
	uint64_t len[2]; /* the highest position */
	size_t events, ends;
	struct tls_event last;
};

#define SEEN_CAP (20u << 20)

static void on_event(void *ctx, const struct tls_event *e, struct span data)
{
	struct setting *s = ctx;
	unsigned dir = e->dir;

	assert_int_equal(e->key.pid, getpid());
	if (e->key.object != s->object)
		return;
	s->last = *e;
	if (e->kind == TLS_END) {
		s->ends++;
		return;
	}
	s->events++;
	assert_true(data.len > 0 && e->pos[dir] + data.len <= SEEN_CAP);
	assert_true(e->pos[dir] >= s->len[dir]);
	memcpy(s->seen[dir] + e->pos[dir], data.ptr, data.len);
	s->len[dir] = e->pos[dir] + data.len;
}

static struct setting *open_with(const struct tlsprobe_config *c)
{
	struct setting *s = calloc(1, sizeof(*s));
	struct target t;
	char why[256] = "";
	int err;

	assert_non_null(s);
	err = tlsprobe_open(c, &s->p, why, sizeof(why));
	if (err == -EPERM || err == -ENOSYS) {
		print_message("SKIP: %s; run: sudo make check\n", why);
		free(s);
		return NULL;
	}
	if (err)
		fail_msg("%s", why);
	target_self(&t);
	err = tlsprobe_attach(s->p, &t, "/proc/self/exe", getpid(), &s->attached);
	if (err)
		fail_msg("attach: %s", strerror(-err));
	s->seen[0] = calloc(1, SEEN_CAP);
	s->seen[1] = calloc(1, SEEN_CAP);
	assert_true(s->seen[0] && s->seen[1]);
	s->object = 1;
	script = (struct script){ .socket = -1 };
	return s;
}

static void close_all(struct setting *s)
{
	tlsprobe_detach(s->attached);
	tlsprobe_close(s->p);
	free(s->seen[0]);
	free(s->seen[1]);
	free(s);
}

#define OPEN_OR_SKIP(s, ...)                                                                       \
	struct setting *s = open_with(&(const struct tlsprobe_config){ __VA_ARGS__ });             \
	if (!s)                                                                                    \
	skip()

static struct tlsprobe_stats stats_of(struct setting *s)
{
	struct tlsprobe_stats n;

	assert_int_equal(tlsprobe_stats(s->p, &n), 0);
	assert_int_equal(n.bytes, n.passed_bytes + n.cut_bytes + n.ignored_bytes + n.lost_bytes +
					  n.long_bytes + n.fault_bytes);
	return n;
}

static void take(struct setting *s)
{
	(void)tlsprobe_read(s->p, on_event, s);
}

/* Another object's events from now on. */
static void follow(struct setting *s, uint64_t n)
{
	s->object = n;
	s->len[0] = s->len[1] = 0;
}

static void *object(uint64_t n)
{
	return (void *)(uintptr_t)n;
}

/* Bytes that differ from place to place, and are never 0 or the beginning of a start line. */
static char *pattern(size_t len)
{
	char *bytes = malloc(len + 1);

	assert_non_null(bytes);
	for (size_t i = 0; i < len; i++)
		bytes[i] = (char)(128 + (i * 7 + i / 251) % 127);
	return bytes;
}

static void every_size_comes_whole(void **state)
{
	static const int sizes[] = { 1,    2,     511,   512,   513,    4095,   4096,
				     4097, 16383, 16384, 16385, 100000, 1 << 20 };
	char *bytes = pattern(1 << 20);
	size_t at = 0;

	(void)state;
	OPEN_OR_SKIP(s, .body_cut = false);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		assert_int_equal(library_write(object(1), bytes, sizes[i]), sizes[i]);
		assert_int_equal(library_read(object(1), bytes, sizes[i]), sizes[i]);
		take(s);
		assert_int_equal(s->len[0], at + (size_t)sizes[i]);
		assert_memory_equal(s->seen[0] + at, bytes, (size_t)sizes[i]);
		assert_memory_equal(s->seen[1] + at, bytes, (size_t)sizes[i]);
		at += (size_t)sizes[i];
	}
	assert_int_equal(stats_of(s).lost_bytes, 0);
	assert_string_equal(s->last.command, "test_tlsprobe_k");
	close_all(s);
	free(bytes);
}

static void what_is_beyond_the_longest_call_is_counted(void **state)
{
	enum { LONGEST = TLS_EVENT_DATA * TLS_CALL_EVENTS };
	char *bytes = pattern(LONGEST + 100);

	(void)state;
	OPEN_OR_SKIP(s, .body_cut = false, .ring_bytes = 64 << 20);
	library_write(object(1), bytes, LONGEST + 100);
	library_write(object(1), "end", 3);
	take(s);
	assert_int_equal(s->len[0], LONGEST + 103);
	assert_int_equal(s->seen[0][LONGEST], 0);
	assert_memory_equal(s->seen[0] + LONGEST + 100, "end", 3);
	assert_int_equal(s->last.lost[0], 100);
	assert_int_equal(stats_of(s).long_bytes, 100);
	close_all(s);
	free(bytes);
}

static void only_what_a_call_says_it_carried_counts(void **state)
{
	size_t written;

	(void)state;
	OPEN_OR_SKIP(s, .body_cut = false);
	script.result = -1;
	library_read(object(1), (char[]){ "abcdef" }, 6);
	library_write(object(1), "abcdef", 6);
	take(s);
	assert_int_equal(s->events, 0);
	script.result = 3;
	library_read(object(1), (char[]){ "abcdef" }, 6);
	library_write_stored(object(1), "ghijkl", 6, &written);
	take(s);
	assert_string_equal(s->seen[1], "abc");
	assert_string_equal(s->seen[0], "ghi");
	close_all(s);
}

static void bodies_stay_in_the_kernel(void **state)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
	char *bytes = pattern(100000);

	(void)state;
	OPEN_OR_SKIP(s, .body_cut = true, .window = 1000);
	memcpy(bytes, head, sizeof(head) - 1);
	library_new(object(1));
	for (int i = 0; i < 3; i++) {
		library_write(object(1), bytes, 50000);
		library_write(object(1), bytes + 50000, 50000);
	}
	library_free(object(1));
	take(s);
	assert_int_equal(s->last.pos[0], 300000);
	assert_int_equal(s->last.lost[0], 0);
	assert_true(s->last.is_from_start);
	assert_int_equal(s->len[0], 201000);
	for (int i = 0; i < 3; i++)
		assert_memory_equal(s->seen[0] + i * 100000, bytes, 1000);
	assert_int_equal(s->seen[0][1000], 0);
	assert_int_equal(stats_of(s).passed_bytes, 3000);
	assert_int_equal(stats_of(s).cut_bytes, 297000);
	close_all(s);
	free(bytes);
}

static void calls_inside_each_other_count_once_for_one_object(void **state)
{
	(void)state;
	OPEN_OR_SKIP(s, .body_cut = false);
	script.depth = 2;
	library_write(object(1), "abc", 3);
	take(s);
	assert_string_equal(s->seen[0], "abc");
	/* TLS inside TLS: each of them counts. */
	script = (struct script){ .socket = -1, .depth = 1, .inner = object(2) };
	library_write(object(1), "def", 3);
	take(s);
	assert_string_equal(s->seen[0], "abcdef");
	assert_int_equal(stats_of(s).calls, 3);
	close_all(s);
}

static void a_call_that_never_returns_is_forgotten(void **state)
{
	(void)state;
	OPEN_OR_SKIP(s, .body_cut = false);
	for (int i = 0; i < 3 * TLS_FRAMES; i++) {
		jmp_buf out;

		script.escape = &out;
		if (setjmp(out) == 0)
			library_write(object(1), "lost", 4);
	}
	script.escape = NULL;
	library_write(object(1), "abc", 3);
	take(s);
	assert_string_equal(s->seen[0], "abc");
	assert_int_equal(stats_of(s).frames_over, 0);
	close_all(s);
}

static void an_object_is_born_and_ends(void **state)
{
	uint64_t born;

	(void)state;
	OPEN_OR_SKIP(s, .body_cut = false);
	/* Without data there is nothing to end. */
	library_new(object(1));
	library_free(object(1));
	take(s);
	assert_int_equal(s->ends, 0);
	library_new(object(1));
	library_write(object(1), "abc", 3);
	library_free(object(1));
	take(s);
	born = s->last.born_ns;
	assert_int_equal(s->ends, 1);
	assert_true(s->last.is_from_start);
	assert_int_equal(s->last.pos[0], 3);
	/* One whose beginning was not seen says so. */
	s->len[0] = 0;
	library_write(object(1), "def", 3);
	take(s);
	assert_false(s->last.is_from_start);
	assert_true(s->last.born_ns != born);
	assert_int_equal(s->last.pos[0], 0);
	assert_int_equal(stats_of(s).joined, 1);
	close_all(s);
}

static void a_wish_is_heeded_until_the_object_ends(void **state)
{
	struct tls_key key = { .object = 1, .pid = (uint32_t)getpid() };

	(void)state;
	OPEN_OR_SKIP(s, .body_cut = true);
	library_new(object(1));
	library_write(object(1), "HTTP/1.1 200 OK\r\n", 17);
	tlsprobe_want(s->p, &key, TLS_WANT_NOTHING);
	library_write(object(1), "HTTP/1.1 200 OK\r\n", 17);
	take(s);
	assert_int_equal(s->events, 1);
	assert_int_equal(stats_of(s).ignored_bytes, 17);
	library_new(object(1));
	s->len[0] = 0;
	library_write(object(1), "HTTP/1.1 200 OK\r\n", 17);
	take(s);
	assert_int_equal(s->events, 2);
	close_all(s);
}

static void a_full_ring_loses_counted_bytes(void **state)
{
	enum { ROUNDS = 200, LEN = 1000 };
	char *bytes = pattern(LEN);
	uint64_t came = 0;

	(void)state;
	OPEN_OR_SKIP(s, .body_cut = false, .ring_bytes = 64 << 10);
	library_new(object(1));
	for (int i = 0; i < ROUNDS; i++)
		library_write(object(1), bytes, LEN);
	take(s);
	for (uint64_t at = 0; at < s->len[0]; at++)
		came += s->seen[0][at] != 0;
	assert_true(came > 0 && came < ROUNDS * LEN);
	library_write(object(1), bytes, LEN);
	take(s);
	assert_int_equal(s->last.pos[0], ROUNDS * LEN);
	assert_int_equal(s->last.lost[0], ROUNDS * LEN - came);
	assert_int_equal(stats_of(s).lost_bytes, ROUNDS * LEN - came);
	close_all(s);
	free(bytes);
}

static void what_cannot_be_read_is_lost(void **state)
{
	(void)state;
	OPEN_OR_SKIP(s, .body_cut = false);
	library_write(object(1), (const void *)8, 100);
	library_write(object(1), "abc", 3);
	take(s);
	assert_int_equal(s->last.pos[0], 100);
	assert_int_equal(s->last.lost[0], 100);
	assert_int_equal(stats_of(s).fault_bytes, 100);
	close_all(s);
}

static void *write_many(void *arg)
{
	script = (struct script){ .socket = -1 };
	for (int i = 0; i < 500; i++) {
		char text[16];
		int len = snprintf(text, sizeof(text), "%d,", i);

		library_write(arg, text, len);
	}
	return NULL;
}

static void threads_do_not_mix(void **state)
{
	enum { THREADS = 8 };
	pthread_t threads[THREADS];
	char expected[4096] = "";

	(void)state;
	for (int i = 0; i < 500; i++)
		(void)snprintf(expected + strlen(expected), 16, "%d,", i);
	OPEN_OR_SKIP(s, .body_cut = false);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, write_many, object(i + 1)), 0);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	follow(s, THREADS / 2);
	take(s);
	assert_string_equal(s->seen[0], expected);
	assert_int_equal(stats_of(s).calls, 500 * THREADS);
	close_all(s);
}

/* A connection over loopback: both ends, and the port of the first. */
static uint16_t connected(int ends[2])
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001) };
	socklen_t len = sizeof(a);
	int listening = socket(AF_INET, SOCK_STREAM, 0);

	ends[0] = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(listening, (struct sockaddr *)&a, len), 0);
	assert_int_equal(listen(listening, 1), 0);
	assert_int_equal(getsockname(listening, (struct sockaddr *)&a, &len), 0);
	assert_int_equal(connect(ends[0], (struct sockaddr *)&a, len), 0);
	ends[1] = accept(listening, NULL, NULL);
	assert_int_equal(getsockname(ends[0], (struct sockaddr *)&a, &len), 0);
	close(listening);
	return ntohs(a.sin_port);
}

static void check_addresses(const struct setting *s, enum tls_address way, uint16_t port)
{
	static const uint8_t v4[16] = { [10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1 };

	assert_int_equal(s->last.addresses.way, way);
	if (way == TLS_ADDRESS_NONE)
		return;
	assert_int_equal(s->last.addresses.lport, port);
	assert_memory_equal(s->last.addresses.local, v4, 16);
	assert_memory_equal(s->last.addresses.remote, v4, 16);
}

static void addresses_are_those_of_the_socket_that_is_used(void **state)
{
	int ends[2];
	uint16_t port = connected(ends);
	char byte;

	(void)state;
	OPEN_OR_SKIP(s, .body_cut = false);
	if (!strstr(tlsprobe_addresses(s->p), "sockets that are used"))
		print_message(
			"SKIP: this kernel (before 6.3) does not tell which socket is used\n");
	else {
		script.socket = ends[0];
		library_write(object(1), "abc", 3);
		take(s);
		check_addresses(s, TLS_ADDRESS_NESTED, port);
		/* Received before the call, outside of it: that is for the one who reads next. */
		script.socket = -1;
		assert_int_equal(send(ends[1], "x", 1, 0), 1);
		assert_int_equal(recv(ends[0], &byte, 1, 0), 1);
		follow(s, 2);
		library_write(object(2), "abc", 3);
		take(s);
		check_addresses(s, TLS_ADDRESS_NONE, 0);
		library_read(object(2), (char[]){ "abc" }, 3);
		take(s);
		check_addresses(s, TLS_ADDRESS_LAST, port);
		/* And for nobody else. */
		follow(s, 3);
		library_read(object(3), (char[]){ "abc" }, 3);
		take(s);
		check_addresses(s, TLS_ADDRESS_NONE, 0);
	}
	close_all(s);
	close(ends[0]);
	close(ends[1]);
}

static void a_descriptor_that_is_named_gives_the_addresses(void **state)
{
	int ends[2], file = open("/dev/null", O_RDONLY);
	uint16_t port = connected(ends);

	(void)state;
	OPEN_OR_SKIP(s, .body_cut = false, .no_tracepoints = true);
	library_set_fd(object(1), file);
	library_set_fd(object(1), -1);
	library_set_fd(object(1), 100000);
	library_write(object(1), "abc", 3);
	take(s);
	check_addresses(s, TLS_ADDRESS_NONE, 0);
	library_set_fd(object(1), ends[0]);
	library_write(object(1), "abc", 3);
	take(s);
	check_addresses(s, TLS_ADDRESS_FD, port);
	close_all(s);
	close(ends[0]);
	close(ends[1]);
	close(file);
}

static void without_the_kernels_types_data_comes_all_the_same(void **state)
{
	(void)state;
	OPEN_OR_SKIP(s, .body_cut = false, .no_kernel_types = true);
	library_write(object(1), "abc", 3);
	take(s);
	assert_string_equal(s->seen[0], "abc");
	check_addresses(s, TLS_ADDRESS_NONE, 0);
	close_all(s);
}

static void nothing_comes_once_it_is_detached(void **state)
{
	(void)state;
	OPEN_OR_SKIP(s, .body_cut = false);
	library_write(object(1), "abc", 3);
	tlsprobe_detach(s->attached);
	s->attached = NULL;
	library_write(object(1), "def", 3);
	take(s);
	assert_string_equal(s->seen[0], "abc");
	close_all(s);
}

#if __has_include(<tlsprobe.skel.h>)
static void verifier_s_limits_are_far(void **state)
{
	struct tlsprobe_bpf *skel = tlsprobe_bpf__open();
	double begin_ms = loaded_clock_ms();
	int err;

	(void)state;
	assert_non_null(skel);
	err = tlsprobe_bpf__load(skel);
	/* -EACCES is the verifier's word. */
	if (geteuid() != 0 || err == -EPERM) {
		print_message("SKIP: needs CAP_BPF and CAP_PERFMON; run: sudo make check\n");
		tlsprobe_bpf__destroy(skel);
		skip();
	}
	assert_int_equal(err, 0);
	loaded_check(skel->obj, begin_ms);
	tlsprobe_bpf__destroy(skel);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_size_comes_whole),
		cmocka_unit_test(what_is_beyond_the_longest_call_is_counted),
		cmocka_unit_test(only_what_a_call_says_it_carried_counts),
		cmocka_unit_test(bodies_stay_in_the_kernel),
		cmocka_unit_test(calls_inside_each_other_count_once_for_one_object),
		cmocka_unit_test(a_call_that_never_returns_is_forgotten),
		cmocka_unit_test(an_object_is_born_and_ends),
		cmocka_unit_test(a_wish_is_heeded_until_the_object_ends),
		cmocka_unit_test(a_full_ring_loses_counted_bytes),
		cmocka_unit_test(what_cannot_be_read_is_lost),
		cmocka_unit_test(threads_do_not_mix),
		cmocka_unit_test(addresses_are_those_of_the_socket_that_is_used),
		cmocka_unit_test(a_descriptor_that_is_named_gives_the_addresses),
		cmocka_unit_test(without_the_kernels_types_data_comes_all_the_same),
		cmocka_unit_test(nothing_comes_once_it_is_detached),
#if __has_include(<tlsprobe.skel.h>)
		cmocka_unit_test(verifier_s_limits_are_far),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
