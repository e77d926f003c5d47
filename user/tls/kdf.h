/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * kdf: keys from secrets.
 *
 * Spec: RFC 8446, 7.1 (HKDF-Expand-Label); RFC 5246, 5 (the PRF).
 */
#ifndef TLS_KDF_H
#define TLS_KDF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "tls/suite.h"

/* Fill out[len] from a secret of TLS 1.3. label is without "tls13 ", the context empty; len is at
 * most the hash's. False when the library refuses, for want of memory. */
bool kdf_expand_label(enum suite_hash hash, struct span secret, const char *label, uint8_t *out,
		      size_t len);

/* Fill out[len] with the PRF of TLS 1.2 over label and seed, of at most 64 bytes. As above. */
bool kdf_prf(enum suite_hash hash, struct span secret, const char *label, struct span seed,
	     uint8_t *out, size_t len);

#endif
