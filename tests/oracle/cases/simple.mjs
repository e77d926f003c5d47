// SPDX-License-Identifier: BSD-2-Clause
// Requests that need no preflight, and requests that do.
import { preflightResponse } from './preflight-response.mjs';
import { pickPair, preflightedStep } from './request.mjs';
import { BODY_FOR, actualResponse } from './response.mjs';

const INITIATORS = [
	[50, 'fetch'], [18, 'xhr'], [5, 'img'], [4, 'script'], [3, 'module'], [4, 'font'], [3, 'css'], [4, 'es'],
	[1, 'preload'],
];

const SAFELISTED_TYPES = [
	'text/plain;charset=UTF-8', 'text/plain', 'application/x-www-form-urlencoded', 'Text/Plain; x=y',
	'application/x-www-form-urlencoded; charset=utf-8',
];
const SAFELISTED_HEADERS = [
	['Accept', 'application/json'], ['Accept-Language', 'de'], ['Content-Language', 'en'], ['Range', 'bytes=0-1'],
];

function simpleCredentials(rng, initiator) {
	// A page cannot choose for fonts; elements have no "omit", neither has XMLHttpRequest.
	if (initiator === 'font')
		return 'same-origin';
	if (initiator === 'fetch' || initiator === 'xhr')
		return rng.weighted([[initiator === 'fetch' ? 15 : 0, 'omit'], [42, 'same-origin'], [43, 'include']]);
	return rng.weighted([[60, 'same-origin'], [40, 'include']]);
}

function addSimpleBody(rng, step) {
	const kind = rng.weighted([
		[30, 'string'], [20, 'urlsp'], [15, 'form-data'], [20, 'typed'], [10, 'none'], [5, 'blob-none'],
	]);
	if (kind === 'string') {
		step.body = 'a=1';
	} else if (kind === 'typed') {
		step.body = 'x';
		step.headers.push(['Content-Type', rng.pick(SAFELISTED_TYPES)]);
	} else if (kind !== 'none') {
		step.body = kind;
	}
}

// What script can add to a request without making it need a preflight.
function addScriptOptions(rng, step) {
	step.method = rng.weighted([[60, 'GET'], [8, 'HEAD'], [32, 'POST']]);
	if (step.method === 'POST')
		addSimpleBody(rng, step);
	if (rng.chance(0.12))
		step.headers.push(rng.pick(SAFELISTED_HEADERS));
	step.cache = rng.weighted([[60, 'default'], [30, 'no-store'], [10, 'no-cache']]);
	if (step.initiator === 'xhr')
		step.cache = 'default';
	step.wantHeaders = true;
}

export function simpleCase(rng, topology) {
	const [page, api] = pickPair(rng, topology);
	const initiator = rng.weighted(INITIATORS);
	const credentials = simpleCredentials(rng, initiator);
	const step = { page: page.key, api: api.key, initiator, mode: 'cors', credentials, method: 'GET', headers: [] };
	if (initiator === 'fetch' || initiator === 'xhr')
		addScriptOptions(rng, step);
	const who = { origin: page.origin, target: api, include: credentials === 'include' };
	const { response, labels } = actualResponse(rng, who, { body: BODY_FOR[initiator] });
	return { steps: [step], answers: { '': { actual: [response] } }, labels };
}

export function preflightCase(rng, topology) {
	const [page, api] = pickPair(rng, topology);
	const step = preflightedStep(rng, page, api);
	const who = { origin: page.origin, target: api, include: step.credentials === 'include' };
	const preflight = preflightResponse(rng, who, step);
	const actual = actualResponse(rng, who, { mostlyRight: true, errorChance: 0.12 });
	step.wantHeaders = true;
	if (step.initiator === 'fetch' && rng.chance(0.3))
		step.cache = 'no-store';
	const answers = { preflight: [preflight.response], actual: [actual.response] };
	return {
		steps: [step],
		answers: { '': answers, '/pr': answers },
		labels: { ...preflight.labels, ...actual.labels },
	};
}
