# SPDX-License-Identifier: BSD-2-Clause
"""A page's requests as a browser words them, and a recording of what comes of them.

Everything happens on the loopback device. The host name that the requests carry is not looked up.
"""
import dataclasses
import http.client
import os
import secrets
import signal
import socket
import subprocess
import time

from tap import Skip

HOST = 'api.example.com'
PAGE = 'https://app.example.com'
OTHER_PAGE = 'https://shop.example.com:8443'
AGENT = ('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) '
         'Chrome/144.0.0.0 Safari/537.36')
WAIT_S = 10


@dataclasses.dataclass(frozen=True)
class Request:
    """One request; is_actual: a browser sends it only when the preflight before it has passed."""
    method: str = 'GET'
    target: str = '/data.json'
    origin: str = PAGE
    fields: tuple = ()
    body: bytes = b''
    is_actual: bool = False

    def of(self, origin):
        return dataclasses.replace(self, origin=origin)


def get(target='/data.json', origin=PAGE, cookie=None):
    return Request(target=target, origin=origin, fields=(('Cookie', cookie),) if cookie else ())


def preflighted(method, *headers, target='/data.json', body=b''):
    """What a page's request needs: the preflight, then the request itself."""
    asked = [('Access-Control-Request-Method', method)]
    names = ','.join(sorted(name.lower() for name, _ in headers))
    if names:
        asked.append(('Access-Control-Request-Headers', names))
    return (Request('OPTIONS', target, fields=tuple(asked)),
            Request(method, target, fields=headers, body=body, is_actual=True))


def send(port, request):
    """Send it on a connection of its own; the response, with its body read."""
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=WAIT_S)
    connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
    connection.putheader('Host', HOST)
    if request.body:
        connection.putheader('Content-Length', str(len(request.body)))
    connection.putheader('User-Agent', AGENT)
    connection.putheader('Accept', '*/*')
    if request.origin is not None:
        connection.putheader('Origin', request.origin)
    for name, value in request.fields:
        connection.putheader(name, value)
    connection.putheader('Accept-Encoding', 'gzip, deflate')
    try:
        connection.endheaders(request.body or None)
        response = connection.getresponse()
        response.read()
    finally:
        connection.close()
    return response


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Recording:
    """tcpdump on the loopback device for one server's port, as long as the with block lasts."""

    def __init__(self, path, port):
        self.path, self.port = path, port
        self.end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.tcpdump = None

    def __enter__(self):
        self.end.bind(('127.0.0.1', 0))
        mark = f'udp port {self.end.getsockname()[1]}'
        # Each slot of the kernel's ring takes the largest packet: by default there are eight.
        words = ['tcpdump', '--immediate-mode', '-U', '-n', '-s', '65535', '-B', '16384',
                 '-i', 'lo', *(('-Z', 'root') if os.geteuid() == 0 else ()),
                 '-w', self.path, f'tcp port {self.port} or {mark}']
        try:
            self.tcpdump = subprocess.Popen(words, stdin=subprocess.DEVNULL,
                                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        except FileNotFoundError as missing:
            self.end.close()
            raise Skip('tcpdump is not installed') from missing
        said = b''
        for line in self.tcpdump.stderr:
            if b'listening on' in line:
                return self
            said += line
        self._stop()
        first = (said.decode().splitlines() or ['it said nothing'])[0]
        raise Skip(f'needs root, to record the loopback device ({first})')

    def __exit__(self, *failure):
        # The kernel hands packets over in order: when the mark is in the file, so is all before it.
        mark = secrets.token_bytes(16)
        self.end.sendto(mark, self.end.getsockname())
        last = time.monotonic() + WAIT_S
        while not self._has(mark) and time.monotonic() < last:
            time.sleep(0.01)
        complete = self._has(mark)
        said = self._stop()
        assert complete or any(failure), f'the recording is not complete: {said}'

    def _has(self, mark):
        with open(self.path, 'rb') as f:
            return mark in f.read()

    def _stop(self):
        self.end.close()
        if self.tcpdump.poll() is None:
            self.tcpdump.send_signal(signal.SIGINT)
        return self.tcpdump.communicate(timeout=WAIT_S)[1].decode()
