/* SPDX-License-Identifier: BSD-2-Clause */
#include "tls/cipher.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "tls/kdf.h"

#define NONCE_LEN 12
#define TAG_LEN   16
#define KEY_MAX   32
#define MAC_MAX   48
/* AES-GCM in TLS 1.2: four bytes of the nonce are secret, eight stand before the text. */
#define SALT_LEN     4
#define EXPLICIT_LEN 8
#define BLOCK_LEN    16

static EVP_CIPHER *cipher_of(struct cipher_env *env, const struct suite *suite)
{
	static const char *const names[SUITE_CIPHERS] = {
		[SUITE_AES_128_GCM] = "AES-128-GCM",
		[SUITE_AES_256_GCM] = "AES-256-GCM",
		[SUITE_CHACHA20_POLY1305] = "ChaCha20-Poly1305",
		[SUITE_AES_128_CBC] = "AES-128-CBC",
		[SUITE_AES_256_CBC] = "AES-256-CBC",
	};
	EVP_CIPHER **c = &env->ciphers[suite->cipher];

	if (!*c)
		*c = EVP_CIPHER_fetch(NULL, names[suite->cipher], NULL);
	return *c;
}

static EVP_MAC *hmac_of(struct cipher_env *env)
{
	if (!env->hmac)
		env->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	return env->hmac;
}

void cipher_env_fini(struct cipher_env *env)
{
	for (unsigned i = 0; i < SUITE_CIPHERS; i++)
		EVP_CIPHER_free(env->ciphers[i]);
	EVP_MAC_free(env->hmac);
}

bool cipher_env_has(struct cipher_env *env, const struct suite *suite)
{
	return cipher_of(env, suite) && (!suite_is_cbc(suite) || hmac_of(env));
}

static size_t key_len(const struct suite *s)
{
	return s->cipher == SUITE_AES_128_GCM || s->cipher == SUITE_AES_128_CBC ? 16 : 32;
}

/* Bytes of the IV that come from the key block. */
static size_t fixed_iv_len(const struct suite *s)
{
	if (suite_is_cbc(s))
		return 0;
	return s->cipher == SUITE_CHACHA20_POLY1305 || s->is_13 ? NONCE_LEN : SALT_LEN;
}

/* Whether the nonce is the IV with the sequence number over it (RFC 8446, 5.3; RFC 7905, 2). */
static bool is_nonce_implicit(const struct suite *s)
{
	return s->is_13 || s->cipher == SUITE_CHACHA20_POLY1305;
}

static bool ctx_open(struct cipher *c, struct cipher_env *env, const struct suite *suite,
		     const uint8_t *key)
{
	c->ctx = EVP_CIPHER_CTX_new();
	if (!c->ctx || !EVP_DecryptInit_ex(c->ctx, cipher_of(env, suite), NULL, key, NULL)) {
		cipher_close(c);
		return false;
	}
	/* The plaintext's padding is TLS's own, not what the library expects. */
	if (suite_is_cbc(suite))
		EVP_CIPHER_CTX_set_padding(c->ctx, 0);
	c->suite = suite;
	return true;
}

static bool mac_open(struct cipher *c, struct cipher_env *env, const uint8_t *key)
{
	static const char *const names[SUITE_HASHES] = { "SHA1", "SHA256", "SHA384" };
	char *name = (char *)(uintptr_t)names[c->suite->mac];
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
		OSSL_PARAM_construct_end(),
	};

	c->mac = EVP_MAC_CTX_new(hmac_of(env));
	if (c->mac && EVP_MAC_init(c->mac, key, suite_hash_len(c->suite->mac), params))
		return true;
	cipher_close(c);
	return false;
}

bool cipher_open_13(struct cipher *c, struct cipher_env *env, const struct suite *suite,
		    struct span secret)
{
	enum suite_hash hash = (enum suite_hash)suite->prf;
	uint8_t key[KEY_MAX];
	bool is_good = kdf_expand_label(hash, secret, "key", key, key_len(suite)) &&
		       kdf_expand_label(hash, secret, "iv", c->iv, NONCE_LEN) &&
		       ctx_open(c, env, suite, key);

	OPENSSL_cleanse(key, sizeof(key));
	return is_good;
}

bool cipher_open_12(struct cipher *c, struct cipher_env *env, const struct suite *suite,
		    const struct cipher_keys *keys)
{
	/* RFC 5246, 6.3: both ends' MAC keys, both keys, both IVs; the client's first. */
	uint8_t block[2 * (MAC_MAX + KEY_MAX + NONCE_LEN)];
	size_t mac = suite_is_cbc(suite) ? suite_hash_len(suite->mac) : 0;
	size_t key = key_len(suite), iv = fixed_iv_len(suite);
	size_t which = keys->is_client ? 0 : 1;
	bool is_good = kdf_prf((enum suite_hash)suite->prf, keys->master, "key expansion",
			       span_make(keys->randoms, sizeof(keys->randoms)), block,
			       2 * (mac + key + iv)) &&
		       ctx_open(c, env, suite, block + 2 * mac + which * key);

	if (is_good) {
		memcpy(c->iv, block + 2 * (mac + key) + which * iv, iv);
		c->is_etm = keys->is_etm;
		is_good = !mac || mac_open(c, env, block + which * mac);
	}
	OPENSSL_cleanse(block, sizeof(block));
	return is_good;
}

void cipher_close(struct cipher *c)
{
	EVP_CIPHER_CTX_free(c->ctx);
	EVP_MAC_CTX_free(c->mac);
	OPENSSL_cleanse(c, sizeof(*c));
}

