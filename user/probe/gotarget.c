/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/gotarget.h"

#include <stdlib.h>
#include <string.h>

#include "probe/gotable.h"
#include "probe/insn.h"

/* Bytes of a function; crypto/tls's Read and Write have about 1 KiB. */
#define FUNCTION_MAX (64u << 10)

enum function {
	WRITE,
	READ,
	CLOSE,
	CLIENT_HANDSHAKE,
	SERVER_HANDSHAKE,
	FUNCTIONS,
};

static const char *const names[FUNCTIONS] = {
	[WRITE] = "crypto/tls.(*Conn).Write",
	[READ] = "crypto/tls.(*Conn).Read",
	[CLOSE] = "crypto/tls.(*Conn).Close",
	[CLIENT_HANDSHAKE] = "crypto/tls.(*Conn).clientHandshake",
	[SERVER_HANDSHAKE] = "crypto/tls.(*Conn).serverHandshake",
};

static bool place_add(const struct elf *e, struct target *t, enum probe probe, uint64_t addr)
{
	struct place *p = &t->places[t->places_cnt];

	if (t->places_cnt == TARGET_PLACES_MAX || !elf_code_off(e, addr, &p->off))
		return false;
	p->probe = probe;
	t->places_cnt++;
	return true;
}

/* Add every return of a function. False when one of its instructions is not known: then the others
 * cannot be told for certain. */
static bool returns_add(const struct elf *e, struct target *t, enum probe probe,
			const struct gotable_function *f)
{
	uint64_t len = f->end - f->begin, off;
	uint8_t *code;
	bool is_known, has_return = false;

	if (f->end <= f->begin || len > FUNCTION_MAX || !elf_code_off(e, f->begin, &off))
		return false;
	code = malloc(len);
	is_known = code && elf_bytes(e, off, code, len);
	for (size_t at = 0, n; is_known && at < len; at += n) {
		struct span rest = span_make(code + at, len - at);

		n = insn_len(rest);
		is_known = n != 0;
		if (!is_known || !insn_is_return(rest))
			continue;
		has_return = true;
		is_known = place_add(e, t, probe, f->begin + at);
	}
	free(code);
	return is_known && has_return;
}

static bool places_find(const struct elf *e, const struct gotable_function *f, struct target *t)
{
	static const struct {
		enum function function;
		enum probe probe;
	} more[] = { { CLOSE, PROBE_GO_CLOSE },
		     { CLIENT_HANDSHAKE, PROBE_GO_HANDSHAKE },
		     { SERVER_HANDSHAKE, PROBE_GO_HANDSHAKE } };

	if (!place_add(e, t, PROBE_GO_WRITE, f[WRITE].begin) ||
	    !place_add(e, t, PROBE_GO_READ, f[READ].begin) ||
	    !returns_add(e, t, PROBE_GO_WRITTEN, &f[WRITE]) ||
	    !returns_add(e, t, PROBE_GO_HAS_READ, &f[READ]))
		return false;
	/* A client alone has no server's half; the linker leaves it out. */
	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++) {
		if (f[more[i].function].end &&
		    !place_add(e, t, more[i].probe, f[more[i].function].begin))
			return false;
	}
	return true;
}

static bool refuse(struct target *out, const char *why)
{
	*out = (struct target){ .kind = TARGET_UNSEEN, .name = why, .is_own = true };
	return true;
}

/* What the table says. True: there is something to tell. */
static bool table_find(const struct elf *e, struct span bytes, struct target *out)
{
	struct gotable_function found[FUNCTIONS];
	struct gotable t;

	switch (gotable_open(bytes, &t)) {
	case GOTABLE_OLD: return refuse(out, "Go before 1.18, which is not probed");
	case GOTABLE_BAD: return refuse(out, "Go of a version that is not known");
	case GOTABLE_OK: break;
	}
	gotable_find(&t, names, FUNCTIONS, found);
	if (!found[WRITE].end || !found[READ].end)
		return false;
	if (!t.text)
		return refuse(out, "Go, whose code has no fixed place in the file (PIE)");
	out->kind = TARGET_GO;
	out->name = "Go's crypto/tls";
	if (!places_find(e, found, out))
		return refuse(out, "Go, whose code could not be read for certain");
	return true;
}

bool gotarget_find(const struct elf *e, struct target *out)
{
	const struct elf_section *s = elf_section(e, ".gopclntab");
	size_t len;
	uint8_t *bytes;
	bool is_found;

	if (!s)
		s = elf_section(e, ".data.rel.ro.gopclntab");
	bytes = elf_load(e, s, &len);
	if (!bytes)
		return false;
	is_found = table_find(e, span_make(bytes, len), out);
	free(bytes);
	return is_found;
}
