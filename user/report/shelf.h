/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * shelf: documents that one thread writes and others read, a whole edition at a time.
 *
 * In:   editions: documents by path, ready to be sent.
 * Out:  a document of the latest edition, which stays whole for as long as somebody holds it.
 *
 * A reader never waits for a writer's work, nor a writer for a reader's: the lock is held for
 * looking up and for exchanging pointers only. That is what keeps a slow browser from stalling a
 * capture.
 */
#ifndef REPORT_SHELF_H
#define REPORT_SHELF_H

#include <stddef.h>
#include <stdint.h>

#include "report/out.h"

struct document {
	char *path;       /* "/api/summary" */
	const char *type; /* media type; static text */
	char *bytes;
	size_t len;
	uint64_t hash; /* of the bytes: names this version of it */
};

/* Documents in the making; one thread's. */
struct edition;

/* NULL when memory is short. */
struct edition *edition_new(void);
/* Takes NULL. Not after shelf_publish(). */
void edition_free(struct edition *e);

/* Begin a document, of this path and (static) type; the one before must have ended. What is
 * written to the result is its bytes. */
struct out *edition_open(struct edition *e, const char *path, const char *type);
/* End it. When memory is short, the edition lacks it, and edition_error() tells. */
void edition_close(struct edition *e);

/* 0, or -ENOMEM: it is not complete. */
int edition_error(const struct edition *e);

/* The i-th document in the order of their paths; NULL past the last. Only after edition_sort(),
 * which shelf_publish() does too. */
void edition_sort(struct edition *e);
const struct document *edition_at(const struct edition *e, size_t i);

struct shelf;

/* NULL when memory is short. */
struct shelf *shelf_new(void);
/* Takes NULL. Nobody holds a document any more. */
void shelf_free(struct shelf *s);

/* Replace all documents by these. Takes over e. */
void shelf_publish(struct shelf *s, struct edition *e);

/* How many editions were published. */
uint64_t shelf_version(struct shelf *s);

/* The document of this path, held until shelf_put() is called with it; NULL when there is none. */
const struct document *shelf_get(struct shelf *s, const char *path);
/* Takes NULL. */
void shelf_put(struct shelf *s, const struct document *d);

#endif
