/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/insn.h"

#include <stdint.h>

/* The longest there is (Intel SDM, volume 2, 2.3.11). */
#define LEN_MAX 15

/* What follows an opcode. */
enum form {
	BAD,
	NONE,
	IMM8,
	IMM16,
	IMMZ,       /* 4 bytes, 2 with an operand size prefix */
	REL32,      /* 4 bytes; with that prefix, processors differ */
	IMMV,       /* as IMMZ, 8 with REX.W */
	MOFFS,      /* 8 bytes, 4 with an address size prefix */
	ENTER,      /* 2 and 1 */
	MODRM = 16, /* and one of the above */
	M = MODRM + NONE,
	M8 = MODRM + IMM8,
	MZ = MODRM + IMMZ,
	GROUP = 64, /* the ModRM's middle bits decide */
};

/* The forms of the one-byte opcodes, 16 in a row; prefixes are taken before. */
static const uint8_t one[256] = {
	/* 00 */ M,
	M,
	M,
	M,
	IMM8,
	IMMZ,
	BAD,
	BAD,
	M,
	M,
	M,
	M,
	IMM8,
	IMMZ,
	BAD,
	BAD,
	/* 10 */ M,
	M,
	M,
	M,
	IMM8,
	IMMZ,
	BAD,
	BAD,
	M,
	M,
	M,
	M,
	IMM8,
	IMMZ,
	BAD,
	BAD,
	/* 20 */ M,
	M,
	M,
	M,
	IMM8,
	IMMZ,
	BAD,
	BAD,
	M,
	M,
	M,
	M,
	IMM8,
	IMMZ,
	BAD,
	BAD,
	/* 30 */ M,
	M,
	M,
	M,
	IMM8,
	IMMZ,
	BAD,
	BAD,
	M,
	M,
	M,
	M,
	IMM8,
	IMMZ,
	BAD,
	BAD,
	/* 40 */ BAD,
	BAD,
	BAD,
	BAD,
	BAD,
	BAD,
	BAD,
	BAD,
	BAD,
	BAD,
	BAD,
	BAD,
	BAD,
	BAD,
	BAD,
	BAD,
	/* 50 */ NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	/* 58 */ NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	/* 60 */ BAD,
	BAD,
	BAD,
	M,
	BAD,
	BAD,
	BAD,
	BAD,
	IMMZ,
	MZ,
	IMM8,
	M8,
	NONE,
	NONE,
	NONE,
	NONE,
	/* 70 */ IMM8,
	IMM8,
	IMM8,
	IMM8,
	IMM8,
	IMM8,
	IMM8,
	IMM8,
	/* 78 */ IMM8,
	IMM8,
	IMM8,
	IMM8,
	IMM8,
	IMM8,
	IMM8,
	IMM8,
	/* 80 */ M8,
	MZ,
	BAD,
	M8,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	GROUP,
	/* 90 */ NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	/* 98 */ NONE,
	NONE,
	BAD,
	NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	/* a0 */ MOFFS,
	MOFFS,
	MOFFS,
	MOFFS,
	NONE,
	NONE,
	NONE,
	NONE,
	/* a8 */ IMM8,
	IMMZ,
	NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	/* b0 */ IMM8,
	IMM8,
	IMM8,
	IMM8,
	IMM8,
	IMM8,
	IMM8,
	IMM8,
	/* b8 */ IMMV,
	IMMV,
	IMMV,
	IMMV,
	IMMV,
	IMMV,
	IMMV,
	IMMV,
	/* c0 */ M8,
	M8,
	IMM16,
	NONE,
	BAD,
	BAD,
	GROUP,
	GROUP,
	/* c8 */ ENTER,
	NONE,
	IMM16,
	NONE,
	NONE,
	IMM8,
	BAD,
	NONE,
	/* d0 */ M,
	M,
	M,
	M,
	BAD,
	BAD,
	BAD,
	NONE,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	/* e0 */ IMM8,
	IMM8,
	IMM8,
	IMM8,
	IMM8,
	IMM8,
	IMM8,
	IMM8,
	/* e8 */ REL32,
	REL32,
	BAD,
	IMM8,
	NONE,
	NONE,
	NONE,
	NONE,
	/* f0 */ BAD,
	NONE,
	BAD,
	BAD,
	NONE,
	NONE,
	GROUP,
	GROUP,
	/* f8 */ NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	GROUP,
	GROUP,
};

