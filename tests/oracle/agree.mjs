#!/usr/bin/env node
// SPDX-License-Identifier: BSD-2-Clause
// Does the program agree with the browser? Prints a table per error name, and TAP; ends with 1 when it does not.
//
//   node agree.mjs [-v] DIR     DIR as oracle.mjs wrote it, or stored/; -v lists every disagreement
//
// The program is $CORS_SNIFF, or build/cors-sniff.
import { compare } from './agree/compare.mjs';
import { join } from './agree/join.mjs';
import { Tap, reportAgreement } from './agree/report.mjs';
import { readSet } from './agree/set.mjs';

async function main() {
	const words = process.argv.slice(2);
	const directory = words.find(word => !word.startsWith('-'));
	if (!directory)
		throw new Error('usage: agree.mjs [-v] DIR');
	const { rows, told } = await readSet(directory);
	const tap = new Tap(words.includes('-v'));
	reportAgreement(tap, compare(rows, join(rows, told)));
	process.exitCode = tap.finish();
}

main().catch(error => {
	console.error(`agree: ${error.message}`);
	process.exitCode = 1;
});
