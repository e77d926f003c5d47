// SPDX-License-Identifier: BSD-2-Clause
// The servers of a set, each on both loopback addresses.
import net from 'node:net';
import tls from 'node:tls';
import { serveHttp1 } from './http1.mjs';
import { http2Server } from './http2.mjs';

const ADDRESSES = ['127.0.0.1', '::1'];
const HTTP1_ONLY = { ALPNProtocols: ['http/1.1'] };

function listen(server, port, host) {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen({ port, host, ipv6Only: host === '::1' }, () => resolve(server));
	});
}

// create() makes one server; gives one for each address.
function everywhere(port, create) {
	return Promise.all(ADDRESSES.map(host => listen(create(), port, host)));
}

export function listenPlain(port, site) {
	return everywhere(port, () => net.createServer(socket => serveHttp1(socket, site, 'http')));
}

function tlsServer(certificate, handle) {
	const { cert, key } = certificate;
	const server = tls.createServer({ cert, key, ...HTTP1_ONLY }, handle);
	server.on('tlsClientError', () => {});
	return server;
}

export function listenTls(port, site, certificate) {
	return everywhere(port, () => tlsServer(certificate, socket => serveHttp1(socket, site, 'https')));
}

export function listenHttp2(port, site, certificate) {
	return everywhere(port, () => http2Server(site, certificate, port));
}

// Decrypts and hands the bytes on to a plain port. Only that port is captured, as in a data centre: the capture then
// shows http and another port than the browser's URL.
export function listenTerminator(port, backPort, certificate) {
	return everywhere(port, () => tlsServer(certificate, socket => {
		const back = net.connect(backPort, '127.0.0.1');
		back.setNoDelay(true);
		socket.on('error', () => back.destroy());
		socket.on('close', () => back.destroy());
		back.on('error', () => socket.destroy());
		back.on('close', () => socket.end());
		socket.pipe(back);
		back.pipe(socket);
	}));
}

// All servers that this topology needs.
export async function listenAll(topology, site, certificate) {
	const { ports } = topology;
	const servers = [listenPlain(ports.page, site), listenTls(ports.pageTls, site, certificate)];
	if (topology.tls)
		servers.push(listenHttp2(ports.h2, site, certificate), listenTls(ports.h1tls, site, certificate));
	else
		servers.push(listenPlain(ports.api, site), listenPlain(ports.api2, site), listenPlain(ports.back, site),
			listenTerminator(ports.front, ports.back, certificate));
	return (await Promise.all(servers)).flat();
}
