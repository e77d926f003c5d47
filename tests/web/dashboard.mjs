#!/usr/bin/env node
// SPDX-License-Identifier: BSD-2-Clause
// The dashboard in a real Chromium: TAP. Screenshots go to build/screenshots/.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PROGRAM, Program, ROOT } from './program.mjs';
import { run, same, Skip, truth } from './tap.mjs';

const SHOTS = path.join(ROOT, 'build/screenshots');
const DEMO = path.join(ROOT, 'pcaps/demo.pcapng');
const AXE = 'axe-core@4.10.3';
const NPM_MS = 60000;
// A person's patience with a page that says "live".
const LIVE_MS = 4000;

const traffic = () => JSON.parse(execFileSync('python3', [path.join(ROOT, 'tests/web/traffic.py')], { maxBuffer: 1 << 26 }));
const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
const text = id => `document.getElementById('${id}').textContent`;
const CAUSES = 'document.querySelectorAll("#causes .cause").length';
const OPEN = '!document.getElementById("detail").hidden && document.querySelector("#detail h3")';

// A test is called with { browser, demo }: a browser, and the program serving the shipped demonstration.
const tests = {
	async 'what is broken comes first, and nothing is asked of another host'({ browser, demo }) {
		const page = await browser.open(demo.url);
		await page.until(`${CAUSES} === 18`);
		same(await page.evaluate(text('headline')), '13 causes break requests', 'headline');
		const order = await page.evaluate('[...document.querySelectorAll(".cause")].map(c => c.dataset.severity)');
		same(order, [...order].sort((a, b) => 'ewi'.indexOf(a[0]) - 'ewi'.indexOf(b[0])), 'order of severities');
		same(page.urls.filter(url => !url.startsWith(demo.url) && !url.startsWith('data:')), [], 'foreign URLs');
		await page.screenshot(path.join(SHOTS, 'light.png'));
		same(page.complaints, [], 'complaints');
	},

	async 'a cause that begins while the page is open appears'({ browser }) {
		const [first, second] = traffic().live.map(piece => Buffer.from(piece, 'base64'));
		const program = await Program.start(['-r', '-'], { stdin: 'pipe' });
		program.child.stdin.write(first);
		const page = await browser.open(program.url);
		await page.until(`${CAUSES} === 1`);
		same(await page.evaluate(text('state-text')), 'Reading', 'state');
		const begin = Date.now();
		program.child.stdin.end(second);
		await page.until(`${CAUSES} > 1 && /new.example.com/.test(document.getElementById("causes").textContent)`);
		truth(Date.now() - begin < LIVE_MS, `it took ${Date.now() - begin} ms`);
		await page.until(`/^New: /.test(${text('told')})`, 'a screen reader hears of it');
		await page.until(`${text('state-text')} === "Complete"`);
		same(page.complaints, [], 'complaints');
		await program.stop();
	},

	async 'a search and the severities narrow the list, and are in the address'({ browser, demo }) {
		const page = await browser.open(demo.url);
		await page.until(`${CAUSES} === 18`);
		await page.press('/');
		await page.type('trailing shop');
		await page.until(`${CAUSES} === 0 || ${CAUSES} < 18`);
		truth(/q=trailing\+shop/.test(await page.evaluate('location.hash')), 'the search is in the address');
		await page.press('Escape');
		await page.until(`${CAUSES} === 18`);
		await page.evaluate('document.querySelector(".chip[data-severity=error]").click()');
		await page.until(`${CAUSES} === 5`);
		same(await page.evaluate('location.hash'), '#severity=warning%2Cinfo', 'address');
		same(await page.evaluate(text('shown')), '5 of 18 causes', 'shown');
		const again = await browser.open(`${demo.url}#q=502`);
		await again.until(`${CAUSES} > 0 && ${CAUSES} < 18`);
		same(await again.evaluate('document.getElementById("search").value'), '502', 'search from a link');
		same([...page.complaints, ...again.complaints], [], 'complaints');
	},

	async 'a deep link opens its cause; back and Escape close it'({ browser, demo }) {
		const { causes } = await (await fetch(`${demo.url}api/causes`)).json();
		const cause = causes.find(c => c.rule === 'acao-port');
		const page = await browser.open(`${demo.url}#cause=${cause.cause}`);
		await page.until(OPEN);
		same(await page.evaluate('document.querySelector("#detail h3").textContent'), cause.title, 'title');
		const detail = await page.evaluate(text('detail'));
		for (const part of ['What to change', 'Try it', 'Who is hit', 'What it means', 'Access-Control-Allow-Origin', 'https://'])
			truth(detail.includes(part), part);
		await page.screenshot(path.join(SHOTS, 'light-cause.png'));
		await page.press('Escape');
		await page.until('document.getElementById("detail").hidden && !location.hash');
		await page.evaluate('history.back()');
		await page.until(OPEN);
		await page.go(`${demo.url}#cause=c-00000000`);
		await page.until('/No such cause/.test(document.getElementById("detail").textContent)');
		same(page.complaints.filter(c => !c.includes('404')), [], 'complaints');
	},

	async 'the keyboard alone reads a cause'({ browser, demo }) {
		const page = await browser.open(demo.url);
		const selected = 'document.querySelector(".cause[aria-current]")?.dataset.cause';
		await page.until(`${CAUSES} === 18`);
		const all = await page.evaluate('[...document.querySelectorAll(".cause")].map(c => c.dataset.cause)');
		for (const [key, at] of [['j', 0], ['j', 1], ['j', 2], ['k', 1]]) {
			await page.press(key);
			await page.until(`${selected} === ${JSON.stringify(all[at])}`);
		}
		await page.press('Enter');
		await page.until('document.activeElement.id === "detail"');
		await page.press('?');
		await page.until('document.getElementById("help").open');
		await page.evaluate('document.getElementById("help").close()');
		for (const [key, view] of [['2', 'policies'], ['3', 'conflicts'], ['4', 'health']]) {
			await page.press(key);
			await page.until(`document.getElementById("view-${view}").querySelector("table")`);
			await page.screenshot(path.join(SHOTS, `light-${view}.png`));
		}
		same(page.complaints, [], 'complaints');
	},

	async 'fix, curl line and link are copied'({ browser, demo }) {
		const { causes } = await (await fetch(`${demo.url}api/causes`)).json();
		const cause = await (await fetch(`${demo.url}api/causes/${causes[2].cause}`)).json();
		const page = await browser.open(`${demo.url}#cause=${cause.cause}`);
		await browser.devtools.send('Browser.grantPermissions', { origin: new URL(demo.url).origin,
			permissions: ['clipboardReadWrite', 'clipboardSanitizedWrite'] });
		await page.until(OPEN);
		for (const [what, wanted] of [['Fix', cause.fix], ['Curl line', cause.curl], ['Link', `${demo.url}#cause=${cause.cause}`]]) {
			await page.session.send('Page.bringToFront');
			await page.evaluate(`document.querySelector('[data-copy="${what}"]').click()`);
			await page.until(`document.querySelector('[data-copy="${what}"]').textContent === 'Copied'`);
			same(await page.evaluate('navigator.clipboard.readText()'), wanted, what);
		}
		same(page.complaints, [], 'complaints');
	},

	async 'dark follows the system, and a choice lasts'({ browser, demo }) {
		const theme = 'document.documentElement.dataset.theme';
		const page = await browser.open(demo.url, p => p.media('dark'));
		await page.until(`${CAUSES} === 18`);
		same(await page.evaluate(theme), 'dark', 'theme');
		await page.screenshot(path.join(SHOTS, 'dark.png'));
		await page.press('j');
		await page.until(OPEN);
		await page.screenshot(path.join(SHOTS, 'dark-cause.png'));
		await page.media('light');
		await page.until(`${theme} === 'light'`);
		await page.press('t');
		await page.until(`${theme} === 'dark'`);
		await page.evaluate('location.reload()');
		await page.until(`${CAUSES} === 18 && ${theme} === 'dark'`);
		await page.evaluate('localStorage.clear()');
		same(page.complaints, [], 'complaints');
	},

	async 'a phone needs no sideways scrolling'({ browser, demo }) {
		const page = await browser.open(demo.url);
		await page.size('phone');
		for (const [hash, name] of [['', 'phone'], ['#view=policies', 'phone-policies'], ['#view=health', 'phone-health']]) {
			await page.go(`${demo.url}${hash}`);
			await page.until(`${CAUSES} === 18`);
			await pause(300);
			same(await page.evaluate('document.documentElement.scrollWidth'), 390, `width of ${name}`);
			truth(await page.evaluate(`(() => { const tab = document.querySelector('.views [aria-current]').getBoundingClientRect();
				return tab.left >= 0 && tab.right <= 390; })()`), `the tab of ${name} is in sight`);
			await page.screenshot(path.join(SHOTS, `${name}.png`));
		}
		await page.go(`${demo.url}#`);
		await page.evaluate('document.querySelector(".cause").click()');
		await page.until(OPEN);
		same(await page.evaluate('document.documentElement.scrollWidth'), 390, 'width of a cause');
		same(await page.evaluate('getComputedStyle(document.querySelector(".left")).display'), 'none', 'the list makes room');
		await page.screenshot(path.join(SHOTS, 'phone-cause.png'));
		same(page.complaints, [], 'complaints');
	},

	async 'with nothing to show it says what will be'({ browser }) {
		const program = await Program.start(['-r', path.join(ROOT, 'pcaps/nginx-right.pcap'), 'tcp', 'port', '1']);
		const page = await browser.open(program.url);
		await page.until(`${text('headline')} === 'No CORS requests'`);
		truth((await page.evaluate(text('causes'))).includes('Nothing to judge'), 'empty list');
		await page.screenshot(path.join(SHOTS, 'light-empty.png'));
		same(page.complaints, [], 'complaints');
		await program.stop();
	},

	async 'what cannot be judged is not called well'({ browser }) {
		const program = await Program.start(['-r', DEMO, 'dst', 'port', '80']);
		const page = await browser.open(program.url);
		const { cors } = await (await fetch(`${program.url}api/summary`)).json();
		truth(cors.actual.unknown > 0 && cors.actual.pass + cors.actual.block === 0, JSON.stringify(cors));
		await page.until(`${text('headline')} === 'No verdict could be reached'`);
		await program.stop();
	},

	async 'it says when the program has gone, and finds it again'({ browser }) {
		const program = await Program.start(['-r', DEMO]);
		const page = await browser.open(program.url);
		await page.until(`${CAUSES} === 18`);
		await program.stop();
		await page.until('!document.getElementById("lost").hidden && /Disconnected/.test(document.getElementById("state").textContent)');
		same(await page.evaluate(CAUSES), 18, 'causes that stay');
		await page.screenshot(path.join(SHOTS, 'light-disconnected.png'));
		const again = await Program.start(['-r', DEMO], { port: program.port });
		await page.until('document.getElementById("lost").hidden');
		await again.stop();
	},

	async 'hostile values are shown and nothing of them runs'({ browser }) {
		const program = await Program.start(['-r', '-'], { stdin: 'pipe' });
		program.child.stdin.end(Buffer.from(traffic().hostile[0], 'base64'));
		await lookAround(await browser.open(program.url), await ids(program));
		await program.stop();
	},

	async 'a saved page shows the same, asks nobody, and is as safe'({ browser, demo }) {
		const folder = mkdtempSync(path.join(os.tmpdir(), 'cors-sniff-report-'));
		const file = path.join(folder, 'report.html'), bad = path.join(folder, 'hostile.html');
		execFileSync(PROGRAM, ['-r', DEMO, '-q', '--report', file], { stdio: 'ignore' });
		execFileSync(PROGRAM, ['-r', '-', '-q', '--report', bad], { input: Buffer.from(traffic().hostile[0], 'base64') });
		const page = await browser.open(`file://${file}`), live = await browser.open(demo.url);
		await Promise.all([page.until(`${CAUSES} === 18`), live.until(`${CAUSES} === 18`)]);
		for (const part of ['headline', 'figures', 'shown'])
			same(await page.evaluate(text(part)), await live.evaluate(text(part)), part);
		same(page.urls.filter(url => !url.startsWith('file:') && !url.startsWith('data:')), [], 'URLs asked for');
		await page.press('j');
		await page.until(OPEN);
		same(page.complaints, [], 'complaints');
		const hostile = await browser.open(`file://${bad}`);
		await hostile.until(`${CAUSES} > 4`);
		await lookAround(hostile, await hostile.evaluate('[...document.querySelectorAll(".cause")].map(c => c.dataset.cause)'));
		rmSync(folder, { recursive: true });
	},

	async 'axe finds nothing serious in light and dark'({ browser, demo }) {
		const source = axeSource();
		for (const scheme of ['light', 'dark']) {
			const page = await browser.open(demo.url, p => p.media(scheme));
			for (const state of ['#', '#view=policies', '#view=conflicts', '#view=health', 'cause']) {
				await page.go(state === 'cause' ? `${demo.url}#cause=${(await ids(demo))[3]}` : `${demo.url}${state}`);
				await page.until(state === 'cause' ? OPEN : `${CAUSES} === 18`);
				await pause(400);
				await page.evaluate(`${source}; 0`);
				const found = await page.evaluate('axe.run().then(r => r.violations.map(v => `${v.impact} ${v.id}: ${v.nodes[0].html.slice(0, 120)}`))');
				same(found.filter(v => /^(serious|critical)/.test(v)), [], `${scheme} ${state}`);
			}
		}
	},
};

