// SPDX-License-Identifier: BSD-2-Clause
// Requests to which the CORS protocol does not apply, many of which carry Origin all the same: the false-alarm trap.
import { allowOrigin } from './allow-origin.mjs';
import { allowCredentials, appendCaching, appendLines } from './fields.mjs';
import { UNSAFE_HEADERS, pickPair, sameOriginPairs } from './request.mjs';
import { BODY_FOR } from './response.mjs';

const kinds = tls => [
	[4, 'nocors-post-noref'], [3, 'same-origin-noref'], [10, 'nocors-post'], [6, 'nocors-get'], [5, 'img'],
	[3, 'script'], [2, 'css'], [5, 'iframe'], [10, 'form'], [5, 'form-same'], [20, 'same-origin-unsafe'],
	[4, 'same-origin-get'], [5, 'same-origin-xhr'], [6, 'beacon'], [4, 'cspreport'],
	// WebSocket over HTTP/2 is another protocol: only the plain set has it.
	[8, tls ? 'same-origin-unsafe' : 'ws'],
	[3, 'same-origin-form'],
];

// The report of a Content-Security-Policy comes from a frame: the page must be able to hold one of its own origin.
const REPORTING_PAGES = ['app', 'app80', 'lh', 'ip', 'other', 'admin', 'happ', 'app443', 'sapp'];

function reportingPair(rng, topology) {
	for (;;) {
		const [page, api] = pickPair(rng, topology, { noOpaque: true });
		if (REPORTING_PAGES.includes(page.key))
			return [page, api];
	}
}

function choosePair(rng, topology, kind) {
	if (kind.startsWith('same-origin') || kind === 'form-same') {
		const behindTls = topology.tls ? [] : [['s_sec', 'a_sec'], ['s_sec', 'a_sec'], ['s_api80', 'a_api80']];
		const [page, api] = rng.pick([...sameOriginPairs(topology), ...behindTls]);
		return [topology.pages[page], topology.apis[api]];
	}
	const noOpaque = ['form', 'iframe', 'cspreport', 'beacon'].includes(kind);
	const pair = pickPair(rng, topology, { noOpaque });
	return kind === 'cspreport' ? reportingPair(rng, topology) : pair;
}

const ENCODINGS = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];
const CREDENTIALS = ['omit', 'same-origin', 'include'];
const JSON_BODY = '{"a":1}';

function formStep(rng) {
	return {
		initiator: 'form', mode: 'navigate', method: rng.weighted([[85, 'POST'], [15, 'GET']]),
		enctype: rng.pick(ENCODINGS),
	};
}

function sameOriginUnsafeStep(rng) {
	const step = {
		initiator: rng.pick(['fetch', 'fetch', 'xhr']), mode: rng.pick(['cors', 'same-origin']),
		credentials: 'same-origin', method: rng.pick(['POST', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']),
		headers: rng.chance(0.6) ? [rng.pick(UNSAFE_HEADERS)] : [],
	};
	if (step.initiator === 'xhr')
		step.mode = 'cors';
	if (step.method !== 'OPTIONS' && step.method !== 'DELETE')
		step.body = JSON_BODY;
	return step;
}

// What each kind adds to a credentialed no-cors GET.
const STEPS = {
	'nocors-post-noref': () => ({ initiator: 'fetch', method: 'POST', body: 'x=1', referrerPolicy: 'no-referrer' }),
	'same-origin-noref': rng => ({
		initiator: 'fetch', mode: rng.pick(['cors', 'same-origin', 'no-cors']), method: 'POST',
		credentials: 'same-origin', body: 'x=1', referrerPolicy: 'no-referrer',
	}),
	'nocors-post': rng => ({
		initiator: 'fetch', method: 'POST', credentials: rng.pick(CREDENTIALS),
		body: rng.pick(['x=1', 'urlsp', 'form-data']),
	}),
	'nocors-get': rng => ({ initiator: 'fetch', credentials: rng.pick(CREDENTIALS) }),
	'img': () => ({ initiator: 'img' }),
	'script': () => ({ initiator: 'script' }),
	'css': () => ({ initiator: 'css' }),
	'iframe': () => ({ initiator: 'iframe', mode: 'navigate' }),
	'form': formStep,
	'form-same': formStep,
	'same-origin-form': formStep,
	'same-origin-unsafe': sameOriginUnsafeStep,
	'same-origin-get': rng => ({
		initiator: 'fetch', mode: rng.pick(['cors', 'same-origin']), credentials: 'same-origin',
		headers: rng.chance(0.5) ? [rng.pick(UNSAFE_HEADERS)] : [],
	}),
	'same-origin-xhr': () => ({
		initiator: 'xhr', mode: 'cors', credentials: 'same-origin', method: 'POST',
		headers: [['Content-Type', 'application/json']], body: JSON_BODY,
	}),
	'beacon': rng => ({ initiator: 'beacon', method: 'POST', body: rng.pick(['a=1', 'urlsp', 'form-data']) }),
	'cspreport': () => ({ initiator: 'cspreport', method: 'POST', credentials: 'same-origin' }),
	'ws': () => ({ initiator: 'ws', mode: 'websocket' }),
};

function chooseStatus(rng, kind) {
	if (kind === 'ws')
		return 101;
	// A 204 never loads into a frame: the frame would wait for ever.
	const needsDocument = kind === 'iframe' || kind.includes('form');
	return rng.weighted([[70, 200], [3, 201], [4, 404], [4, 500], [3, 403], [needsDocument ? 0 : 4, 204]]);
}

const RESOURCE_POLICIES = ['same-origin', 'same-site', 'cross-origin'];

export function noncorsCase(rng, topology) {
	const kind = rng.weighted(kinds(topology.tls));
	const [page, api] = choosePair(rng, topology, kind);
	const step = {
		page: page.key, api: api.key, mode: 'no-cors', credentials: 'include', method: 'GET', headers: [],
		...STEPS[kind](rng),
	};
	const status = chooseStatus(rng, kind);
	const labels = { sub: kind };
	const headers = [];

	// CORS headers where nobody asked for them must change nothing.
	if (rng.chance(0.35)) {
		const { lines } = allowOrigin(rng, page.origin, api, false);
		appendLines(headers, rng, 'Access-Control-Allow-Origin', lines);
	}
	if (rng.chance(0.2))
		appendLines(headers, rng, 'Access-Control-Allow-Credentials', allowCredentials(rng, true, false).lines);
	if (kind !== 'ws')
		appendCaching(headers, rng, labels);
	if (!['ws', 'beacon', 'cspreport'].includes(kind) && rng.chance(0.08))
		headers.push(['Cross-Origin-Resource-Policy', rng.pick(RESOURCE_POLICIES)]);
	const response = { status, headers, body: BODY_FOR[step.initiator] || 'json' };
	return { steps: [step], answers: { '': { actual: [response] } }, labels };
}
