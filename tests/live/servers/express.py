# SPDX-License-Identifier: BSD-2-Clause
"""An application of Express; its snippets use the cors package of npm."""
import os
import shutil
import subprocess

from servers import scenes
from servers.server import Fault, Server
from tap import Skip

PACKAGES = ('express@5.3.0', 'cors@2.8.6')
INSTALL_S = 60

APPLICATION = '''\
'use strict';
const express = require('express');
const app = express();
{changed}
{kept}
app.options('/{{*any}}', (request, response) => response.sendStatus(405));
app.get('/locked', (request, response) =>
  request.get('Authorization') ? response.json([]) : response.sendStatus(401));
app.use((request, response, next) =>
  'gone' in request.query ? response.sendStatus(404) : next());
app.all('/data.json', (request, response) => response.set('Cache-Control', 'max-age=60').json([]));
app.listen({port}, '127.0.0.1');
'''

SET = "app.use((request, response, next) => {{ response.set({}); next(); }});"
ALLOW_PAGE = SET.format("'Access-Control-Allow-Origin', 'https://app.example.com'")
MIRROR = SET.format("'Access-Control-Allow-Origin', request.get('Origin')")


def answer(field):
    return ALLOW_PAGE + ("app.options('/{*any}', (request, response) => response.set('%s', '%s')"
                         ".sendStatus(204));" % field)


class Express(Server):
    NAME = 'Express'
    COMMANDS = (('node', 'nodejs'), ('npm', 'npm'))
    modules = None

    @classmethod
    def prepare(cls, folder):
        super().prepare(folder)
        words = ['npm', 'install', '--prefix', folder, '--no-audit', '--no-fund', '--no-save',
                 '--fetch-retries=0', '--fetch-timeout=20000', *PACKAGES]
        try:
            done = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True,
                                  timeout=INSTALL_S, check=False)
        except subprocess.TimeoutExpired as late:
            raise Skip(f'npm did not fetch {" ".join(PACKAGES)} in {INSTALL_S} s') from late
        if done.returncode:
            said = [line for line in done.stderr.decode().splitlines() if 'error' in line] or ['']
            raise Skip(f'npm cannot fetch {" ".join(PACKAGES)}: {said[0]}')
        cls.modules = os.path.join(folder, 'node_modules')

    def environment(self):
        return dict(super().environment(), NODE_PATH=self.modules)

    def configure(self, changed, kept):
        text = APPLICATION.format(changed=changed, kept=kept, port=self.port)
        self.path = self.write('app.js', text)

    def check_command(self):
        return ['node', '--check', self.path]

    def start_command(self):
        return [shutil.which('node'), self.path]

    FAULTS = (
        Fault('acao-missing', scenes.PLAIN),
        Fault('acao-missing', scenes.WITH_ERROR, name='errors too'),
        Fault('acao-mismatch', scenes.PLAIN,
              SET.format("'Access-Control-Allow-Origin', 'http://localhost:3000'")),
        Fault('acao-mismatch', scenes.OTHER, ALLOW_PAGE, name='a page with a port'),
        Fault('acao-trailing-slash', scenes.PLAIN,
              SET.format("'Access-Control-Allow-Origin', 'https://app.example.com/'")),
        Fault('error-response-lost-headers', scenes.WITH_ERROR,
              "app.use((request, response, next) => { if (!('gone' in request.query))\n"
              "  response.set('Access-Control-Allow-Origin', 'https://app.example.com');\n"
              "  next(); });"),
        Fault('acao-wildcard-credentials', scenes.WITH_COOKIE,
              "const cors = require('cors');\napp.use(cors({ credentials: true }));"),
        Fault('acac-missing', scenes.WITH_COOKIE, ALLOW_PAGE),
        Fault('acac-invalid', scenes.WITH_COOKIE,
              ALLOW_PAGE + SET.format("'Access-Control-Allow-Credentials', 'True'")),
        Fault('vary-origin-missing', scenes.TWO_PAGES, kept=MIRROR),
        Fault('not-cors-preflight-unrouted', scenes.PUT),
        Fault('not-cors-preflight-auth', scenes.LOCKED,
              kept="app.options('/{*any}', (request, response) => response.sendStatus(401));"),
        Fault('preflight-method', scenes.DELETE,
              answer(('Access-Control-Allow-Methods', 'GET, PUT'))),
        Fault('preflight-header', scenes.TRACED,
              answer(('Access-Control-Allow-Headers', 'Content-Type'))),
        Fault('not-cors-body-too-large', scenes.UPLOAD,
              "app.use(express.json({ limit: '1kb' }));",
              "app.use(require('cors')({ origin: ['https://app.example.com'] }));"),
    )
