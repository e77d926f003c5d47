#!/usr/bin/env node
// SPDX-License-Identifier: BSD-2-Clause
// Our HAR in the network panel of Chromium's own DevTools, which is a page of the browser: TAP.
// Its modules are not for others, and may move: where they are not found, the tests are skipped.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PROGRAM, ROOT } from './program.mjs';
import { run, same, Skip, truth } from './tap.mjs';

const FRONT_END = 'devtools://devtools/bundled/devtools_app.html';
const FOLDER = mkdtempSync(path.join(os.tmpdir(), 'cors-sniff-devtools-'));
process.on('exit', () => rmSync(FOLDER, { recursive: true, force: true }));
// HTTP/1 and 2, a proxy's legs, IPv6, what never got its response, and late beginnings.
const CAPTURES = ['demo.pcapng', 'h2-many.pcap.gz', 'h2-late.pcap', 'legs.pcapng', 'ipv6.pcap', 'faults.pcap', 'loss-capture.pcap'];

// The network panel's own list, as the button "Import HAR file" fills it.
const PANEL = `(async () => {
	const { ViewManager } = await import('./ui/legacy/legacy.js');
	const { NetworkPanel } = await import('./panels/network/network.js');
	const { NetworkLog } = await import('./models/logs/logs.js');
	await ViewManager.ViewManager.instance().showView('network');
	const view = NetworkPanel.NetworkPanel.instance().networkLogView, log = NetworkLog.NetworkLog.instance();
	if (!view.onLoadFromFile || !log.requests)
		throw new Error('the network panel has no such import');
	const pairs = headers => headers.map(({ name, value }) => [name, value]);
	globalThis.readHar = async text => {
		log.reset(true);
		await view.onLoadFromFile(new File([text], 'cors-sniff.har'));
		return log.requests().map(r => [r.url(), r.requestMethod, r.statusCode, pairs(r.requestHeaders()), pairs(r.responseHeaders)]);
	};
})()`;

async function panel(browser) {
	try {
		const page = await browser.open(FRONT_END);
		await page.until('document.body.innerText');
		await page.evaluate(PANEL);
		return page;
	} catch (error) {
		throw new Skip(`DevTools cannot be opened: ${error.message.split('\n')[0]}`);
	}
}

const readHar = (page, text) => page.evaluate(`readHar(${JSON.stringify(text)})`);

// The HAR of a capture, and what the JSON lines say that must be in it.
function reports(capture) {
	const har = path.join(FOLDER, 'out.har'), json = path.join(FOLDER, 'out.json');
	execFileSync(PROGRAM, ['-r', capture, '-q', '--also', `har:${har}`, '--also', `json:${json}`], { stdio: 'ignore' });
	const text = readFileSync(har, 'utf8'), urls = JSON.parse(text).log.entries.map(entry => entry.request.url);
	const exchanges = readFileSync(json, 'utf8').trim().split('\n').map(line => JSON.parse(line)).filter(x => x.type === 'exchange');
	const rows = exchanges.map((x, i) => [urls[i], x.request?.method ?? '', x.response?.status ?? 0, x.request?.headers ?? [], x.response?.headers ?? []]);
	return { text, rows };
}

// DevTools sorts by time.
const sorted = rows => rows.map(row => JSON.stringify(row)).sort();

async function shows(page, capture) {
	const { text, rows } = reports(capture);
	truth(rows.length > 5, `${capture} has requests`);
	same(sorted(await readHar(page, text)), sorted(rows), capture);
}

const tests = {
	async 'DevTools shows every request with its URL, method, status and headers'({ browser }) {
		const page = await panel(browser);
		for (const capture of CAPTURES)
			await shows(page, path.join(ROOT, 'pcaps', capture));
		await readHar(page, reports(path.join(ROOT, 'pcaps/demo.pcapng')).text);
		await page.until('/86 requests/.test(document.body.innerText)', 'the summary below the list');
		await page.screenshot(path.join(ROOT, 'build/screenshots/devtools-har.png'));
	},

	async 'DevTools shows what senders chose to break readers with'({ browser }) {
		const made = JSON.parse(execFileSync('python3', [path.join(ROOT, 'tests/web/traffic.py')], { maxBuffer: 1 << 26 }));
		const capture = path.join(FOLDER, 'hostile.pcap');
		writeFileSync(capture, Buffer.concat(made.hostile.map(piece => Buffer.from(piece, 'base64'))));
		await shows(await panel(browser), capture);
	},

	// Else the tests above would say nothing.
	async 'DevTools shows it when a HAR is broken'({ browser }) {
		const page = await panel(browser), { text, rows } = reports(path.join(ROOT, 'pcaps/ipv6.pcap'));
		const without = (member, of = entry => entry) => {
			const har = JSON.parse(text);
			delete of(har.log.entries[0])[member];
			return readHar(page, JSON.stringify(har));
		};
		same(await readHar(page, text.slice(0, -8)), [], 'cut off');
		for (const member of ['startedDateTime', 'request', 'response'])
			same(await without(member), [], `without ${member}`);
		for (const [part, member] of [['request', 'url'], ['request', 'method'], ['request', 'headers'], ['response', 'status'], ['response', 'headers']])
			truth(JSON.stringify(sorted(await without(member, entry => entry[part]))) !== JSON.stringify(sorted(rows)), `without ${part}.${member}`);
	},
};

process.exit(await run(tests, async browser => ({ context: { browser }, end: async () => {} })));
