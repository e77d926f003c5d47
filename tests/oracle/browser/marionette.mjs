// SPDX-License-Identifier: BSD-2-Clause
// A client of Marionette, Firefox's remote protocol: JSON over TCP, each message preceded by its length and a colon.
import net from 'node:net';

const COMMAND = 0;
const RETRY_MS = 200;
const CONNECT_TRIES = 150; // half a minute: a first start with a new profile is slow

function connectOnce(port) {
	return new Promise((resolve, reject) => {
		const socket = net.connect(port, '127.0.0.1', () => resolve(socket));
		socket.once('error', reject);
	});
}

async function connect(port) {
	for (let tries = 0; tries < CONNECT_TRIES; tries++) {
		const socket = await connectOnce(port).catch(() => null);
		if (socket)
			return socket;
		await new Promise(resolve => setTimeout(resolve, RETRY_MS));
	}
	throw new Error('Firefox does not listen on port ' + port);
}

export class Marionette {
	static async connect(port) {
		const client = new Marionette();
		client.lastId = 0;
		client.waiting = new Map();
		client.received = Buffer.alloc(0);
		client.socket = await connect(port);
		client.socket.on('error', () => {});
		client.socket.on('close', () => client.abandon());
		client.socket.on('data', data => client.receive(data));
		return client;
	}

	abandon() {
		for (const { reject, name } of this.waiting.values())
			reject(new Error(`${name}: Firefox has ended`));
		this.waiting.clear();
	}

	send(name, parameters = {}) {
		const id = ++this.lastId;
		const text = Buffer.from(JSON.stringify([COMMAND, id, name, parameters]));
		return new Promise((resolve, reject) => {
			this.waiting.set(id, { resolve, reject, name });
			this.socket.write(`${text.length}:`);
			this.socket.write(text);
		});
	}

	receive(data) {
		this.received = Buffer.concat([this.received, data]);
		for (;;) {
			const colon = this.received.indexOf(':');
			const end = colon + 1 + Number(this.received.subarray(0, Math.max(0, colon)).toString());
			if (colon < 0 || this.received.length < end)
				return;
			const message = JSON.parse(this.received.subarray(colon + 1, end).toString('utf8'));
			this.received = this.received.subarray(end);
			this.dispatch(message);
		}
	}

	// An answer is [1, id, error, result]; the greeting is an object.
	dispatch(message) {
		if (!Array.isArray(message))
			return;
		const [, id, error, result] = message;
		const sender = this.waiting.get(id);
		this.waiting.delete(id);
		if (error)
			sender?.reject(new Error(`${sender.name}: ${error.message}`));
		else
			sender?.resolve(result);
	}
}
