# SPDX-License-Identifier: BSD-2-Clause
"""A PHP script, served by PHP's own server."""
from servers import scenes
from servers.server import Fault, Server

# The first line goes away when the snippet brings one of its own.
SCRIPT = '''\
{changed}
{kept}
header('Content-Type: application/json');
header('Cache-Control: max-age=60');
if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') {{
    http_response_code(405);
    exit;
}}
if ($_SERVER['REQUEST_URI'] === '/locked' && !isset($_SERVER['HTTP_AUTHORIZATION'])) {{
    http_response_code(401);
    exit;
}}
if (($_SERVER['QUERY_STRING'] ?? '') === 'gone') {{
    header_remove('Cache-Control');
    http_response_code(404);
    exit;
}}
if (($_SERVER['CONTENT_LENGTH'] ?? 0) > ini_parse_quantity(ini_get('post_max_size'))) {{
    header_remove('Access-Control-Allow-Origin');
    http_response_code(413);
    exit;
}}
echo '{{"items": []}}';
'''

# Warnings in the body would send the head before the script is asked.
QUIET = 'display_errors = 0\ndisplay_startup_errors = 0\n'
ALLOW_PAGE = "header('Access-Control-Allow-Origin: https://app.example.com');"
GUARD = "if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') { http_response_code(401); exit; }"
BESIDE = '  // beside the allowed origin'


def answer(field):
    return ALLOW_PAGE + ("if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') {"
                         f"header('{field}'); http_response_code(204); exit; }}")


def assembled(snippet):
    """The snippet with its lines where their comments say."""
    lines = snippet.splitlines()
    beside = [line for line in lines if line.endswith(BESIDE)]
    rest = [line for line in lines if line not in beside]
    if not beside or len(rest) < 2:
        return snippet
    at = max(i for i, line in enumerate(rest) if 'Access-Control-Allow-Origin' in line)
    return '\n'.join(rest[:at + 1] + beside + rest[at + 1:])


class Php(Server):
    NAME = 'PHP'
    COMMANDS = (('php', 'php-cli'),)

    def configure(self, changed, kept):
        ini = 'post_max_size = 1K'
        if changed.startswith('; php.ini'):
            ini, changed = changed, ''
        changed = assembled(changed)
        if not changed.startswith('<?php'):
            changed = '<?php\n' + changed
        self.ini = self.write('php.ini', QUIET + ini)
        self.path = self.write('index.php', SCRIPT.format(changed=changed, kept=kept))

    def check_command(self):
        return ['php', '-c', self.ini, '-l', self.path]

    def start_command(self):
        return ['php', '-c', self.ini, '-S', f'127.0.0.1:{self.port}', self.path]

    FAULTS = (
        Fault('acao-missing', scenes.PLAIN),
        Fault('acao-missing', scenes.WITH_ERROR, name='errors too'),
        Fault('acao-mismatch', scenes.PLAIN,
              "header('Access-Control-Allow-Origin: http://localhost:3000');"),
        Fault('acao-mismatch', scenes.OTHER, ALLOW_PAGE, name='a page with a port'),
        Fault('acao-trailing-slash', scenes.PLAIN,
              "header('Access-Control-Allow-Origin: https://app.example.com/');"),
        Fault('error-response-lost-headers', scenes.WITH_ERROR,
              "if (!isset($_GET['gone'])) " + ALLOW_PAGE),
        Fault('acao-wildcard-credentials', scenes.WITH_COOKIE,
              "header('Access-Control-Allow-Origin: *');\n"
              "header('Access-Control-Allow-Credentials: true');"),
        Fault('acac-missing', scenes.WITH_COOKIE, ALLOW_PAGE),
        Fault('acac-invalid', scenes.WITH_COOKIE,
              ALLOW_PAGE + "header('Access-Control-Allow-Credentials: True');"),
        Fault('vary-origin-missing', scenes.TWO_PAGES, kept="if (isset($_SERVER['HTTP_ORIGIN']))\n"
              "    header('Access-Control-Allow-Origin: ' . $_SERVER['HTTP_ORIGIN']);"),
        Fault('not-cors-preflight-unrouted', scenes.PUT),
        Fault('not-cors-preflight-auth', scenes.LOCKED, kept=GUARD),
        Fault('preflight-method', scenes.DELETE, answer('Access-Control-Allow-Methods: GET, PUT')),
        Fault('preflight-header', scenes.TRACED,
              answer('Access-Control-Allow-Headers: Content-Type')),
        Fault('not-cors-body-too-large', scenes.UPLOAD,
              kept=ALLOW_PAGE + "header('Vary: Origin');"),
    )
