// SPDX-License-Identifier: BSD-2-Clause
// TAP for the tests that need a real Chromium: each is called with what prepare() resolves to.
import { existsSync } from 'node:fs';
import { Browser } from './browser.mjs';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

export class Skip extends Error {}

export function same(found, wanted, what) {
	if (JSON.stringify(found) !== JSON.stringify(wanted))
		throw new Error(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
}

export function truth(is, what) {
	if (!is)
		throw new Error(what);
}

// Run those whose names have the program's argument in them. prepare(browser) gives { context, end }.
export async function run(tests, prepare) {
	const wanted = Object.entries(tests).filter(([name]) => !process.argv[2] || name.includes(process.argv[2]));
	console.log(`1..${wanted.length}`);
	if (!existsSync(CHROMIUM)) {
		wanted.forEach(([name], i) => console.log(`ok ${i + 1} - ${name} # SKIP ${CHROMIUM} is not installed`));
		return 0;
	}
	const browser = Browser.launch(CHROMIUM), { context, end } = await prepare(browser);
	let failed = 0;
	for (const [i, [name, test]] of wanted.entries()) {
		try {
			await test(context);
			console.log(`ok ${i + 1} - ${name}`);
		} catch (error) {
			failed += error instanceof Skip ? 0 : 1;
			console.log(error instanceof Skip ? `ok ${i + 1} - ${name} # SKIP ${error.message}` : `not ok ${i + 1} - ${name}`);
			if (!(error instanceof Skip))
				console.log(error.stack.replace(/^/gm, '# '));
		}
		await browser.closePages();
	}
	await end();
	await browser.close();
	return failed ? 1 : 0;
}
