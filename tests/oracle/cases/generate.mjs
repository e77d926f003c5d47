// SPDX-License-Identifier: BSD-2-Clause
// Cases out of a seed. A case is:
//   id, index, cls   its name (also in its URL: /c/<id>), its number, and the class it was drawn from
//   steps            what pages do, one after the other: { page, api, initiator, mode, credentials, method, ... , url }
//   answers          by suffix of the URL path: { preflight: [responses], actual: [responses] }, the n-th for the n-th
//                    request, the last one again when there are more requests than responses
//   labels           what was chosen, for people who look at a disagreement
import { cacheCase, preflightCacheCase } from './browser-cache.mjs';
import { noncorsCase } from './noncors.mjs';
import { nowireCase } from './nowire.mjs';
import { quirkCase } from './quirk.mjs';
import { redirectCase } from './redirect.mjs';
import { Rng } from './rng.mjs';
import { sharedCacheCase } from './shared-cache.mjs';
import { preflightCase, simpleCase } from './simple.mjs';

const CLASSES = {
	simple: simpleCase,
	preflight: preflightCase,
	noncors: noncorsCase,
	redirect: redirectCase,
	cache: cacheCase,
	pcache: preflightCacheCase,
	cdn: sharedCacheCase,
	quirk: quirkCase,
	nowire: nowireCase,
};

const WEIGHTS_PLAIN = [
	[400, 'simple'], [270, 'preflight'], [120, 'noncors'], [80, 'redirect'], [40, 'cache'], [25, 'pcache'], [25, 'cdn'],
	[25, 'quirk'], [20, 'nowire'],
];
// Oddities of HTTP/1 heads are about bytes: the TLS set, mostly HTTP/2, has none.
const WEIGHTS_TLS = [
	[420, 'simple'], [280, 'preflight'], [110, 'noncors'], [80, 'redirect'], [40, 'cache'], [25, 'pcache'], [25, 'cdn'],
	[15, 'nowire'],
];

export const classNames = Object.keys(CLASSES);

function stepUrl(step, topology, id) {
	if (step.urlOverride)
		return step.urlOverride.replace('@ID@', id);
	const url = topology.apis[step.api].origin + '/c/' + id;
	return step.initiator === 'ws' ? url.replace(/^http/, 'ws') : url;
}

// Locations name the case; HTTP/2 forbids the surrounding whitespace that HTTP/1 allows.
function finishHeaders(response, topology, id) {
	for (const header of response.headers) {
		header[1] = header[1].replace('@ID@', id);
		if (topology.tls)
			header[1] = header[1].trim();
	}
}

function makeCase(seed, index, topology, only) {
	const set = topology.tls ? 'tls' : 'plain';
	const rng = new Rng(`${seed}:${set}:${index}`);
	const id = `${topology.tls ? 't' : 's'}${seed}-${String(index).padStart(6, '0')}`;
	const cls = only || rng.weighted(topology.tls ? WEIGHTS_TLS : WEIGHTS_PLAIN);
	const made = CLASSES[cls](rng, topology);
	for (const step of made.steps)
		step.url = stepUrl(step, topology, id);
	for (const { preflight = [], actual = [] } of Object.values(made.answers))
		for (const response of [...preflight, ...actual])
			finishHeaders(response, topology, id);
	return { id, index, cls, ...made };
}

// count cases of this seed; only: all of one class.
export function generate(seed, count, topology, only) {
	return Array.from({ length: count }, (unused, index) => makeCase(seed, index, topology, only));
}
