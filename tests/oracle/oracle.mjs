#!/usr/bin/env node
// SPDX-License-Identifier: BSD-2-Clause
// The oracle: real Chromium as the ground truth for what a capture means.
//
//   node oracle.mjs --seed 1 --n 2000 --out DIR         plain HTTP/1.1: traffic.pcap truth.jsonl summary.json
//   node oracle.mjs --tls --seed 1 --n 600 --out DIR    HTTP/2 and HTTP/1.1 over TLS: also keys.log
//
// It draws cases from the seed (cases/), serves them with exact bytes on loopback (serve/), lets headless Chromium
// play them (browser/), captures the API ports meanwhile, and writes for each request what Chromium said about it and
// which exchanges were on the wire (truth/). The same seed gives the same truth; ports and times differ.
//
// Other options: --only CLASS, --base PORT, --chromium PATH, --no-capture.
// Needs Node 20, chromium, openssl, and (for the capture) tcpdump and root. Nothing leaves this machine.
//
// truth.jsonl, one line a step of a case:
//   id key step steps cls sub lab     the case, and what was drawn
//   url method page_origin target_origin initiator mode credentials ...   what the page did
//   chromium       verdict: allowed | blocked (corsError) | not_cors | blocked_other | net_error, and how it was told
//   observable     false: no bytes on the wire tell (unobservable_reason)
//   enum_observable false: that it is blocked can be seen, by which error cannot
//   needs          what a judge must be able to do to see it; code: the reason, as the rules name it
//   vary_defect    proven-on-wire | proven-by-304 | proven-in-browser-cache-only | control-none (must not be flagged)
//   wire[]         each exchange: kind, n (the n-th request of that kind for that URL), client_port, method, target,
//                  req, resp, v: pass | block | none | net_error, e: the CorsError, observable: as above
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readArguments } from './arguments.mjs';
import { Chromium } from './browser/chromium.mjs';
import { play } from './browser/play.mjs';
import { generate } from './cases/generate.mjs';
import { topology as makeTopology } from './cases/topology.mjs';
import { startCapture } from './serve/capture.mjs';
import { makeCertificate } from './serve/certificate.mjs';
import { listenAll } from './serve/listen.mjs';
import { Site } from './serve/site.mjs';
import { truthRows } from './truth/rows.mjs';
import { summarize } from './truth/summary.mjs';

const CASES_MAX = 10000;
const DEFAULTS = { seed: '1', n: '200', out: 'build/oracle', only: '', base: '18080', chromium: '/usr/bin/chromium' };

const toLines = rows => rows.map(row => JSON.stringify(row) + '\n').join('');

function writeSet(outDir, suffix, rows, summary) {
	writeFileSync(path.join(outDir, `truth${suffix}.jsonl`), toLines(rows));
	writeFileSync(path.join(outDir, `summary${suffix}.json`), JSON.stringify(summary, null, '\t') + '\n');
}

async function main() {
	const options = readArguments(process.argv.slice(2), DEFAULTS, ['tls', 'no-capture']);
	const outDir = path.resolve(options.out);
	const suffix = options.tls ? '-tls' : '';
	const topology = makeTopology(Number(options.base), Boolean(options.tls));
	const cases = generate(options.seed, Math.min(CASES_MAX, Number(options.n)), topology, options.only);
	const site = new Site(cases, topology);
	const scratch = mkdtempSync(path.join(os.tmpdir(), 'oracle-'));
	const started = Date.now();

	mkdirSync(outDir, { recursive: true });
	const certificate = makeCertificate(scratch);
	const servers = await listenAll(topology, site, certificate);
	const capture = options['no-capture']
		? null
		: await startCapture(path.join(outDir, `traffic${suffix}.pcap`), topology.captured);
	const browser = await Chromium.launch({ program: options.chromium, topology, certificate, site, outDir });
	const results = await play(cases, topology, site, browser);
	await browser.close();
	const captured = capture ? await capture.stop() : [];
	servers.forEach(server => server.close());
	rmSync(scratch, { recursive: true, force: true });

	const rows = truthRows({ topology, cases, site, recorder: browser.recorder, results });
	const summary = {
		...summarize(rows),
		server_errors: site.errors,
		meta: {
			seed: options.seed, n: cases.length, tls: topology.tls, browser: browser.version, ports: topology.ports,
			captured_ports: topology.captured, seconds: (Date.now() - started) / 1000, tcpdump: captured,
		},
	};
	writeSet(outDir, suffix, rows, summary);
	const { verdicts, unobservable, anomalies } = summary;
	console.log(`${browser.version}: ${cases.length} cases, ${summary.wire_exchanges} exchanges`);
	console.log(JSON.stringify({ verdicts, unobservable, anomalies }));
}

main().then(() => process.exit(0), error => {
	console.error(`oracle: ${error.stack}`);
	process.exit(1);
});
