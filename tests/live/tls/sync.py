# SPDX-License-Identifier: BSD-2-Clause
"""An https server of http.server, with right and wrong answers: sync.py PORT KEY CERTIFICATE LOG"""
import http.server
import ssl
import sys

PORT, KEY, CERTIFICATE, LOG = sys.argv[1:]
BIG = b'some bytes' * (1 << 20)
log = open(LOG, 'a', buffering=1)


def fields(path, origin):
    found = []
    if path in ('/right', '/big', '/preflight'):
        found.append(('Access-Control-Allow-Origin', origin))
    if path == '/preflight':
        found.append(('Access-Control-Allow-Methods', 'GET, PUT'))
    if path == '/constant':
        found.append(('Access-Control-Allow-Origin', 'https://app.example.com'))
    return found


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def answer(self):
        path = self.path.split('?')[0]
        body = BIG if path == '/big' else path.encode()
        self.send_response(200)
        for field in fields(path, self.headers['Origin']):
            self.send_header(*field)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_OPTIONS = answer

    def log_request(self, code='-', size='-'):
        log.write(f'{self.command} {self.path} {int(code)}\n')


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 256

    def get_request(self):
        # The handshake is the thread's: here it would hold up all others.
        connection, address = self.socket.accept()
        return context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(CERTIFICATE, KEY)
if __name__ == '__main__':
    Server(('', int(PORT)), Handler).serve_forever()
