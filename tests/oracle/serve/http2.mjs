// SPDX-License-Identifier: BSD-2-Clause
// The HTTP/2 server of the TLS set. Its library owns the bytes, so only fields can be chosen, not their spelling.
import { createSecureServer } from 'node:http2';
import { bodyOf } from './bytes.mjs';

const END_STREAM = 1;
// Fields that the library refuses to send twice: the first one stands.
const SINGLE = new Set(['access-control-allow-credentials', 'access-control-max-age', 'age', 'etag', 'location']);

function readRequest(stream, rawHeaders, port) {
	const fields = [];
	for (let i = 0; i < rawHeaders.length; i += 2)
		fields.push([rawHeaders[i], rawHeaders[i + 1]]);
	const field = name => fields.find(([n]) => n === name)?.[1];
	const host = field(':authority');
	return {
		method: field(':method'), target: field(':path'),
		// The truth speaks of Host in either protocol.
		headers: [['Host', host], ...fields.filter(([name]) => !name.startsWith(':'))],
		get: name => (name === 'host' ? host : field(name)),
		clientPort: stream.session?.socket?.remotePort || 0, serverPort: port,
		scheme: 'https', proto: 'h2', streamId: stream.id,
	};
}

// The fields that are really sent, in order.
function fieldLines(response, noBody) {
	const lines = noBody ? [] : [['content-type', bodyOf(response).type]];
	for (const [name, value] of response.headers) {
		const lower = name.toLowerCase();
		const repeated = SINGLE.has(lower) && lines.some(([n]) => n === lower);
		if (lower !== 'connection' && !repeated)
			lines.push([lower, value]);
	}
	return lines;
}

function asHeaderObject(status, lines) {
	const object = Object.create(null);
	object[':status'] = status;
	for (const [name, value] of lines) {
		if (object[name] === undefined)
			object[name] = value;
		else
			object[name] = [].concat(object[name], value);
	}
	return object;
}

function answer(stream, request, site) {
	const response = site.answer(request);
	const noBody = response.status === 204 || response.status === 304;
	const lines = fieldLines(response, noBody);
	site.log(request, { status: response.status, headers: lines });
	try {
		const endStream = noBody || request.method === 'HEAD';
		stream.respond(asHeaderObject(response.status, lines), { endStream });
		if (!endStream)
			stream.end(bodyOf(response).bytes);
	} catch (error) {
		site.failed(error, request);
		stream.close();
	}
}

export function http2Server(site, certificate, port) {
	const server = createSecureServer({
		cert: certificate.cert, key: certificate.key, allowHTTP1: false, settings: { maxConcurrentStreams: 200 },
	});
	server.on('session', session => session.on('error', () => {}));
	server.on('tlsClientError', () => {});
	server.on('stream', (stream, headers, flags, rawHeaders) => {
		const request = readRequest(stream, rawHeaders, port);
		stream.on('error', () => {});
		if (flags & END_STREAM) {
			answer(stream, request, site);
		} else {
			stream.once('end', () => answer(stream, request, site));
			stream.resume();
		}
	});
	return server;
}
