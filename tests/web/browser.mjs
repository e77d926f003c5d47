// SPDX-License-Identifier: BSD-2-Clause
// Chromium, headless, for the dashboard: pages that tell all they log, ask for and fail at, and may ask loopback only.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DevTools } from '../oracle/browser/cdp.mjs';

// A machine that does much else is slow.
const WAIT_MS = 20000;
const LOOK_MS = 50;

const FLAGS = [
	'--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage',
	'--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-extensions',
	'--no-default-browser-check', '--no-pings', '--no-proxy-server', '--disable-breakpad', '--hide-scrollbars',
	'--disable-background-timer-throttling', '--disable-renderer-backgrounding', '--force-color-profile=srgb',
	'--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

export const SIZES = { wide: [1440, 900, false], phone: [390, 844, true] };

export class Page {
	constructor(session) {
		this.session = session;
		this.complaints = [];  // whatever a console would show in red, and dialogs
		this.urls = [];        // every URL asked for
		session.on('Runtime.exceptionThrown', e => this.complaints.push(e.exceptionDetails.exception?.description ?? e.exceptionDetails.text));
		session.on('Runtime.consoleAPICalled', e => {
			if (['error', 'warning', 'assert'].includes(e.type))
				this.complaints.push(`console.${e.type}: ${e.args.map(a => a.value ?? a.description).join(' ')}`);
		});
		session.on('Log.entryAdded', e => {
			if (['error', 'warning'].includes(e.entry.level))
				this.complaints.push(`${e.entry.source}: ${e.entry.text} ${e.entry.url ?? ''}`);
		});
		session.on('Page.javascriptDialogOpening', e => {
			this.complaints.push(`a dialog: ${e.message}`);
			session.send('Page.handleJavaScriptDialog', { accept: false });
		});
		session.on('Network.requestWillBeSent', e => this.urls.push(e.request.url));
	}

	async open(url) {
		await Promise.all(['Page', 'Runtime', 'Log', 'Network', 'DOM'].map(domain => this.session.send(`${domain}.enable`)));
		await this.size('wide');
		await this.go(url);
	}

	async go(url) {
		const { errorText } = await this.session.send('Page.navigate', { url });
		if (errorText)
			throw new Error(`${url}: ${errorText}`);
	}

	async size(name) {
		const [width, height, mobile] = SIZES[name];
		await this.session.send('Emulation.setDeviceMetricsOverride', { width, height, mobile, deviceScaleFactor: mobile ? 2 : 1 });
	}

	media(scheme) {
		return this.session.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
	}

	// The value of an expression, which may be a promise.
	async evaluate(expression) {
		const { result, exceptionDetails } = await this.session.send('Runtime.evaluate',
			{ expression, awaitPromise: true, returnByValue: true, userGesture: true });
		if (exceptionDetails)
			throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
		return result.value;
	}

	// Wait until an expression is true.
	async until(expression, what = expression) {
		const end = Date.now() + WAIT_MS;
		while (Date.now() < end) {
			if (await this.evaluate(`Boolean(${expression})`).catch(() => false))
				return;
			await new Promise(resolve => setTimeout(resolve, LOOK_MS));
		}
		throw new Error(`never: ${what}`);
	}

	async press(key) {
		const text = key.length === 1 ? key : key === 'Enter' ? '\r' : undefined;
		await this.session.send('Input.dispatchKeyEvent', { type: 'keyDown', key, text });
		await this.session.send('Input.dispatchKeyEvent', { type: 'keyUp', key });
	}

	async type(text) {
		await this.session.send('Input.insertText', { text });
	}

	async screenshot(file, whole = false) {
		const { data } = await this.session.send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: whole,
			...(whole ? { clip: await this.whole() } : {}) });
		mkdirSync(path.dirname(file), { recursive: true });
		writeFileSync(file, Buffer.from(data, 'base64'));
	}

	async whole() {
		const { cssContentSize: { width, height } } = await this.session.send('Page.getLayoutMetrics');
		return { x: 0, y: 0, width, height: Math.min(height, 4000), scale: 1 };
	}
}

export class Browser {
	static launch(program) {
		const browser = new Browser();
		browser.pages = [];
		browser.profile = mkdtempSync(path.join(os.tmpdir(), 'cors-sniff-web-'));
		browser.devtools = new DevTools(program, [...FLAGS, `--user-data-dir=${browser.profile}`, 'about:blank'],
			path.join(browser.profile, 'chromium.log'));
		return browser;
	}

	async open(url, prepare = async () => {}) {
		const page = new Page(await this.devtools.newPage());
		this.pages.push(page);
		await prepare(page);
		await page.open(url);
		return page;
	}

	// A page that watches holds one of the six connections that a browser has for a host.
	async closePages() {
		await Promise.all(this.pages.splice(0).map(page => page.session.close()));
	}

	async close() {
		await this.devtools.close();
		rmSync(this.profile, { recursive: true, force: true });
	}
}
