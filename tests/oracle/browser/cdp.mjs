// SPDX-License-Identifier: BSD-2-Clause
// A client of the DevTools protocol over a pipe: messages are JSON, each ended by a zero byte.
import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { openSync } from 'node:fs';

const CLOSE_WAIT_MS = 3000;
const KILL_WAIT_MS = 5000;

// One page. Emits the protocol's events by their name.
class PageSession extends EventEmitter {
	constructor(browser, sessionId, targetId) {
		super();
		this.browser = browser;
		this.sessionId = sessionId;
		this.targetId = targetId;
	}

	send(method, params) {
		return this.browser.send(method, params, this.sessionId);
	}

	close() {
		return this.browser.send('Target.closeTarget', { targetId: this.targetId });
	}
}

export class DevTools {
	constructor(program, args, logFile) {
		const log = openSync(logFile, 'w');
		this.lastId = 0;
		this.waiting = new Map();  // message id to what its sender waits for
		this.sessions = new Map();
		this.partial = [];         // pieces of a message that has not ended yet
		// Descriptors 3 and 4 are where the browser expects its pipe.
		this.child = spawn(program, ['--remote-debugging-pipe', ...args], {
			stdio: ['ignore', log, log, 'pipe', 'pipe'],
		});
		// Whatever goes wrong here, no browser stays behind.
		process.on('exit', () => this.child.kill('SIGKILL'));
		this.exited = new Promise(resolve => this.child.on('exit', resolve));
		this.exited.then(() => this.abandon());
		[, , , this.toBrowser, this.fromBrowser] = this.child.stdio;
		this.toBrowser.on('error', () => {});
		this.fromBrowser.on('error', () => {});
		this.fromBrowser.on('data', data => this.receive(data));
	}

	abandon() {
		this.dead = true;
		for (const { reject, method } of this.waiting.values())
			reject(new Error(`${method}: the browser has ended`));
		this.waiting.clear();
	}

	send(method, params = {}, sessionId = undefined) {
		if (this.dead)
			return Promise.reject(new Error(`${method}: the browser has ended`));
		const id = ++this.lastId;
		return new Promise((resolve, reject) => {
			this.waiting.set(id, { resolve, reject, method });
			this.toBrowser.write(JSON.stringify({ id, method, params, sessionId }) + '\0');
		});
	}

	receive(data) {
		let rest = data;
		for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
			const message = Buffer.concat([...this.partial, rest.subarray(0, end)]);
			this.partial = [];
			rest = rest.subarray(end + 1);
			this.dispatch(JSON.parse(message.toString('utf8')));
		}
		if (rest.length)
			this.partial.push(rest);
	}

	dispatch(message) {
		if (!message.id) {
			this.sessions.get(message.sessionId)?.emit(message.method, message.params);
			return;
		}
		const sender = this.waiting.get(message.id);
		this.waiting.delete(message.id);
		if (message.error)
			sender?.reject(new Error(`${sender.method}: ${message.error.message}`));
		else
			sender?.resolve(message.result);
	}

	// A new empty page, in this browser context if one is given.
	async newPage(browserContextId) {
		const { targetId } = await this.send('Target.createTarget', { url: 'about:blank', browserContextId });
		const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
		const session = new PageSession(this, sessionId, targetId);
		this.sessions.set(sessionId, session);
		return session;
	}

	// Ask the browser to end; make it end when it does not.
	async close() {
		const asked = this.send('Browser.close').catch(() => {});
		await Promise.race([asked, new Promise(resolve => setTimeout(resolve, CLOSE_WAIT_MS).unref())]);
		const killer = setTimeout(() => this.child.kill('SIGKILL'), KILL_WAIT_MS);
		await this.exited;
		clearTimeout(killer);
	}
}
