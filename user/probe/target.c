/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/target.h"

#include "probe/gotarget.h"

/* A function, what to do at its entry, and what at its return. */
struct function {
	const char *name;
	enum probe entry, leave; /* PROBE_CNT: nothing */
};

static const struct function openssl[] = {
	{ "SSL_write", PROBE_WRITE, PROBE_RETURN },
	{ "SSL_read", PROBE_READ, PROBE_RETURN },
	{ "SSL_write_ex", PROBE_WRITE_STORED, PROBE_RETURN },
	{ "SSL_read_ex", PROBE_READ_STORED, PROBE_RETURN },
	{ "SSL_new", PROBE_CNT, PROBE_NEW },
	{ "SSL_clear", PROBE_CLEAR, PROBE_CNT },
	{ "SSL_free", PROBE_FREE, PROBE_CNT },
	{ "SSL_set_fd", PROBE_SET_FD, PROBE_CNT },
	{ "SSL_set_rfd", PROBE_SET_FD, PROBE_CNT },
	{ "SSL_do_handshake", PROBE_HANDSHAKE, PROBE_RETURN },
};

/* gnutls_record_send() jumps into send2 without a return of its own. */
static const struct function gnutls[] = {
	{ "gnutls_record_send2", PROBE_WRITE_LONG, PROBE_RETURN },
	{ "gnutls_record_recv", PROBE_READ_LONG, PROBE_RETURN },
	{ "gnutls_init", PROBE_INIT, PROBE_RETURN },
	{ "gnutls_deinit", PROBE_FREE, PROBE_CNT },
	{ "gnutls_handshake", PROBE_HANDSHAKE, PROBE_RETURN },
	{ "gnutls_transport_set_int2", PROBE_SET_FD, PROBE_CNT },
};

#define FUNCTIONS_MAX 16

/* Without these two of a list there is nothing to see. */
#define NEEDED 2

static void place_add(struct target *t, enum probe probe, uint64_t off)
{
	if (probe != PROBE_CNT && t->places_cnt < TARGET_PLACES_MAX)
		t->places[t->places_cnt++] = (struct place){ probe, off };
}

/* Fill *out when the file has the functions of a list. */
static bool list_find(const struct elf *e, const struct function *list, size_t cnt,
		      struct target *out)
{
	struct elf_symbol wanted[FUNCTIONS_MAX] = { 0 };

	for (size_t i = 0; i < cnt; i++)
		wanted[i].name = list[i].name;
	elf_symbols(e, wanted, cnt);
	for (size_t i = 0; i < NEEDED; i++) {
		if (!wanted[i].addr)
			return false;
	}
	for (size_t i = 0; i < cnt; i++) {
		uint64_t off;

		if (!wanted[i].addr || !elf_code_off(e, wanted[i].addr, &off))
			continue;
		place_add(out, list[i].entry, off);
		place_add(out, list[i].leave, off);
	}
	return out->places_cnt > 0;
}

/* What a program without symbols says of itself. */
static void unseen_find(const struct elf *e, struct target *out)
{
	static const char *const texts[] = { "BoringSSL", "rustls",       "wolfSSL",
					     "mbedtls",   "OpenSSL 1.1.", "OpenSSL 3." };
	static const char *const names[] = {
		"BoringSSL inside, without symbols",  "rustls inside, which inlines its functions",
		"wolfSSL inside, which is not known", "Mbed TLS inside, which is not known",
		"OpenSSL inside, without symbols",    "OpenSSL inside, without symbols",
	};
	enum { OWN = 4 }; /* so many of these have no shared library of that name */
	size_t i = elf_search(e, elf_section(e, ".rodata"), texts, sizeof(texts) / sizeof(*texts));

	if (i == sizeof(texts) / sizeof(*texts))
		return;
	out->kind = TARGET_UNSEEN;
	out->name = names[i];
	out->is_own = i < OWN;
}

void target_find(const struct elf *e, bool is_program, struct target *out)
{
	*out = (struct target){ .kind = TARGET_NONE };
	if (list_find(e, openssl, sizeof(openssl) / sizeof(*openssl), out)) {
		out->kind = TARGET_OPENSSL;
		out->name = "OpenSSL";
	} else if (list_find(e, gnutls, sizeof(gnutls) / sizeof(*gnutls), out)) {
		out->kind = TARGET_GNUTLS;
		out->name = "GnuTLS";
	} else if (is_program && !gotarget_find(e, out)) {
		unseen_find(e, out);
	}
}
