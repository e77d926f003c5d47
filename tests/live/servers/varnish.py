# SPDX-License-Identifier: BSD-2-Clause
"""Varnish in front of an application. It is not started anew but given new VCL, as in use."""
import os
import re
import shlex
import subprocess

from servers import scenes
from servers.server import Fault, Server

VCL = '''\
vcl 4.1;
backend default {{
    .host = "127.0.0.1";
    .port = "{backend}";
}}
{changed}
{kept}
'''

CONSTANT = 'sub vcl_deliver {\n    set resp.http.Access-Control-Allow-Origin = "%s";\n}'
ALLOW_PAGE = CONSTANT % 'https://app.example.com'


def answer(field):
    return ALLOW_PAGE + '''
sub vcl_recv {
    if (req.method == "OPTIONS") {
        return (synth(204));
    }
}
sub vcl_synth {
    set resp.http.Access-Control-Allow-Origin = "https://app.example.com";
    set resp.http.%s = "%s";
    return (deliver);
}''' % field


def assembled(snippet):
    """An indented line at the beginning goes below the line that sets the allowed origin."""
    lines = snippet.splitlines()
    if not lines[:1] or not lines[0].startswith('  '):
        return snippet
    at = [i for i, line in enumerate(lines) if 'Access-Control-Allow-Origin = req' in line]
    assert at, 'nowhere to put: ' + lines[0]
    return '\n'.join(lines[1:at[0] + 1] + lines[:1] + lines[at[0] + 1:])


class Varnish(Server):
    NAME = 'Varnish'
    COMMANDS = (('varnishd', 'varnish'), ('varnishadm', 'varnish'), ('gcc', 'gcc'))

    def configure(self, changed, kept):
        text = VCL.format(backend=self.backend.port, changed=assembled(changed), kept=kept)
        self.path = self.write('test.vcl', text)

    def check_command(self):
        return ['varnishd', '-C', '-n', os.path.join(self.folder, 'check'), '-f', self.path]

    def start_command(self):
        # -j none: its own user could not enter the scratch folder.
        return ['varnishd', '-F', '-j', 'none', '-n', os.path.join(self.folder, 'work'),
                '-f', self.path, '-a', f'127.0.0.1:{self.port}', '-s', 'malloc,16m',
                '-p', 'thread_pool_min=10']

    def administer(self, *words):
        command = ['varnishadm', '-n', os.path.join(self.folder, 'work'), *words]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        assert done.returncode == 0, (command, done.stdout, done.stderr)

    def mend(self, snippet, kept):
        self.configure(snippet, kept)
        self.check()
        self.administer('vcl.load', 'mended', self.path)
        self.administer('vcl.use', 'mended')
        for command in re.findall(r'^# then: varnishadm (.*)$', snippet, re.M):
            self.administer(*shlex.split(command))

    FAULTS = (
        Fault('acao-missing', scenes.PLAIN),
        Fault('acao-missing', scenes.WITH_ERROR, name='errors too'),
        Fault('acao-mismatch', scenes.PLAIN, CONSTANT % 'http://localhost:3000'),
        Fault('acao-mismatch', scenes.OTHER, ALLOW_PAGE, name='a page with a port'),
        Fault('acao-trailing-slash', scenes.PLAIN, CONSTANT % 'https://app.example.com/'),
        Fault('acao-wildcard-credentials', scenes.WITH_COOKIE, CONSTANT % '*'),
        Fault('acac-missing', scenes.WITH_COOKIE, ALLOW_PAGE),
        Fault('vary-origin-poisoned', scenes.MIRRORED),
        Fault('not-cors-preflight-unrouted', scenes.PUT, kept=ALLOW_PAGE),
        Fault('preflight-method', scenes.DELETE,
              answer(('Access-Control-Allow-Methods', 'GET, PUT')),
              ALLOW_PAGE),
        Fault('preflight-header', scenes.TRACED,
              answer(('Access-Control-Allow-Headers', 'Content-Type')),
              ALLOW_PAGE),
        Fault('acao-multiple-headers', (scenes.get('/twice'),)),
    )
