/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/wifi.h"

/* Frame control, as a little-endian number (IEEE 802.11-2020, 9.2.4.1). */
#define WIFI_TYPE_MASK 0x000c
#define WIFI_DATA      0x0008
#define WIFI_NO_DATA   0x0040 /* bit of a data frame's subtype: null frames and the like */
#define WIFI_QOS       0x0080 /* the other one: QoS control follows */
#define WIFI_TO_DS     0x0100
#define WIFI_FROM_DS   0x0200
#define WIFI_MORE      0x0400 /* more fragments follow */
#define WIFI_PROTECTED 0x4000
#define WIFI_ORDER     0x8000 /* with QoS: HT control follows */

#define QOS_AMSDU 0x0080 /* several packets in one frame */

#define LLC_SNAP 0xaaaa03

/* Some drivers decrypt and leave the mark: SNAP in the clear tells. */
static bool is_in_clear(struct cursor c)
{
	return cursor_be24(&c) == LLC_SNAP;
}

/* is_padded: the driver aligned what follows the header to 4 bytes. */
/*
 *	frame control 2, duration 2, addresses 3 * 6, sequence control 2
 *	[address 6] between two stations of a distribution system
 *	[QoS control 2] [HT control 4]
 *	LLC, or what encryption made of it
 *
 * Only the first packet of an aggregate could be told by this decoder's contract of one segment a
 * packet, and none in fragments; they are named rather than told in part.
 */
static enum walk_next mac_header(struct walk *w, bool is_padded)
{
	const uint8_t *start = w->c.ptr;
	uint16_t control = cursor_le16(&w->c);
	uint16_t sequence, qos = 0;

	if (!w->c.bad && ((control & WIFI_TYPE_MASK) != WIFI_DATA || control & WIFI_NO_DATA))
		return WALK_OTHER;
	cursor_skip(&w->c, 20); /* duration, three addresses */
	sequence = cursor_le16(&w->c);
	if (control & WIFI_TO_DS && control & WIFI_FROM_DS)
		cursor_skip(&w->c, 6); /* a fourth address */
	if (control & WIFI_QOS) {
		qos = cursor_le16(&w->c);
		if (control & WIFI_ORDER)
			cursor_skip(&w->c, 4);
	}
	if (is_padded)
		cursor_skip(&w->c, (size_t)(start - w->c.ptr) & 3);
	if (w->c.bad)
		return WALK_SHORT_LINK;
	if (control & WIFI_PROTECTED && !is_in_clear(w->c))
		return walk_unknown(w, "encrypted 802.11 frame", control & 0xff);
	if (control & WIFI_MORE || sequence & 15)
		return walk_unknown(w, "fragmented 802.11 frame", control & 0xff);
	if (qos & QOS_AMSDU)
		return walk_unknown(w, "aggregated 802.11 frame", control & 0xff);
	return WALK_LLC;
}

enum walk_next wifi_frame(struct walk *w)
{
	return mac_header(w, false);
}

/* Bits of radiotap's presence words, and of its flags field. */
#define PRESENT_TSFT  (1u << 0)
#define PRESENT_FLAGS (1u << 1)
#define PRESENT_MORE  (1u << 31)
#define FLAGS_PADDED  0x20
#define FLAGS_BAD_FCS 0x40

/* The flags field is the second that may be there: the first is 8 bytes, aligned to 8 from the
 * header's start. */
static uint8_t radiotap_flags(struct cursor h, const uint8_t *start)
{
	uint32_t first = cursor_le32(&h);

	for (uint32_t present = first; present & PRESENT_MORE && !h.bad;)
		present = cursor_le32(&h);
	if (!(first & PRESENT_FLAGS))
		return 0;
	if (first & PRESENT_TSFT)
		cursor_skip(&h, ((size_t)(start - h.ptr) & 7) + 8);
	return cursor_u8(&h);
}

/* Version 1, padding 1, length 2, presence words of 4 bytes, then the fields they announce, all of
 * them little-endian. */
enum walk_next wifi_radiotap(struct walk *w)
{
	const uint8_t *start = w->c.ptr;
	struct cursor h = w->c;
	uint8_t version = cursor_u8(&h);
	uint8_t flags;
	uint16_t len;

	cursor_skip(&h, 1);
	len = cursor_le16(&h);
	cursor_skip(&w->c, len);
	if (h.bad || w->c.bad)
		return WALK_SHORT_LINK;
	if (version != 0 || len < 8)
		return WALK_BAD_LINK;
	cursor_limit(&h, len - 4u);
	flags = radiotap_flags(h, start);
	if (flags & FLAGS_BAD_FCS)
		return WALK_BAD_LINK;
	return mac_header(w, flags & FLAGS_PADDED);
}

#define AVS_MAGIC          0x80211000u
#define PRISM_HEAD_LEN_MIN 8

enum walk_next wifi_prism(struct walk *w)
{
	struct cursor h = w->c;
	/* Both begin with 4 bytes of a kind of message and 4 of the header's length; AVS's are
	 * big-endian. */
	bool is_avs = (cursor_be32(&h) & 0xfffff000) == AVS_MAGIC;
	/* Prism's numbers are in the order of the machine that captured; it is never so long
	 * that the two could be taken for each other. */
	uint32_t len = cursor_be32(&h);

	if (!is_avs && len > UINT16_MAX)
		len = __builtin_bswap32(len);
	if (h.bad)
		return WALK_SHORT_LINK;
	if (len < PRISM_HEAD_LEN_MIN)
		return WALK_BAD_LINK;
	cursor_skip(&w->c, len);
	return w->c.bad ? WALK_SHORT_LINK : WALK_WIFI;
}
