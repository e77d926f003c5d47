// SPDX-License-Identifier: BSD-2-Clause
// A response as the exact bytes that go on the wire, and as the header lines that the truth keeps.
//
// response: status, headers [[name, value, rawLine?]], body (a name below or { type, bytes }), and, for oddities:
//   early      raw 1xx heads to send first       lf          bare LF ends each line of the head
//   chunked    Transfer-Encoding: chunked        trailers    raw trailer lines (with chunked)
//   http10     HTTP/1.0                          noReason    a status line without reason phrase
//   untilClose no length, the close ends it      close       Connection: close
//   segment    write so many bytes at a time
import { STATUS_CODES } from 'node:http';

const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const text = (type, content) => ({ type, bytes: Buffer.from(content) });

const BODIES = {
	json: text('application/json', '{"ok":1}'),
	html: text('text/html', '<!doctype html><title>t</title>ok'),
	gif: { type: 'image/gif', bytes: PIXEL },
	js: text('text/javascript', 'var z=1;'),
	mjs: text('text/javascript', 'export let z=1;'),
	css: text('text/css', 'a{}'),
	font: text('font/woff2', 'wOF2nope'),
	es: text('text/event-stream', 'data: 1\n\n'),
	err: text('text/html', '<h1>error</h1>'),
	empty: text('text/plain', ''),
};

// Header bytes are not text: a value may hold bytes above 127.
export const latin1 = string => Buffer.from(string, 'latin1');

export function bodyOf(response) {
	const { body = 'json' } = response;
	return typeof body === 'string' ? BODIES[body] : body;
}

export function hasNoBody(status) {
	return status === 204 || status === 304 || (status >= 100 && status < 200);
}

// All header lines of the response, in the order in which they are sent.
function headerLines(response, body) {
	const lines = [];
	if (!hasNoBody(response.status)) {
		lines.push(['Content-Type', body.type]);
		if (response.chunked)
			lines.push(['Transfer-Encoding', 'chunked']);
		else if (!response.untilClose)
			lines.push(['Content-Length', String(body.bytes.length)]);
	}
	lines.push(...response.headers);
	if (endsConnection(response))
		lines.push(['Connection', 'close']);
	return lines;
}

function headBytes(response, lines) {
	const newline = response.lf ? '\n' : '\r\n';
	const version = response.http10 ? 'HTTP/1.0' : 'HTTP/1.1';
	const reason = response.noReason ? '' : ' ' + (STATUS_CODES[response.status] || 'X');
	const written = lines.map(([name, value, raw]) => (raw === undefined ? `${name}: ${value}` : raw));
	return latin1([`${version} ${response.status}${reason}`, ...written, '', ''].join(newline));
}

// Two chunks, so that a body is seen to go on after its first.
function chunkedBytes(bytes, trailers = []) {
	const middle = Math.ceil(bytes.length / 2);
	const chunks = [bytes.subarray(0, middle), bytes.subarray(middle)].filter(chunk => chunk.length);
	const written = chunks.flatMap(chunk => [latin1(chunk.length.toString(16) + '\r\n'), chunk, latin1('\r\n')]);
	const end = '0\r\n' + trailers.map(line => line + '\r\n').join('') + '\r\n';
	return Buffer.concat([...written, latin1(end)]);
}

function bodyBytes(response, body, method) {
	if (hasNoBody(response.status) || method === 'HEAD')
		return Buffer.alloc(0);
	return response.chunked ? chunkedBytes(body.bytes, response.trailers) : body.bytes;
}

export function endsConnection(response) {
	return Boolean(response.close || response.untilClose || response.http10);
}

// { pieces: buffers to write one after the other, headers: the lines as the truth keeps them }
export function responseBytes(response, method) {
	const body = bodyOf(response);
	const headers = headerLines(response, body);
	const main = Buffer.concat([headBytes(response, headers), bodyBytes(response, body, method)]);
	return { pieces: [...(response.early || []).map(latin1), main], headers };
}
