// SPDX-License-Identifier: BSD-2-Clause
// Let a browser play the cases: step 0 of all of them, then step 1 of those that have one, and so on.
// Rounds are apart, because later steps find what earlier ones left in a cache.

const BATCH = 80;        // steps handed to a page at once
const CONCURRENCY = 16;  // requests of one page under way
const PAGES_AT_ONCE = 3;
const QUIET_MS = 300;    // a round is over when nothing was asked for so long

const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

export const stepKey = (caseId, round) => `${caseId}.${round}`;

// Page key to batches of what it is to do in this round.
function batchesByPage(cases, round) {
	const byPage = new Map();
	for (const { id, steps } of cases) {
		if (!steps[round])
			continue;
		const { page, ...step } = steps[round];
		const batches = byPage.get(page) || byPage.set(page, [[]]).get(page);
		if (batches.at(-1).length === BATCH)
			batches.push([]);
		batches.at(-1).push({ id, ...step });
	}
	return byPage;
}

async function playRound(cases, round, pages, results) {
	const waiting = [...batchesByPage(cases, round)];
	const worker = async () => {
		for (let next = waiting.shift(); next; next = waiting.shift()) {
			const [key, batches] = next;
			for (const batch of batches)
				for (const [id, result] of await pages.get(key).run(batch, CONCURRENCY))
					results.set(stepKey(id, round), result);
		}
	};
	await Promise.all(Array.from({ length: PAGES_AT_ONCE }, worker));
}

async function untilQuiet(site) {
	do
		await pause(QUIET_MS);
	while (Date.now() - site.lastActive < QUIET_MS);
}

// browser: { openPage(page) -> { run(steps, concurrency) -> [[case id, result]] } }
// Gives what the pages saw, by stepKey().
export async function play(cases, topology, site, browser) {
	const results = new Map();
	const pages = new Map();
	const rounds = Math.max(...cases.map(c => c.steps.length));
	for (const key of new Set(cases.flatMap(c => c.steps.map(step => step.page))))
		pages.set(key, await browser.openPage(topology.pages[key]));
	for (let round = 0; round < rounds; round++) {
		site.round = round;
		await playRound(cases, round, pages, results);
		await untilQuiet(site);
	}
	return results;
}
