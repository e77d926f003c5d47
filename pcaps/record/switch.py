#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A switch in user space, for kernels that lack the 802.1Q device or netem.

    switch.py tag VLAN ACCESS TRUNK     frames of ACCESS leave TRUNK tagged; those of TRUNK leave ACCESS untagged
    switch.py lose N ONE OTHER          every N-th TCP segment with payload, of either direction, is lost

Runs until it is stopped. The kernel hands tagged frames to a packet socket without their tag, which is all the
untagging there is to do.
"""

import select
import socket
import struct
import sys

ALL = 3  # ETH_P_ALL
OUTGOING = 4  # PACKET_OUTGOING


def opened(device):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL))
    s.bind((device, ALL))
    return s


def payload_len(frame):
    """TCP payload bytes of an Ethernet frame; 0 for all but TCP over IPv4."""
    if len(frame) < 54 or frame[12:14] != b"\x08\x00" or frame[23] != 6:
        return 0
    ip_len = (frame[14] & 15) * 4
    total = struct.unpack("!H", frame[16:18])[0]
    return total - ip_len - (frame[14 + ip_len + 12] >> 4) * 4


def main():
    what, number, one, other = sys.argv[1], int(sys.argv[2]), opened(sys.argv[3]), opened(sys.argv[4])
    to = {one: other, other: one}
    tag = struct.pack("!HH", 0x8100, number)
    cnt = 0
    while True:
        for s in select.select([one, other], [], [])[0]:
            frame, address = s.recvfrom(65536)
            if address[2] == OUTGOING:
                continue
            if what == "tag" and s is one:
                frame = frame[:12] + tag + frame[12:]
            if what == "lose" and payload_len(frame) > 0:
                cnt += 1
                if cnt % number == 0:
                    continue
            to[s].send(frame)


main()
