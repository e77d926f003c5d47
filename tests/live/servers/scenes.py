# SPDX-License-Identifier: BSD-2-Clause
"""The requests that show each fault, the same for every server."""
from wire import OTHER_PAGE, Request, get, preflighted

LARGE = 20_000

PLAIN = (get(),)
WITH_ERROR = (get(), get('/data.json?gone'))
WITH_COOKIE = (get(cookie='session=1'),)
TWO_PAGES = (get(), get(origin=OTHER_PAGE))
OTHER = (get(origin=OTHER_PAGE),)
MIRRORED = (get('/mirror'), get('/mirror', origin=OTHER_PAGE))
JSON = ('Content-Type', 'application/json')
PUT = preflighted('PUT', JSON, body=b'{}')
DELETE = preflighted('DELETE')
TRACED = preflighted('POST', JSON, ('X-Request-Id', '7'), body=b'{}')
LOCKED = preflighted('GET', ('Authorization', 'Bearer none'), target='/locked')
# Its preflight was asked earlier and is still in the browser's cache.
UPLOAD = (Request('POST', fields=(JSON,), body=b'{"file": "%s"}' % (b' ' * LARGE)),)