/* The same behind 0f. */
static const uint8_t two[256] = {
	/* 00 */ M,
	M,
	M,
	M,
	BAD,
	NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	BAD,
	NONE,
	BAD,
	M,
	NONE,
	BAD,
	/* 10 */ M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	/* 20 */ M,
	M,
	M,
	M,
	BAD,
	BAD,
	BAD,
	BAD,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	/* 30 */ NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	BAD,
	NONE,
	/* 38 */ BAD,
	BAD,
	BAD,
	BAD,
	BAD,
	BAD,
	BAD,
	BAD,
	/* 40 */ M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	/* 50 */ M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	/* 60 */ M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	/* 70 */ M8,
	M8,
	M8,
	M8,
	M,
	M,
	M,
	NONE,
	BAD,
	BAD,
	BAD,
	BAD,
	M,
	M,
	M,
	M,
	/* 80 */ REL32,
	REL32,
	REL32,
	REL32,
	REL32,
	REL32,
	REL32,
	REL32,
	/* 88 */ REL32,
	REL32,
	REL32,
	REL32,
	REL32,
	REL32,
	REL32,
	REL32,
	/* 90 */ M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	/* a0 */ NONE,
	NONE,
	NONE,
	M,
	M8,
	M,
	BAD,
	BAD,
	NONE,
	NONE,
	NONE,
	M,
	M8,
	M,
	M,
	M,
	/* b0 */ M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M8,
	M,
	M,
	M,
	M,
	M,
	/* c0 */ M,
	M,
	M8,
	M,
	M8,
	M8,
	M8,
	M,
	NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	NONE,
	/* d0 */ M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	/* e0 */ M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	/* f0 */ M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
	M,
};

struct decoder {
	struct span code;
	size_t at;
	bool is_bad;
	bool has_16, has_addr, has_wide; /* 66, 67, REX.W */
};

static uint8_t take(struct decoder *d)
{
	if (d->at == d->code.len || d->at == LEN_MAX) {
		d->is_bad = true;
		return 0;
	}
	return d->code.ptr[d->at++];
}

static void pass(struct decoder *d, size_t n)
{
	while (n-- && !d->is_bad)
		(void)take(d);
}

/* Legacy prefixes, and a REX if it stands right before the opcode, which is returned. */
static uint8_t prefixes_take(struct decoder *d)
{
	for (;;) {
		uint8_t c = take(d);

		switch (c) {
		case 0x66: d->has_16 = true; continue;
		case 0x67: d->has_addr = true; continue;
		case 0x26:
		case 0x2e:
		case 0x36:
		case 0x3e:
		case 0x64:
		case 0x65:
		case 0xf0:
		case 0xf2:
		case 0xf3: continue;
		default: break;
		}
		if ((c & 0xf0) != 0x40)
			return c;
		d->has_wide = c & 8;
		c = take(d);
		/* A REX before a prefix is ignored; compilers do not write it. */
		d->is_bad |= (c & 0xf0) == 0x40 || c == 0x66 || c == 0x67 || c == 0xf2 || c == 0xf3;
		return c;
	}
}

/* ModRM, SIB and displacement; the ModRM is returned. */
static uint8_t modrm_take(struct decoder *d)
{
	uint8_t m = take(d), mod = m >> 6, rm = m & 7;
	bool is_far = mod == 2 || (mod == 0 && rm == 5);

	if (mod != 3 && rm == 4) {
		uint8_t sib = take(d);

		is_far |= mod == 0 && (sib & 7) == 5;
	}
	if (mod != 3)
		pass(d, is_far ? 4 : mod == 1 ? 1 : 0);
	return m;
}

