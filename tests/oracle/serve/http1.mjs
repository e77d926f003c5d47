// SPDX-License-Identifier: BSD-2-Clause
// One HTTP/1.1 connection of a server that has full control over the bytes of its responses.
//
// site: { answer(request) -> response, log(request, { status, headers, quirk }) }
import { createHash } from 'node:crypto';
import { endsConnection, latin1, responseBytes } from './bytes.mjs';

const HEAD_END = '\r\n\r\n';
// RFC 6455, 1.3.
const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const CLOSE_FRAME = Buffer.from([0x88, 0x02, 0x03, 0xe8]);

const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
const nextTurn = () => new Promise(resolve => setImmediate(resolve));

function parseHead(head) {
	const [startLine, ...lines] = head.toString('latin1').split('\r\n');
	const [method, target] = startLine.split(' ');
	const headers = lines.map(line => {
		const colon = line.indexOf(':');
		return [line.slice(0, colon), line.slice(colon + 1).trim()];
	});
	const get = name => headers.find(([n]) => n.toLowerCase() === name)?.[1];
	return { method, target, headers, get };
}

class Connection {
	constructor(socket, site, scheme) {
		this.socket = socket;
		this.site = site;
		// Ports are kept from the start: after a close, a socket no longer knows them.
		this.about = { scheme, proto: 'h1', clientPort: socket.remotePort, serverPort: socket.localPort };
		this.received = Buffer.alloc(0);
		this.answering = false;
		this.closed = false;
		socket.setNoDelay(true);
		socket.on('error', () => {});
		socket.on('close', () => {
			this.closed = true;
		});
		socket.on('data', data => {
			this.received = Buffer.concat([this.received, data]);
			this.answerAll();
		});
	}

	// The first whole request received, taken off the buffer; null when it is not all there yet.
	takeRequest() {
		const end = this.received.indexOf(HEAD_END);
		if (end < 0)
			return null;
		const request = parseHead(this.received.subarray(0, end));
		const bodyLength = Number(request.get('content-length') || 0);
		const whole = end + HEAD_END.length + bodyLength;
		if (this.received.length < whole)
			return null;
		this.received = this.received.subarray(whole);
		return { ...request, ...this.about };
	}

	// Requests are answered in turn; data that comes meanwhile waits in the buffer.
	async answerAll() {
		if (this.answering)
			return;
		this.answering = true;
		for (let request = this.takeRequest(); request; request = this.takeRequest())
			await this.answer(request);
		this.answering = false;
	}

	write(bytes) {
		return new Promise(resolve => (this.closed ? resolve() : this.socket.write(bytes, () => resolve())));
	}

	async answer(request) {
		const response = this.site.answer(request);
		const isWebSocket = (request.get('upgrade') || '').toLowerCase() === 'websocket';
		if (isWebSocket && response.status === 101)
			return this.acceptWebSocket(request, response);
		// What refuses a WebSocket must not be taken for the start of one.
		const sent = isWebSocket ? { ...response, close: true } : response;
		const { pieces, headers } = responseBytes(sent, request.method);
		this.site.log(request, { status: sent.status, headers, quirk: sent.quirk });
		await this.writeResponse(sent, pieces);
		if (endsConnection(sent))
			this.socket.end();
	}

	async writeResponse(response, pieces) {
		if (response.segment) {
			const bytes = Buffer.concat(pieces);
			for (let at = 0; at < bytes.length; at += response.segment) {
				await this.write(bytes.subarray(at, at + response.segment));
				await nextTurn();
			}
		} else if (response.early) {
			// A 1xx head deserves a packet of its own.
			for (const piece of pieces) {
				await this.write(piece);
				await pause(1);
			}
		} else {
			await this.write(Buffer.concat(pieces));
		}
	}

	async acceptWebSocket(request, response) {
		const accept = createHash('sha1').update(request.get('sec-websocket-key') + WEBSOCKET_GUID).digest('base64');
		const headers = [
			['Upgrade', 'websocket'], ['Connection', 'Upgrade'], ['Sec-WebSocket-Accept', accept], ...response.headers,
		];
		const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
		this.site.log(request, { status: 101, headers });
		await this.write(latin1(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n`));
		await this.write(CLOSE_FRAME);
		setTimeout(() => this.socket.end(), 50);
	}
}

// Serve what comes on this socket from the site; scheme is what the client wrote in its URL.
export function serveHttp1(socket, site, scheme) {
	return new Connection(socket, site, scheme);
}
