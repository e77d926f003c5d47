#!/usr/bin/env node
// SPDX-License-Identifier: BSD-2-Clause
// The stored set once more, in HTTP/2: what was on the wire is written as frames of clear-text connections, at the times
// at which it was there, and the program must find what the browser said of the same fields. TAP; -v lists every
// disagreement. Cases whose fields HTTP/2 cannot carry (blanks in names, controls in values) are left out, and counted.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare } from './compare.mjs';
import { join } from './join.mjs';
import { runProgram } from './program.mjs';
import { Tap, reportAgreement } from './report.mjs';
import { readSet } from './set.mjs';

const STORED = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'stored');
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const DATA = 0, HEADERS = 1, SETTINGS = 4, END_STREAM = 1, END_HEADERS = 4;
const SYN = 2, ACK = 16, FIN = 1;
const CLIENT = 0, SERVER = 1;
const TABLE_MAX = 4096;
// Of HTTP/1 alone (RFC 9113, 8.2.2), or in the pseudo-fields.
const LEFT_OUT = new Set(['host', 'connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

const isName = name => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);
const isValue = value => !/[\x00-\x08\x0a-\x1f\x7f]/.test(value);
// To Chromium, one of two lines being empty means something else when their names differ in case, which is not carried.
const isSpeltOnce = fields => new Set(fields.map(([name]) => name)).size === new Set(fields.map(([name]) => name.toLowerCase())).size;
const isCarried = fields => fields.every(([name, value]) => isName(name) && isValue(value));
// How the bytes of HTTP/1 are spelt is what some cases are about; and a WebSocket is asked for in another way.
const canCarry = row => row.cls !== 'quirk' && !row.wire.some(wire => wire.req.some(([name]) => /^upgrade$/i.test(name))) &&
	row.wire.every(wire => isCarried(wire.req) && (!wire.resp || (isCarried(wire.resp.headers) && isSpeltOnce(wire.resp.headers))));

// One direction's encoder (RFC 7541): every field goes into the table, and is a number when it comes back.
class Encoder {
	constructor() {
		this.entries = [];
		this.size = 0;
	}

	integer(first, bits, n) {
		const max = (1 << bits) - 1;
		if (n < max)
			return Buffer.from([first | n]);
		const bytes = [first | max];
		for (n -= max; n >= 128; n >>= 7)
			bytes.push(128 | (n & 127));
		return Buffer.from([...bytes, n]);
	}

	string(text) {
		const bytes = Buffer.from(text, 'latin1');
		return Buffer.concat([this.integer(0, 7, bytes.length), bytes]);
	}

	insert(name, value) {
		const size = name.length + value.length + 32;
		this.entries.unshift({ name, value, size });
		this.size += size;
		while (this.size > TABLE_MAX)
			this.size -= this.entries.pop().size;
	}

	field([name, value]) {
		const at = this.entries.findIndex(e => e.name === name && e.value === value);
		if (at >= 0)
			return this.integer(0x80, 7, 62 + at);
		const named = this.entries.findIndex(e => e.name === name);
		const head = named < 0 ? Buffer.concat([Buffer.from([0x40]), this.string(name)]) : this.integer(0x40, 6, 62 + named);
		const bytes = Buffer.concat([head, this.string(value)]);
		this.insert(name, value);
		return bytes;
	}

	block(fields) {
		return Buffer.concat(fields.map(field => this.field(field)));
	}
}

function frame(type, flags, stream, payload) {
	const header = Buffer.alloc(9);
	header.writeUIntBE(payload.length, 0, 3);
	header[3] = type;
	header[4] = flags;
	header.writeUInt32BE(stream, 5);
	return Buffer.concat([header, payload]);
}

const carried = fields => fields.map(([name, value]) => [name.toLowerCase(), value]).filter(([name]) => !LEFT_OUT.has(name));

// A TCP connection on 127.0.0.1 that writes its packets into a capture.
class Connection {
	constructor(capture, clientPort, serverPort, time) {
		Object.assign(this, { capture, ports: [clientPort, serverPort], sent: [0, 0], streams: 0 });
		this.encoders = [new Encoder(), new Encoder()];
		this.packet(CLIENT, SYN, time);
		this.packet(SERVER, SYN | ACK, time);
		this.sent = [1, 1];
		this.send(CLIENT, time, PREFACE, frame(SETTINGS, 0, 0, Buffer.alloc(0)));
		this.send(SERVER, time, frame(SETTINGS, 0, 0, Buffer.alloc(0)));
	}

	packet(from, flags, time, data = Buffer.alloc(0)) {
		const header = Buffer.alloc(40);
		header[0] = 0x45;
		header.writeUInt16BE(40 + data.length, 2);
		header[8] = 64;
		header[9] = 6;
		header.writeUInt32BE(0x7f000001, 12);
		header.writeUInt32BE(0x7f000001, 16);
		header.writeUInt16BE(this.ports[from], 20);
		header.writeUInt16BE(this.ports[1 - from], 22);
		header.writeUInt32BE(this.sent[from], 24);
		header.writeUInt32BE(flags === SYN ? 0 : this.sent[1 - from] + (flags & SYN ? 1 : 0), 28);
		header[32] = 0x50;
		header[33] = flags;
		header.writeUInt16BE(65535, 34);
		this.capture.push({ time, bytes: Buffer.concat([header, data]) });
	}

	send(from, time, ...parts) {
		const data = Buffer.concat(parts);
		// No segment is longer than a packet can be.
		for (let at = 0; at < data.length; at += 16000) {
			const part = data.subarray(at, at + 16000);
			this.packet(from, ACK, time, part);
			this.sent[from] += part.length;
		}
	}

	exchange(wire, time) {
		const stream = 2 * this.streams++ + 1;
		const request = [[':method', wire.method], [':scheme', wire.scheme], [':authority', wire.host], [':path', wire.target],
			...carried(wire.req)];
		this.send(CLIENT, time, frame(HEADERS, END_STREAM | END_HEADERS, stream, this.encoders[CLIENT].block(request)));
		if (!wire.resp)
			return;
		const response = [[':status', String(wire.resp.status)], ...carried(wire.resp.headers)];
		this.send(SERVER, time, frame(HEADERS, END_HEADERS, stream, this.encoders[SERVER].block(response)),
			frame(DATA, END_STREAM, stream, Buffer.from('body')));
	}

	end(time) {
		this.packet(SERVER, FIN | ACK, time);
		this.sent[SERVER]++;
		this.packet(CLIENT, FIN | ACK, time);
	}
}

// A pcap file of raw IP packets, with nanoseconds.
function pcap(packets) {
	const head = Buffer.alloc(24);
	head.writeUInt32LE(0xa1b23c4d, 0);
	head.writeUInt16LE(2, 4);
	head.writeUInt16LE(4, 6);
	head.writeUInt32LE(262144, 16);
	head.writeUInt32LE(101, 20);
	return Buffer.concat([head, ...packets.flatMap(({ time, bytes }) => {
		const record = Buffer.alloc(16);
		record.writeUInt32LE(Number(time / 1000000000n), 0);
		record.writeUInt32LE(Number(time % 1000000000n), 4);
		record.writeUInt32LE(bytes.length, 8);
		record.writeUInt32LE(bytes.length, 12);
		return [record, bytes];
	})]);
}

// '2026-11-25T21:12:58.499406000Z' in nanoseconds.
function nanoseconds(text) {
	const [, seconds, fraction] = /^(.*)\.(\d+)Z$/.exec(text);
	return BigInt(Date.parse(seconds + 'Z')) * 1000000n + BigInt(fraction.padEnd(9, '0'));
}

function write(pairs) {
	const packets = [], connections = new Map();
	const ordered = pairs.filter(pair => pair.told).map(pair => ({ ...pair, time: nanoseconds(pair.told.time) }));
	ordered.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
	for (const { wire, time } of ordered) {
		const key = `${wire.client_port} ${wire.server_port}`;
		if (!connections.has(key))
			connections.set(key, new Connection(packets, wire.client_port, wire.server_port, time));
		connections.get(key).exchange(wire, time);
	}
	const last = ordered[ordered.length - 1].time;
	for (const connection of connections.values())
		connection.end(last);
	return pcap(packets);
}

async function main() {
	const { rows, told } = await readSet(STORED);
	const spoilt = new Set(rows.filter(row => !canCarry(row)).map(row => row.key));
	const kept = rows.filter(row => !spoilt.has(row.key));
	const directory = mkdtempSync(path.join(os.tmpdir(), 'cors-sniff-h2c-'));
	try {
		const traffic = path.join(directory, 'h2c.pcap');
		writeFileSync(traffic, write(join(rows, told).pairs.filter(({ row }) => !spoilt.has(row.key))));
		const inHttp2 = await runProgram(traffic);
		const tap = new Tap(process.argv.includes('-v'));
		console.log(`# ${kept.length} of ${rows.length} cases can be carried by HTTP/2`);
		reportAgreement(tap, compare(kept, join(kept, inHttp2)));
		tap.check('most cases can be carried', kept.length * 10 > rows.length * 9 ? [] : [kept.length], String);
		process.exitCode = tap.finish();
	} finally {
		if (!process.env.KEEP)
			rmSync(directory, { recursive: true });
	}
}

main().catch(error => {
	console.log(`not ok 1 - the stored set is compared in HTTP/2\n# ${error.stack}`);
	process.exitCode = 1;
});