/* Opcodes that are told apart by the ModRM's middle bits: the form without it. */
static enum form group_form(uint8_t opcode, uint8_t modrm)
{
	unsigned reg = modrm >> 3 & 7;

	switch (opcode) {
	case 0x8f: return reg == 0 ? NONE : BAD;
	case 0xc6: return reg == 0 ? IMM8 : BAD;
	case 0xc7: return reg == 0 ? IMMZ : BAD;
	case 0xf6: return reg < 2 ? IMM8 : NONE;
	case 0xf7: return reg < 2 ? IMMZ : NONE;
	case 0xfe: return reg < 2 ? NONE : BAD;
	default: return reg < 7 ? NONE : BAD; /* ff */
	}
}

static void immediate_take(struct decoder *d, enum form form)
{
	switch (form) {
	case NONE: return;
	case IMM8: pass(d, 1); return;
	case IMM16: pass(d, 2); return;
	case IMMZ: pass(d, d->has_16 ? 2 : 4); return;
	case REL32:
		pass(d, 4);
		d->is_bad |= d->has_16;
		return;
	case IMMV: pass(d, d->has_wide ? 8 : d->has_16 ? 2 : 4); return;
	case MOFFS: pass(d, d->has_addr ? 4 : 8); return;
	case ENTER: pass(d, 3); return;
	default: d->is_bad = true;
	}
}

static void form_take(struct decoder *d, uint8_t opcode, unsigned form)
{
	if (form == GROUP)
		form = group_form(opcode, modrm_take(d));
	else if (form >= MODRM) {
		(void)modrm_take(d);
		form -= MODRM;
	}
	immediate_take(d, (enum form)form);
}

/* An opcode of the maps 0f38 and 0f3a, or of VEX and EVEX, whose maps have the same numbers. */
static void mapped_take(struct decoder *d, unsigned map)
{
	uint8_t opcode = take(d);

	switch (map) {
	case 1: form_take(d, opcode, two[opcode] == REL32 ? BAD : two[opcode]); return;
	case 2: form_take(d, opcode, M); return;
	case 3: form_take(d, opcode, M8); return;
	default: d->is_bad = true;
	}
}

static void escaped_take(struct decoder *d)
{
	uint8_t opcode = take(d);

	if (opcode == 0x38)
		mapped_take(d, 2);
	else if (opcode == 0x3a)
		mapped_take(d, 3);
	else
		form_take(d, opcode, two[opcode]);
}

size_t insn_len_x86(struct span code)
{
	struct decoder d = { .code = code };
	uint8_t opcode = prefixes_take(&d), payload;

	switch (opcode) {
	case 0x0f: escaped_take(&d); break;
	case 0xc5:
		pass(&d, 1);
		mapped_take(&d, 1);
		break;
	case 0xc4:
		payload = take(&d);
		pass(&d, 1);
		mapped_take(&d, payload & 0x1f);
		break;
	case 0x62:
		payload = take(&d);
		pass(&d, 2);
		mapped_take(&d, payload & 7);
		break;
	default: form_take(&d, opcode, one[opcode]);
	}
	return d.is_bad ? 0 : d.at;
}

size_t insn_len_arm64(struct span code)
{
	return code.len >= 4 ? 4 : 0;
}

size_t insn_len(struct span code)
{
#if defined(__aarch64__)
	return insn_len_arm64(code);
#else
	return insn_len_x86(code);
#endif
}

bool insn_is_return(struct span code)
{
#if defined(__aarch64__)
	return code.len >= 4 && code.ptr[0] == 0xc0 && code.ptr[1] == 0x03 && code.ptr[2] == 0x5f &&
	       code.ptr[3] == 0xd6;
#else
	return code.len && code.ptr[0] == 0xc3;
#endif
}
