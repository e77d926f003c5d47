# SPDX-License-Identifier: BSD-2-Clause
"""Apache in front of an application."""
from servers import scenes
from servers.server import Fault, Server

MODULES = ('mpm_event', 'authn_core', 'authn_file', 'auth_basic', 'authz_core', 'authz_user',
           'mime', 'setenvif', 'headers', 'rewrite', 'proxy', 'proxy_http', 'reflector')

CONFIG = '''\
ServerName api.example.com
PidFile apache.pid
ErrorLog error.log
DocumentRoot {folder}
DefaultRuntimeDir {folder}
User www-data
Group www-data
Listen 127.0.0.1:{port}
{modules}
TypesConfig /etc/mime.types
StartServers 1
ThreadsPerChild 8
MaxRequestWorkers 8
<VirtualHost *:{port}>
{changed}
{kept}
ProxyPass / http://127.0.0.1:{backend}/
</VirtualHost>
'''

ALLOW_PAGE = 'Header {}set Access-Control-Allow-Origin "https://app.example.com"'
VARY = '\nHeader always merge Vary Origin'
# Apache limits no body that it only hands on.
REFLECT = '''
ProxyPass /data.json !
<Location /data.json>
SetHandler reflector
</Location>'''
ANSWER = '''
RewriteEngine On
RewriteCond %{REQUEST_METHOD} =OPTIONS
RewriteRule ^ - [R=204,L]
'''


class Apache(Server):
    NAME = 'Apache'
    COMMANDS = (('apache2', 'apache2'),)

    def configure(self, changed, kept):
        modules = '\n'.join(f'LoadModule {m}_module /usr/lib/apache2/modules/mod_{m}.so'
                            for m in MODULES)
        text = CONFIG.format(folder=self.folder, port=self.port, modules=modules, changed=changed,
                             kept=kept, backend=self.backend.port)
        self.path = self.write('apache.conf', text)

    def check_command(self):
        return ['apache2', '-d', self.folder, '-f', self.path, '-t']

    def start_command(self):
        return ['apache2', '-d', self.folder, '-f', self.path, '-DFOREGROUND']

    FAULTS = (
        Fault('acao-missing', scenes.PLAIN),
        Fault('acao-missing', scenes.WITH_ERROR, name='errors too'),
        Fault('acao-mismatch', scenes.PLAIN,
              'Header always set Access-Control-Allow-Origin "http://localhost:3000"'),
        Fault('acao-mismatch', scenes.OTHER, ALLOW_PAGE.format('always '),
              name='a page with a port'),
        Fault('acao-trailing-slash', scenes.PLAIN,
              'Header always set Access-Control-Allow-Origin "https://app.example.com/"'),
        Fault('error-response-lost-headers', scenes.WITH_ERROR, ALLOW_PAGE.format(''),
              'ProxyErrorOverride On 404'),
        Fault('acao-wildcard-credentials', scenes.WITH_COOKIE,
              'Header always set Access-Control-Allow-Origin *\n'
              'Header always set Access-Control-Allow-Credentials true'),
        Fault('acac-missing', scenes.WITH_COOKIE, ALLOW_PAGE.format('always ')),
        Fault('acac-invalid', scenes.WITH_COOKIE, ALLOW_PAGE.format('always ') +
              '\nHeader always set Access-Control-Allow-Credentials True'),
        Fault('vary-origin-missing', scenes.TWO_PAGES, kept='SetEnvIf Origin "^(.*)$" ANY=$1\n'
              'Header always set Access-Control-Allow-Origin "%{ANY}e" env=ANY'),
        Fault('not-cors-preflight-unrouted', scenes.PUT),
        Fault('not-cors-preflight-auth', scenes.LOCKED, kept='<Location />\nAuthType Basic\n'
              'AuthName API\nAuthUserFile none\n<LimitExcept GET>\nRequire valid-user\n'
              '</LimitExcept>\n</Location>'),
        Fault('preflight-method', scenes.DELETE, ALLOW_PAGE.format('always ') + ANSWER +
              'Header always set Access-Control-Allow-Methods "GET, PUT"'),
        Fault('preflight-header', scenes.TRACED, ALLOW_PAGE.format('always ') + ANSWER +
              'Header always set Access-Control-Allow-Headers Content-Type'),
        Fault('acao-multiple-headers', (scenes.get('/own'),),
              kept=ALLOW_PAGE.format('always ') + VARY),
        Fault('not-cors-body-too-large', scenes.UPLOAD, 'LimitRequestBody 1000',
              ALLOW_PAGE.format('') + VARY + REFLECT),
    )
