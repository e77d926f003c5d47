/* SPDX-License-Identifier: BSD-2-Clause */
#include "tls/kdf.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

/* The longest of the hashes. */
#define HASH_MAX 48
/* Two randoms, and the longest label. */
#define SEED_MAX  64
#define LABEL_MAX 32

static const EVP_MD *md_of(enum suite_hash hash)
{
	return hash == SUITE_SHA384 ? EVP_sha384() : EVP_sha256();
}

static bool hmac(enum suite_hash hash, struct span key, const uint8_t *data, size_t len,
		 uint8_t *out)
{
	return HMAC(md_of(hash), key.ptr, (int)key.len, data, len, out, NULL) != NULL;
}

bool kdf_expand_label(enum suite_hash hash, struct span secret, const char *label, uint8_t *out,
		      size_t len)
{
	static const char prefix[] = "tls13 ";
	/* struct HkdfLabel, and the counter of HKDF-Expand (RFC 5869, 2.3), whose first block is
	 * enough for every key. */
	uint8_t info[2 + 1 + sizeof(prefix) - 1 + LABEL_MAX + 1 + 1], block[HASH_MAX];
	size_t label_len = strlen(label), n = 0;

	info[n++] = (uint8_t)(len >> 8);
	info[n++] = (uint8_t)len;
	info[n++] = (uint8_t)(sizeof(prefix) - 1 + label_len);
	memcpy(info + n, prefix, sizeof(prefix) - 1);
	n += sizeof(prefix) - 1;
	memcpy(info + n, label, label_len);
	n += label_len;
	info[n++] = 0;
	info[n++] = 1;
	if (!hmac(hash, secret, info, n, block))
		return false;
	memcpy(out, block, len);
	OPENSSL_cleanse(block, sizeof(block));
	return true;
}

bool kdf_prf(enum suite_hash hash, struct span secret, const char *label, struct span seed,
	     uint8_t *out, size_t len)
{
	/* A(i), and behind it label and seed: P_hash hashes the two together. */
	uint8_t a[HASH_MAX + LABEL_MAX + SEED_MAX], block[HASH_MAX];
	size_t hash_len = suite_hash_len(hash), label_len = strlen(label);
	size_t tail = label_len + seed.len;
	bool is_good;

	memcpy(a + hash_len, label, label_len);
	memcpy(a + hash_len + label_len, seed.ptr, seed.len);
	is_good = hmac(hash, secret, a + hash_len, tail, block);
	while (is_good && len) {
		size_t n = len < hash_len ? len : hash_len;

		memcpy(a, block, hash_len);
		is_good = hmac(hash, secret, a, hash_len + tail, block);
		memcpy(out, block, n);
		out += n;
		len -= n;
		is_good = is_good && hmac(hash, secret, a, hash_len, block);
	}
	OPENSSL_cleanse(a, sizeof(a));
	OPENSSL_cleanse(block, sizeof(block));
	return is_good;
}
