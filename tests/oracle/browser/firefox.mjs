// SPDX-License-Identifier: BSD-2-Clause
// Firefox, headless, with a new profile; its console names the reason of each CORS failure.
// It cannot map a host's port to another one, so the servers must also listen on the default ports.
import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PAGE_HTML } from '../serve/site.mjs';
import { Marionette } from './marionette.mjs';
import { pageSource } from './page.mjs';
import { caseIdIn } from './recorder.mjs';

const PORT = 2828;
const SCRIPT_WAIT_MS = 120000;
const KILL_WAIT_MS = 5000;

const HOSTS = [
	'app.example.test', 'admin.example.test', 'api.example.test', 'noc.example.test', 'auth.example.test',
	'secure.example.test', 'xn--bcher-kva.example.test', 'other.test', 'evilexample.test',
];

const PREFERENCES = {
	'marionette.port': PORT,
	'network.dns.localDomains': HOSTS.join(','),
	// A page over http must stay one, and ask over http.
	'dom.security.https_first': false,
	'dom.security.https_first_schemeless': false,
	'dom.security.https_only_mode': false,
	'security.mixed_content.upgrade_display_content': false,
	'security.warn_submit_secure_to_insecure': false,
	// Where an address lies is not what is compared here.
	'network.lna.enabled': false,
	// Nothing of its own on the network.
	'app.normandy.enabled': false,
	'app.update.enabled': false,
	'browser.safebrowsing.downloads.remote.enabled': false,
	'browser.safebrowsing.malware.enabled': false,
	'browser.safebrowsing.phishing.enabled': false,
	'browser.shell.checkDefaultBrowser': false,
	'datareporting.policy.dataSubmissionEnabled': false,
	'extensions.update.enabled': false,
	'network.captive-portal-service.enabled': false,
	'network.connectivity-service.enabled': false,
	'network.proxy.type': 0,
	'network.trr.mode': 5,
	'services.settings.server': 'data:,#remote-settings-dummy/v1',
	'toolkit.telemetry.enabled': false,
};

function newProfile() {
	const directory = mkdtempSync(path.join(os.tmpdir(), 'oracle-profile-'));
	const line = ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`;
	writeFileSync(path.join(directory, 'user.js'), Object.entries(PREFERENCES).map(line).join(''));
	writeFileSync(path.join(directory, 'page.html'), PAGE_HTML);
	return directory;
}

// In the browser's own context: keep what the console says about CORS. Its category is the reason's name.
const LISTEN = `
	window.corsMessages = [];
	window.corsListener = { observe(message) {
		if (!(message instanceof Ci.nsIScriptError) || !/^CORS/.test(message.category))
			return;
		window.corsMessages.push({ reason: message.category, text: message.errorMessage });
	} };
	Services.console.registerListener(window.corsListener);`;
const TAKE_MESSAGES = 'return window.corsMessages.splice(0);';

// In a page: scripts of the protocol run in a compartment of their own, so the page's own script does the work and
// leaves the result in an attribute.
const RUN_IN_PAGE = `
	const [source, done] = arguments;
	const script = document.createElement('script');
	const { dataset } = document.documentElement;
	script.textContent = source + '.then(r => { document.documentElement.dataset.results = JSON.stringify(r); });';
	document.documentElement.append(script);
	const timer = setInterval(() => {
		if (!dataset.results)
			return;
		clearInterval(timer);
		done(dataset.results);
		delete dataset.results;
	}, 20);`;

class FirefoxPage {
	constructor(browser, handle) {
		this.browser = browser;
		this.handle = handle;
	}

	run(steps, concurrency) {
		return this.browser.inTurn(() => this.runNow(steps, concurrency));
	}

	async runNow(steps, concurrency) {
		const { client } = this.browser;
		await client.send('WebDriver:SwitchToWindow', { handle: this.handle });
		const source = `${pageSource} __run(${JSON.stringify(steps)}, ${concurrency})`;
		const { value } = await client.send('WebDriver:ExecuteAsyncScript', { script: RUN_IN_PAGE, args: [source] });
		await this.browser.takeMessages();
		return JSON.parse(value);
	}
}

export class Firefox {
	// options: { program, site, outDir }
	static async launch({ program, site, outDir }) {
		const browser = new Firefox();
		const log = openSync(path.join(outDir, 'firefox.log'), 'w');
		browser.site = site;
		browser.profile = newProfile();
		browser.reasons = []; // { caseId, round, reason, text }
		browser.turn = Promise.resolve();
		// The reasons are read in the browser's own context, which must be allowed.
		const args = [
			'--headless', '--no-remote', '--marionette', '--remote-allow-system-access', '--profile', browser.profile,
		];
		browser.child = spawn(program, args, {
			stdio: ['ignore', log, log],
			env: { ...process.env, HOME: browser.profile, MOZ_DISABLE_CONTENT_SANDBOX: '1' },
		});
		// Whatever goes wrong here, no browser stays behind.
		process.on('exit', () => browser.child.kill('SIGKILL'));
		browser.exited = new Promise(resolve => browser.child.on('exit', resolve));
		browser.client = await Marionette.connect(PORT);
		const { capabilities } = await browser.client.send('WebDriver:NewSession', {
			acceptInsecureCerts: true, unhandledPromptBehavior: 'accept',
		});
		browser.version = `Firefox/${capabilities.browserVersion}`;
		await browser.client.send('WebDriver:SetTimeouts', { script: SCRIPT_WAIT_MS });
		await browser.inChrome(LISTEN);
		return browser;
	}

	// The protocol has one current window: whoever uses it must wait for the others.
	inTurn(action) {
		const result = this.turn.then(action);
		this.turn = result.catch(() => {});
		return result;
	}

	async inChrome(script) {
		await this.client.send('Marionette:SetContext', { value: 'chrome' });
		const value = await this.evaluate(script);
		await this.client.send('Marionette:SetContext', { value: 'content' });
		return value;
	}

	async evaluate(script) {
		const { value } = await this.client.send('WebDriver:ExecuteScript', { script, args: [] });
		return value;
	}

	async takeMessages() {
		for (const { reason, text } of await this.inChrome(TAKE_MESSAGES))
			this.reasons.push({ caseId: caseIdIn(text), round: this.site.round, reason, text });
	}

	openPage(page) {
		return this.inTurn(async () => {
			const { handle } = await this.client.send('WebDriver:NewWindow', { type: 'tab', focus: false });
			const url = page.url === 'FILE' ? `file://${this.profile}/page.html` : page.url;
			await this.client.send('WebDriver:SwitchToWindow', { handle });
			await this.client.send('WebDriver:Navigate', { url });
			const origin = await this.evaluate('return self.origin');
			if (origin !== page.origin)
				throw new Error(`page ${page.key} has origin ${origin}, not ${page.origin}`);
			return new FirefoxPage(this, handle);
		});
	}

	async close() {
		this.client.send('Marionette:Quit', { flags: ['eForceQuit'] }).catch(() => {});
		const killer = setTimeout(() => this.child.kill('SIGKILL'), KILL_WAIT_MS);
		await this.exited;
		clearTimeout(killer);
		rmSync(this.profile, { recursive: true, force: true });
	}
}