static void seq_write(uint8_t out[8], uint64_t seq)
{
	for (unsigned i = 0; i < 8; i++)
		out[i] = (uint8_t)(seq >> (56 - 8 * i));
}

/* The additional data: in TLS 1.3 the head, in TLS 1.2 the number, type, version and length of what
 * is protected. */
static size_t aad_write(const struct cipher *c, uint64_t seq, const uint8_t *head, size_t len,
			uint8_t aad[13])
{
	if (c->suite->is_13) {
		memcpy(aad, head, RECORD_HEAD_LEN);
		return RECORD_HEAD_LEN;
	}
	seq_write(aad, seq);
	memcpy(aad + 8, head, 3);
	aad[11] = (uint8_t)(len >> 8);
	aad[12] = (uint8_t)len;
	return 13;
}

static void nonce_write(const struct cipher *c, uint64_t seq, struct span body,
			uint8_t nonce[NONCE_LEN])
{
	uint8_t number[8];

	memcpy(nonce, c->iv, NONCE_LEN);
	if (!is_nonce_implicit(c->suite)) {
		memcpy(nonce + SALT_LEN, body.ptr, EXPLICIT_LEN);
		return;
	}
	seq_write(number, seq);
	for (unsigned i = 0; i < 8; i++)
		nonce[NONCE_LEN - 8 + i] ^= number[i];
}

/* Bytes of a body that are no text, where that is the same for each. */
static size_t overhead(const struct cipher *c)
{
	return is_nonce_implicit(c->suite) ? TAG_LEN : EXPLICIT_LEN + TAG_LEN;
}

static bool read_aead(struct cipher *c, uint64_t seq, const uint8_t *head, struct span body,
		      uint8_t *out, size_t *out_len)
{
	uint8_t nonce[NONCE_LEN], aad[13], tag[TAG_LEN];
	size_t before = overhead(c) - TAG_LEN, aad_len, len;
	int n;

	if (body.len < overhead(c))
		return false;
	len = body.len - overhead(c);
	aad_len = aad_write(c, seq, head, len, aad);
	nonce_write(c, seq, body, nonce);
	memcpy(tag, body.ptr + body.len - TAG_LEN, TAG_LEN);
	*out_len = len;
	return EVP_DecryptInit_ex(c->ctx, NULL, NULL, NULL, nonce) &&
	       EVP_CIPHER_CTX_ctrl(c->ctx, EVP_CTRL_AEAD_SET_TAG, TAG_LEN, tag) &&
	       EVP_DecryptUpdate(c->ctx, NULL, &n, aad, (int)aad_len) &&
	       (!len || EVP_DecryptUpdate(c->ctx, out, &n, body.ptr + before, (int)len)) &&
	       EVP_DecryptFinal_ex(c->ctx, out + len, &n);
}

/* Whether mac is the MAC of a record of this number and these bytes. */
static bool is_mac_good(struct cipher *c, uint64_t seq, const uint8_t *head, struct span bytes,
			const uint8_t *mac)
{
	uint8_t aad[13], right[MAC_MAX];
	size_t aad_len = aad_write(c, seq, head, bytes.len, aad), n;

	return EVP_MAC_init(c->mac, NULL, 0, NULL) && EVP_MAC_update(c->mac, aad, aad_len) &&
	       EVP_MAC_update(c->mac, bytes.ptr, bytes.len) &&
	       EVP_MAC_final(c->mac, right, &n, sizeof(right)) && CRYPTO_memcmp(mac, right, n) == 0;
}

/* The last byte says how many more before it are padding, which all repeat it. 0 when that is not
 * so. */
static size_t padding_len(const uint8_t *text, size_t len)
{
	size_t n = text[len - 1] + 1u;

	if (n > len)
		return 0;
	for (size_t i = len - n; i < len; i++) {
		if (text[i] != n - 1)
			return 0;
	}
	return n;
}

static bool read_cbc(struct cipher *c, uint64_t seq, const uint8_t *head, struct span body,
		     uint8_t *out, size_t *out_len)
{
	size_t mac = suite_hash_len(c->suite->mac), len, padding;
	struct span text;
	int n;

	if (body.len < BLOCK_LEN + mac)
		return false;
	if (c->is_etm) {
		body.len -= mac;
		if (!is_mac_good(c, seq, head, body, body.ptr + body.len))
			return false;
	}
	text = span_from(body, BLOCK_LEN);
	if (!text.len || text.len % BLOCK_LEN ||
	    !EVP_DecryptInit_ex(c->ctx, NULL, NULL, NULL, body.ptr) ||
	    !EVP_DecryptUpdate(c->ctx, out, &n, text.ptr, (int)text.len))
		return false;
	padding = padding_len(out, text.len);
	len = text.len - padding;
	if (!padding || (!c->is_etm && len < mac))
		return false;
	if (!c->is_etm)
		len -= mac;
	*out_len = len;
	return c->is_etm || is_mac_good(c, seq, head, span_make(out, len), out + len);
}

bool cipher_read(struct cipher *c, uint64_t seq, const uint8_t *head, struct span body,
		 uint8_t *out, size_t *out_len)
{
	if (suite_is_cbc(c->suite))
		return read_cbc(c, seq, head, body, out, out_len);
	return read_aead(c, seq, head, body, out, out_len);
}

bool cipher_exact_len(const struct cipher *c, size_t body_len, size_t *len)
{
	if (c->suite->is_13 || suite_is_cbc(c->suite) || body_len < overhead(c))
		return false;
	*len = body_len - overhead(c);
	return true;
}
