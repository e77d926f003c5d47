#!/usr/bin/env node
// SPDX-License-Identifier: BSD-2-Clause
// The second browser: Firefox plays the cases that Chromium played, and the two are compared.
//
//   isolate.sh node firefox.mjs --seed 1 --n 2000 --truth DIR/truth.jsonl --out DIR
//
// seed and n must be those of the truth. Writes firefox.jsonl: { key, verdict: blocked | allowed | failed, reason },
// and prints how often each of Chromium's errors met each of Firefox's reasons, and where the verdicts differ.
// "failed" means that the page got nothing and no CORS reason was told: a font of no font format, for one.
// Firefox cannot map ports, so this needs ports 80 and 443: run it in isolate.sh.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { browserTable, differences } from './agree/browsers.mjs';
import { readTruth } from './agree/read.mjs';
import { readArguments } from './arguments.mjs';
import { Firefox } from './browser/firefox.mjs';
import { play, stepKey } from './browser/play.mjs';
import { generate } from './cases/generate.mjs';
import { topology as makeTopology } from './cases/topology.mjs';
import { makeCertificate } from './serve/certificate.mjs';
import { listenAll, listenPlain, listenTls } from './serve/listen.mjs';
import { Site } from './serve/site.mjs';

const DEFAULTS = {
	seed: '1', n: '200', out: 'build/oracle', base: '18080', truth: 'build/oracle/truth.jsonl',
	firefox: '/usr/bin/firefox-esr',
};

// Left out: what is decided before the wire, and pages of Chromium's own kinds.
function isShared(played, topology) {
	return played.cls !== 'nowire' && played.steps.every(({ page }) => !topology.pages[page].incognito);
}

// Said of any cors-mode request that did not succeed, also of a module script with status 404.
const GENERAL = 'CORSDidNotSucceed2';
// Said of what will be blocked some day.
const DEPRECATION = /Deprecation$/;

function outcomeOf(result, reason) {
	if (reason && reason !== GENERAL && !DEPRECATION.test(reason))
		return 'blocked';
	return result?.ok ? 'allowed' : 'failed';
}

// Firefox may tell twice: why, and then that the request did not succeed. The first telling counts.
function reasonsByStep(reasons) {
	const found = new Map();
	for (const entry of reasons) {
		const key = stepKey(entry.caseId, entry.round);
		if (!found.has(key) || found.get(key).reason === GENERAL)
			found.set(key, entry);
	}
	return found;
}

function rowsOf(cases, results, reasons) {
	const reasonAt = reasonsByStep(reasons);
	return cases.flatMap(({ id, steps }) => steps.map((step, round) => {
		const told = reasonAt.get(stepKey(id, round));
		const result = results.get(stepKey(id, round));
		return {
			key: steps.length > 1 ? `${id}.s${round}` : id,
			verdict: outcomeOf(result, told?.reason), reason: told?.reason || null,
		};
	}));
}

async function main() {
	const options = readArguments(process.argv.slice(2), DEFAULTS);
	const topology = makeTopology(Number(options.base), false);
	const all = generate(options.seed, Number(options.n), topology);
	const cases = all.filter(played => isShared(played, topology));
	const site = new Site(cases, topology);
	const scratch = mkdtempSync(path.join(os.tmpdir(), 'oracle-'));
	mkdirSync(options.out, { recursive: true });
	const certificate = makeCertificate(scratch);
	const servers = [
		...await listenAll(topology, site, certificate),
		...await listenPlain(80, site), ...await listenTls(443, site, certificate),
	];
	const browser = await Firefox.launch({ program: options.firefox, site, outDir: options.out });
	console.log(`${browser.version}: ${cases.length} of ${all.length} cases`);
	const results = await play(cases, topology, site, browser);
	await browser.takeMessages();
	await browser.close();
	servers.forEach(server => server.close());
	rmSync(scratch, { recursive: true, force: true });

	const rows = rowsOf(cases, results, browser.reasons);
	writeFileSync(path.join(options.out, 'firefox.jsonl'), rows.map(row => JSON.stringify(row) + '\n').join(''));
	const truth = readTruth(options.truth);
	for (const line of [...browserTable(truth, rows), '', ...differences(truth, rows)])
		console.log(line);
}

main().then(() => process.exit(0), error => {
	console.error(`firefox: ${error.stack}`);
	process.exit(1);
});
