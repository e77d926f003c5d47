#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Captures for the dashboard's tests, as JSON: each a list of pieces in base64, to be fed one after the other."""
import base64
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import talk  # noqa: E402

SCRIPT = b'<script>window.owned=1</script>'
MARKUP = b'"><img src=x onerror="window.owned=1"><svg/onload=window.owned=1>'
QUOTES = b"'\"`;window.owned=1//</style></script>{{7*7}}${window.owned=1}"
TURNED = '\u202egro.live//:sptth\u2066\u200b\ufeff'.encode()
CONTROLS = b'a\x01\x1b[31mb\xc2\x9bc\xff\xfe'
LONG = b'https://' + b'<b>long</b>' * 740
HOSTILE = (SCRIPT, MARKUP, QUOTES, TURNED, CONTROLS, LONG, b'javascript:window.owned=1', b'</script><script>window.owned=1</script>')


def pieces(*steps):
    """Each step adds to one capture: what it added."""
    capture, given = talk.Capture(), []
    for step in steps:
        step(capture)
        given.append(base64.b64encode(b''.join(capture.records)).decode())
        capture.records = []
    return given


def blocked(capture):
    capture.talk((talk.get(), talk.reply(b'https://app.example.com:8443', extra=b'Vary: Origin\r\n')))


def another(capture):
    capture.talk((talk.get(target=b'/new', host=b'new.example.com'), talk.reply()), port=50001)


def hostile(capture):
    """Every place in which a value can come: origin, path, host, header names and values; and in a preflight."""
    for number, value in enumerate(HOSTILE):
        path = b'/' + value.replace(b' ', b'+')
        extra = b'X-' + value[:40].replace(b':', b'').replace(b' ', b'') + b': ' + value + b'\r\n'
        request = talk.get(target=path, origin=value, host=value[:200].replace(b' ', b'') + b'.example', extra=b'Referer: ' + value + b'\r\n')
        answer = talk.reply(value, extra=b'Server: ' + value + b'\r\nVary: ' + value + b'\r\n' + extra)
        plain = talk.get(target=b'/p%d' % number, origin=value)
        flight = (b'OPTIONS /f HTTP/1.1\r\nHost: api.example.com\r\nOrigin: https://app.example.com\r\nSec-Fetch-Mode: cors\r\n'
                  b'Access-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: x-' + value[:60].replace(b' ', b'') + b'\r\n\r\n')
        allowed = talk.reply(b'https://app.example.com', extra=b'Access-Control-Allow-Methods: ' + value + b'\r\n')
        capture.talk((request, answer), (plain, talk.reply(b'https://x' + value)), (flight, allowed), port=51000 + number)


print(json.dumps({'live': pieces(blocked, another), 'hostile': pieces(hostile)}))
