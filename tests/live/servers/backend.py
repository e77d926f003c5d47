# SPDX-License-Identifier: BSD-2-Clause
"""The application behind proxies and caches: it knows CORS only where its path says so."""
import email.utils
import http.server
import threading

from wire import PAGE


class Application(http.server.BaseHTTPRequestHandler):
    """/own names one origin, /twice names it twice, /mirror any; /locked wants a login; what ends
    in ?gone is not there."""
    protocol_version = 'HTTP/1.1'

    def status(self):
        if self.command == 'OPTIONS':
            return 405
        if self.path.startswith('/locked') and 'Authorization' not in self.headers:
            return 401
        return 404 if self.path.endswith('?gone') else 200

    def allowed(self):
        if self.path.startswith('/mirror'):
            return [self.headers['Origin']] if 'Origin' in self.headers else []
        return [PAGE] * (self.path.startswith('/own') + 2 * self.path.startswith('/twice'))

    def answer(self):
        # What is left unread would reset the connection.
        self.rfile.read(int(self.headers.get('Content-Length', 0)))
        status, body = self.status(), b'{"items": []}\n'
        self.send_response_only(status)
        self.send_header('Date', email.utils.formatdate(usegmt=True))
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        if status == 200:
            self.send_header('Cache-Control', 'max-age=60')
            self.send_header('ETag', '"1"')
        for origin in self.allowed():
            self.send_header('Access-Control-Allow-Origin', origin)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = do_OPTIONS = answer

    def log_message(self, *_):
        pass


class Backend:
    """The application on a port of its own, as long as the with block lasts."""

    def __enter__(self):
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Application)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()
        return self

    def __exit__(self, *failure):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
