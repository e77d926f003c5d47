// SPDX-License-Identifier: BSD-2-Clause
// Chromium, headless, with a new profile, its names mapped to loopback and everything else on the network forbidden.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PAGE_HTML } from '../serve/site.mjs';
import { DevTools } from './cdp.mjs';
import { pageSource } from './page.mjs';
import { Recorder } from './recorder.mjs';

const LOAD_WAIT_MS = 10000;
const LOGIN_WAIT_MS = 600;

const FLAGS = [
	'--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage',
	'--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-default-apps',
	'--disable-extensions', '--disable-domain-reliability', '--disable-client-side-phishing-detection',
	'--no-default-browser-check', '--no-pings', '--no-proxy-server', '--metrics-recording-only', '--disable-breakpad',
	'--mute-audio', '--disable-background-timer-throttling', '--disable-renderer-backgrounding',
	'--disable-backgrounding-occluded-windows',
	// A page over http must stay one.
	'--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,Translate,OptimizationHints,MediaRouter,' +
		'PaintHolding',
];

function resolverRules(ports) {
	return [
		// Origins on default ports, served from other ones.
		`MAP app.example.test:80 127.0.0.1:${ports.page}`,
		`MAP app.example.test:443 127.0.0.1:${ports.pageTls}`,
		`MAP api.example.test:80 127.0.0.1:${ports.api}`,
		'MAP *.example.test 127.0.0.1', 'MAP evilexample.test 127.0.0.1', 'MAP other.test 127.0.0.1',
		'EXCLUDE localhost', 'EXCLUDE 127.0.0.1', 'EXCLUDE ::1', 'EXCLUDE [::1]', 'MAP * ~NOTFOUND',
	].join(',');
}

// Third-party cookies are allowed, as in a normal window; pages of the second context restrict them.
function newProfile() {
	const directory = mkdtempSync(path.join(os.tmpdir(), 'oracle-profile-'));
	mkdirSync(path.join(directory, 'Default'));
	writeFileSync(path.join(directory, 'Default', 'Preferences'), '{"profile":{"cookie_controls_mode":0}}');
	writeFileSync(path.join(directory, 'page.html'), PAGE_HTML);
	return directory;
}

// The cookies that make credentials visible: { host, sameSite, secure }.
export function cookiesFor(tls) {
	return [
		{ host: 'api.example.test', sameSite: 'Lax', secure: tls },
		{ host: 'localhost', sameSite: 'None', secure: true },
		{ host: 'secure.example.test', sameSite: 'None', secure: true },
	];
}

function cookieParameters(tls) {
	return cookiesFor(tls).map(({ host, sameSite, secure }) => ({
		name: 'sid', value: 'abc123', path: '/c/', sameSite, secure, url: `http${secure ? 's' : ''}://${host}/c/`,
	}));
}

class ChromiumPage {
	constructor(session) {
		this.session = session;
	}

	async evaluate(expression) {
		const options = { expression, awaitPromise: true, returnByValue: true };
		const { result, exceptionDetails } = await this.session.send('Runtime.evaluate', options);
		if (exceptionDetails)
			throw new Error(JSON.stringify(exceptionDetails).slice(0, 400));
		return JSON.parse(result.value);
	}

	run(steps, concurrency) {
		return this.evaluate(`__run(${JSON.stringify(steps)},${concurrency}).then(JSON.stringify)`);
	}
}

export class Chromium {
	// options: { program, topology, certificate, site, outDir }
	static async launch(options) {
		const { program, topology, certificate, site, outDir } = options;
		const browser = new Chromium();
		browser.profile = newProfile();
		browser.recorder = new Recorder(site);
		browser.topology = topology;
		const flags = [
			...FLAGS, `--user-data-dir=${browser.profile}`, `--host-resolver-rules=${resolverRules(topology.ports)}`,
			`--ignore-certificate-errors-spki-list=${certificate.pin}`,
			...(topology.tls ? [`--ssl-key-log-file=${path.join(outDir, 'keys.log')}`] : []),
			'about:blank',
		];
		browser.devtools = new DevTools(program, flags, path.join(outDir, 'chromium.log'));
		browser.version = (await browser.devtools.send('Browser.getVersion')).product;
		await browser.prepare();
		return browser;
	}

	async prepare() {
		const cookies = cookieParameters(this.topology.tls);
		const context = await this.devtools.send('Target.createBrowserContext');
		this.incognito = context.browserContextId;
		await this.devtools.send('Storage.setCookies', { cookies });
		await this.devtools.send('Storage.setCookies', { cookies, browserContextId: this.incognito });
		if (!this.topology.tls)
			await this.login(`http://user:pass@auth.example.test:${this.topology.ports.api}/auth`);
	}

	// Fill the browser's store of passwords, the other kind of credentials.
	async login(url) {
		const session = await this.devtools.newPage();
		await session.send('Page.enable');
		await session.send('Page.navigate', { url });
		await new Promise(resolve => setTimeout(resolve, LOGIN_WAIT_MS));
		await session.close();
	}

	async openPage(page) {
		const session = await this.devtools.newPage(page.incognito ? this.incognito : undefined);
		this.recorder.watch(session, page.key);
		await Promise.all([
			session.send('Page.enable'), session.send('Log.enable'), session.send('Audits.enable'),
			session.send('Runtime.enable'),
			session.send('Network.enable', { maxTotalBufferSize: 1000000, maxResourceBufferSize: 100000 }),
		]);
		if (page.incognito) {
			await session.send('Network.setCookieControls', {
				enableThirdPartyCookieRestriction: true, disableThirdPartyCookieMetadata: true,
				disableThirdPartyCookieHeuristics: true,
			});
		}
		await this.navigate(session, page.url === 'FILE' ? `file://${this.profile}/page.html` : page.url);
		const opened = new ChromiumPage(session);
		const origin = await opened.evaluate(`${pageSource} JSON.stringify(self.origin)`);
		if (origin !== page.origin)
			throw new Error(`page ${page.key} has origin ${origin}, not ${page.origin}`);
		return opened;
	}

	async navigate(session, url) {
		const loaded = new Promise(resolve => session.once('Page.loadEventFired', resolve));
		const late = new Promise(resolve => setTimeout(resolve, LOAD_WAIT_MS).unref());
		const { errorText } = await session.send('Page.navigate', { url });
		if (errorText)
			throw new Error(`${url}: ${errorText}`);
		await Promise.race([loaded, late]);
	}

	async close() {
		await this.devtools.close();
		rmSync(this.profile, { recursive: true, force: true });
	}
}
