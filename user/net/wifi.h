/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * wifi: IEEE 802.11 frames, and the headers that capture drivers put in front of them.
 *
 * Spec: IEEE 802.11-2020, 9.2 and 9.3; https://www.radiotap.org; Prism and AVS headers as
 *       libpcap's and Wireshark's readers take them.
 */
#ifndef NET_WIFI_H
#define NET_WIFI_H

#include "net/walk.h"

/* The 802.11 MAC header. Data frames go on to LLC; management and control frames are other
 * protocols. Encrypted, aggregated and fragmented frames are not followed, and named. */
enum walk_next wifi_frame(struct walk *w);

/* Radiotap, then 802.11. A frame that the driver marks as damaged is not used. */
enum walk_next wifi_radiotap(struct walk *w);

/* Prism or AVS, whichever its first bytes say, then 802.11. */
enum walk_next wifi_prism(struct walk *w);

#endif