async function ids(program) {
	return (await (await fetch(`${program.url}api/causes`)).json()).causes.map(cause => cause.cause);
}

// Visit every view and every cause; nothing may have run, and nothing but our own elements may be there.
async function lookAround(page, causes) {
	truth(causes.length >= 8, `${causes.length} hostile causes`);
	for (const hash of ['#', '#view=policies', '#view=conflicts', '#view=health', ...causes.map(cause => `#cause=${cause}`)]) {
		await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
		await page.until(hash.startsWith('#cause') ? `${OPEN} && document.getElementById("detail").dataset.cause === "${hash.slice(7)}"`
			: `${CAUSES} > 0`);
		await pause(60);
		const found = await page.evaluate(`({ owned: typeof window.owned, foreign: document.querySelectorAll(
			'img, iframe, object, embed, b, [onerror], [onload], a[href^="javascript:" i], body script:not([src]):not(#data) ~ img').length,
			wide: document.documentElement.scrollWidth > innerWidth })`);
		same(found, { owned: 'undefined', foreign: 0, wide: false }, hash);
	}
	await page.evaluate('location.hash = "#view=policies"');
	await page.until('document.querySelector("#view-policies td")');
	const shown = await page.evaluate('document.getElementById("main").textContent');
	truth(shown.includes('\\u202e') && !/[\u202a-\u202e\u2066-\u2069\u200b]/.test(shown), 'marks that turn the direction are written out');
	await page.evaluate('location.hash = "#"');
	await pause(200);
	await page.screenshot(path.join(SHOTS, 'light-hostile.png'));
	same(page.complaints, [], 'complaints');
}

function axeSource() {
	const folder = mkdtempSync(path.join(os.tmpdir(), 'cors-sniff-axe-'));
	try {
		execFileSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--no-save', '--fetch-retries=0',
			'--fetch-timeout=20000', AXE], { cwd: folder, timeout: NPM_MS, stdio: ['ignore', 'pipe', 'pipe'] });
		return readFileSync(path.join(folder, 'node_modules/axe-core/axe.min.js'), 'utf8');
	} catch (error) {
		throw new Skip(`npm cannot get ${AXE}: ${String(error.stderr || error.message).split('\n')[0]}`);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

process.exit(await run(tests, async browser => {
	const demo = await Program.start(['-r', DEMO]);

	return { context: { browser, demo }, end: () => demo.stop() };
}));
