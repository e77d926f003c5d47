# SPDX-License-Identifier: BSD-2-Clause
"""The same over asyncio, whose TLS knows no socket: loop.py PORT KEY CERTIFICATE LOG"""
import asyncio
import ssl
import sys

PORT, KEY, CERTIFICATE, LOG = sys.argv[1:]
BIG = b'some bytes' * (1 << 20)
log = open(LOG, 'a', buffering=1)


async def serve(reader, writer):
    while True:
        try:
            head = await reader.readuntil(b'\r\n\r\n')
        except (asyncio.IncompleteReadError, ConnectionError):
            break
        lines = head.decode().split('\r\n')
        method, target, _ = lines[0].split(' ')
        origin = dict(line.split(': ', 1) for line in lines[1:] if line).get('Origin')
        path = target.split('?')[0]
        body = BIG if path == '/big' else path.encode()
        more = f'Access-Control-Allow-Origin: {origin}\r\n' if path in ('/right', '/big', '/preflight') else ''
        if path == '/preflight':
            more += 'Access-Control-Allow-Methods: GET, PUT\r\n'
        if path == '/constant':
            more += 'Access-Control-Allow-Origin: https://app.example.com\r\n'
        log.write(f'{method} {target} 200\n')
        writer.write(f'HTTP/1.1 200 OK\r\n{more}Content-Length: {len(body)}\r\n\r\n'.encode())
        writer.write(body)
        await writer.drain()
    writer.close()


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, KEY)
    server = await asyncio.start_server(serve, None, int(PORT), ssl=context, backlog=256)
    await server.serve_forever()


asyncio.run(main())
