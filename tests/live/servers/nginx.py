# SPDX-License-Identifier: BSD-2-Clause
"""nginx in front of an application."""
import os

from servers import scenes
from servers.server import Fault, Server

CONFIG = '''\
worker_processes 1;
daemon off;
pid nginx.pid;
error_log error.log;
events {{
	worker_connections 64;
}}
http {{
	access_log off;
	client_body_temp_path body;
	proxy_temp_path proxy;
	fastcgi_temp_path fastcgi;
	uwsgi_temp_path uwsgi;
	scgi_temp_path scgi;
	proxy_cache_path cache keys_zone=copies:1m;
{beside}
	server {{
		listen 127.0.0.1:{port};
		location / {{
{inside}
			proxy_pass http://127.0.0.1:{backend};
		}}
	}}
}}
'''

ALLOW_PAGE = 'add_header Access-Control-Allow-Origin "https://app.example.com"{};'
VARY = '\nadd_header Vary Origin always;'
MIRROR = 'add_header Access-Control-Allow-Origin $http_origin always;'


def sorted_by_place(text):
    """Lines that go beside the server blocks, and lines that go into the location.

    A map is a block of its own; a comment belongs to what follows it.
    """
    beside, inside, comments, is_map = [], [], [], False
    for line in text.splitlines():
        if line.startswith('#'):
            comments.append(line)
            continue
        starts = line.startswith('map ')
        if starts:
            said = '\n'.join(comments + [line])
            assert 'beside the server blocks' in said, 'it does not say where its map goes: ' + text
        is_map = is_map or starts
        (beside if is_map else inside).extend(comments + [line])
        comments = []
        is_map = is_map and line != '}'
    return beside, inside + comments


class Nginx(Server):
    NAME = 'nginx'
    COMMANDS = (('nginx', 'nginx-light'),)

    def configure(self, changed, kept):
        beside, inside = sorted_by_place(changed)
        text = CONFIG.format(beside='\n'.join(beside), inside='\n'.join(inside + [kept]),
                             port=self.port, backend=self.backend.port)
        self.path = self.write('nginx.conf', text)

    def check_command(self):
        return ['nginx', '-t', '-q', '-p', self.folder + os.sep, '-c', self.path]

    def start_command(self):
        return ['nginx', '-p', self.folder + os.sep, '-c', self.path]

    FAULTS = (
        Fault('acao-missing', scenes.PLAIN),
        Fault('acao-missing', scenes.WITH_ERROR, name='errors too'),
        Fault('acao-mismatch', scenes.PLAIN,
              'add_header Access-Control-Allow-Origin "http://localhost:3000" always;'),
        Fault('acao-mismatch', scenes.OTHER, ALLOW_PAGE.format(' always'),
              name='a page with a port'),
        Fault('acao-trailing-slash', scenes.PLAIN,
              'add_header Access-Control-Allow-Origin "https://app.example.com/" always;'),
        Fault('error-response-lost-headers', scenes.WITH_ERROR, ALLOW_PAGE.format('')),
        Fault('acao-wildcard-credentials', scenes.WITH_COOKIE,
              'add_header Access-Control-Allow-Origin * always;\n'
              'add_header Access-Control-Allow-Credentials true always;'),
        Fault('acac-missing', scenes.WITH_COOKIE, ALLOW_PAGE.format(' always')),
        Fault('acac-invalid', scenes.WITH_COOKIE, ALLOW_PAGE.format(' always') +
              '\nadd_header Access-Control-Allow-Credentials True always;'),
        Fault('vary-origin-missing', scenes.TWO_PAGES, kept=MIRROR),
        Fault('vary-origin-poisoned', scenes.MIRRORED,
              'proxy_cache_key $scheme$proxy_host$request_uri;',
              'proxy_cache copies;\nadd_header X-Cache $upstream_cache_status always;'),
        Fault('not-cors-preflight-unrouted', scenes.PUT),
        Fault('not-cors-preflight-auth', scenes.LOCKED, kept='auth_request /locked/check;'),
        Fault('preflight-method', scenes.DELETE, ALLOW_PAGE.format(' always') + '''
if ($request_method = OPTIONS) {
    add_header Access-Control-Allow-Origin "https://app.example.com";
    add_header Access-Control-Allow-Methods "GET, PUT";
    return 204;
}'''),
        Fault('preflight-header', scenes.TRACED, ALLOW_PAGE.format(' always') + '''
if ($request_method = OPTIONS) {
    add_header Access-Control-Allow-Origin "https://app.example.com";
    add_header Access-Control-Allow-Headers "Content-Type";
    return 204;
}'''),
        Fault('acao-multiple-headers', (scenes.get('/own'),),
              kept=ALLOW_PAGE.format(' always') + VARY),
        Fault('not-cors-body-too-large', scenes.UPLOAD, 'client_max_body_size 1k;',
              ALLOW_PAGE.format('') + VARY),
    )
