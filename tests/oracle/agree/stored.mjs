#!/usr/bin/env node
// SPDX-License-Identifier: BSD-2-Clause
// The stored sets: does the program agree with what the browsers said when they were recorded, in clear text and inside
// TLS? And would this test notice if it did not? TAP; ends with 1 when either fails. -v lists every disagreement.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare } from './compare.mjs';
import { compareQuotes } from './explain.mjs';
import { join } from './join.mjs';
import { readTruth } from './read.mjs';
import { Tap, reportAgreement } from './report.mjs';
import { readSet } from './set.mjs';

const STORED = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'stored');

const STORED_TLS = path.join(STORED, 'tls');

const misquoteText = ({ rule, message }) => `${rule}: ${message}`;
const misnameText = ({ rule, told, reasons }) => `${rule}: told ${told}, Firefox says ${reasons.join(' ')}`;

function reportQuotes(tap, quotes) {
	const { rules, messages } = quotes;
	tap.check(`${messages} messages of Chromium's console are quoted by their rule`, quotes.misquoted, misquoteText);
	tap.check(`${rules} rules name a reason that Firefox gave`, quotes.misnamed, misnameText);
}

// Change the first exchange that fits.
function spoil(told, fits, change) {
	const at = told.findIndex(fits);
	return told.map((exchange, index) => (index === at ? { ...exchange, ...change } : exchange));
}

const isPass = exchange => exchange.verdict === 'pass' && exchange.findings.length === 0;
const isBlock = exchange => exchange.verdict === 'block';
const alarm = { rule: 'acao-missing', severity: 'error', confidence: 'certain' };

// [what is done to the program's report, how, the part of the comparison that must notice it]
const SPOILERS = [
	['a wrong verdict', told => spoil(told, isBlock, { verdict: 'pass', error: null }), 'wrong'],
	['a wrong error name', told => spoil(told, isBlock, { error: 'NoSuchError' }), 'wrong'],
	['an unknown verdict', told => spoil(told, isPass, { verdict: 'unknown' }), 'wrong'],
	['a lost exchange', told => told.slice(1), 'missing'],
	['an invented exchange', told => [...told, told[0]], 'invented'],
	['a false alarm', told => spoil(told, isPass, { findings: [alarm] }), 'alarms'],
];

// A spoiled report must contradict the truth more often than the real one.
function reportNotices(tap, rows, told, real) {
	for (const [what, spoilt, part] of SPOILERS) {
		const spoiled = compare(rows, join(rows, spoilt(told)));
		const noticed = spoiled[part].length > real[part].length;
		tap.check(`${what} is noticed`, noticed ? [] : [part], String);
	}
}

async function main() {
	const { rows, told } = await readSet(STORED);
	const compared = compare(rows, join(rows, told));
	const firefoxRows = readTruth(path.join(STORED, 'firefox.jsonl.zst'));
	const tap = new Tap(process.argv.includes('-v'));
	reportAgreement(tap, compared);
	reportQuotes(tap, compareQuotes(compared.judged, firefoxRows));
	reportNotices(tap, rows, told, compared);
	console.log('# inside TLS');
	const inside = await readSet(STORED_TLS);
	reportAgreement(tap, compare(inside.rows, join(inside.rows, inside.told)));
	process.exitCode = tap.finish();
}

main().catch(error => {
	console.log(`not ok 1 - the stored set is compared\n# ${error.message}`);
	process.exitCode = 1;
});
