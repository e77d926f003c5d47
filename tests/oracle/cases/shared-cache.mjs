// SPDX-License-Identifier: BSD-2-Clause
// A cache between browser and origin gives one page's response to another page. Both exchanges are on the wire;
// the cache itself is played: only what it would write is sent.
import { CACHE_HITS } from './fields.mjs';
import { fetchStep, pickPair } from './request.mjs';

// Two pages of different origin that ask the same API.
function twoReaders(rng, topology) {
	for (;;) {
		const [first, api] = pickPair(rng, topology, { noOpaque: true });
		const [second] = pickPair(rng, topology, { api: api.key, noOpaque: true });
		if (first.origin !== second.origin)
			return { first, second, api };
	}
}

export function sharedCacheCase(rng, topology) {
	const right = rng.chance(0.35);
	const { first, second, api } = twoReaders(rng, topology);
	const marks = rng.pick(CACHE_HITS);
	// null: the cache was filled by a request without Origin.
	const filledFor = rng.weighted([[70, first.origin], [30, null]]);
	const ask = page => fetchStep(page, api, { initiator: rng.pick(['fetch', 'xhr']), cache: 'no-store' });
	const allow = origin => (origin ? [['Access-Control-Allow-Origin', origin]] : []);
	const policy = [['Cache-Control', 'public, max-age=600'], ...(right ? [['Vary', 'Origin']] : [])];
	const given = right ? second.origin : filledFor;
	const actual = [
		{ status: 200, headers: [...allow(filledFor), ...policy, ['X-Cache', 'MISS']], body: 'json' },
		{ status: 200, headers: [...allow(given), ...policy, ...marks], body: 'json' },
	];
	return {
		steps: [ask(first), ask(second)],
		answers: { '': { actual } },
		labels: { sub: right ? 'control' : 'poisoned' },
	};
}
