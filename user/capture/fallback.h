/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * fallback: capture formats that only libpcap reads (modified pcap and other
 * dialects, versions before 2.4), as a source over the same window.
 */
#ifndef CAPTURE_FALLBACK_H
#define CAPTURE_FALLBACK_H

#include "capture/packet.h"
#include "capture/record.h"
#include "capture/window.h"

struct fallback;

/*
 * Let libpcap look at the input behind w, of which nothing was taken yet. It reads on
 * through w, which is the caller's and must stay where it is.
 *
 * NULL  libpcap does not know it either, or there is no memory; why[] has libpcap's words
 */
struct fallback *fallback_open(struct window *w, const char *source, char *why, size_t why_cap);
/* Takes NULL; leaves the window to its owner. */
void fallback_close(struct fallback *f);

/*
 * RECORD_PACKET; RECORD_OTHER at the end; RECORD_BAD, with libpcap's words in r->why, where
 * the file is cut or broken. r->take stays alone: libpcap takes from the window itself.
 */
enum record_kind fallback_next(struct fallback *f, struct packet *out, struct record *r);

#endif
