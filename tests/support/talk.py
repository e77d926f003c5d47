# SPDX-License-Identifier: BSD-2-Clause
"""Captures made of given HTTP messages: classic pcap, Ethernet, IPv4, TCP with correct numbers.

Checksums are zero: a capture of an interface with offloading has wrong ones too.
"""
import struct

CLIENT, SERVER = bytes([10, 9, 0, 1]), bytes([10, 9, 0, 2])
FIN, SYN, PSH, ACK = 1, 2, 8, 16
# 2026-11-23T14:46:14Z
START_S = 1795445174
MTU_PAYLOAD = 1448


class Capture:
    """Packets are added in order; bytes() is the file."""

    def __init__(self):
        self.records = [struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)]
        self.time_us = 0

    def frame(self, data):
        self.time_us += 100
        seconds, us = divmod(self.time_us, 1000000)
        self.records.append(struct.pack('<IIII', START_S + seconds, us, len(data), len(data)) + data)

    def segment(self, from_client, port, seq, ack, flags, payload=b'', server_port=80):
        ends = (CLIENT, SERVER) if from_client else (SERVER, CLIENT)
        ports = (port, server_port) if from_client else (server_port, port)
        tcp = struct.pack('>HHIIBBHHH', *ports, seq, ack, 5 << 4, flags, 65535, 0, 0) + payload
        ip = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(tcp), 0, 0x4000, 64, 6, 0, *ends)
        self.frame(bytes(12) + b'\x08\x00' + ip + tcp)

    def talk(self, *pairs, port=50000, server_port=80):
        """One connection with these (request, response) pairs; a response may be None."""
        seq, ack = 1000, 5000
        say = lambda *a: self.segment(*a, server_port=server_port)
        say(True, port, seq, 0, SYN)
        say(False, port, ack, seq + 1, SYN | ACK)
        seq, ack = seq + 1, ack + 1
        say(True, port, seq, ack, ACK)
        for request, response in pairs:
            for piece in pieces(request):
                say(True, port, seq, ack, PSH | ACK, piece)
                seq += len(piece)
            for piece in pieces(response or b''):
                say(False, port, ack, seq, PSH | ACK, piece)
                ack += len(piece)
        say(True, port, seq, ack, FIN | ACK)
        say(False, port, ack, seq + 1, FIN | ACK)
        say(True, port, seq + 1, ack + 1, ACK)
        return self

    def bytes(self):
        return b''.join(self.records)


def pieces(data):
    return [data[i:i + MTU_PAYLOAD] for i in range(0, len(data), MTU_PAYLOAD)]


def get(target=b'/s.json', origin=b'https://app.example.com', host=b'api.example.com', extra=b''):
    return (b'GET ' + target + b' HTTP/1.1\r\nHost: ' + host + b'\r\nOrigin: ' + origin +
            b'\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: cross-site\r\n'
            b'User-Agent: Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0\r\n' + extra + b'\r\n')


def reply(acao=None, status=b'200 OK', extra=b'', body=b'{}'):
    line = b'Access-Control-Allow-Origin: ' + acao + b'\r\n' if acao is not None else b''
    return (b'HTTP/1.1 ' + status + b'\r\nContent-Type: application/json\r\nContent-Length: ' +
            str(len(body)).encode() + b'\r\n' + line + extra + b'\r\n' + body)


def wrong():
    """One exchange that a browser blocks: another port is allowed."""
    return Capture().talk((get(), reply(b'https://app.example.com:8443', extra=b'Vary: Origin\r\n')))


def right():
    """One exchange that passes."""
    return Capture().talk((get(), reply(b'https://app.example.com', extra=b'Vary: Origin\r\n')))
