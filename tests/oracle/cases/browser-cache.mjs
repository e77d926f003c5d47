// SPDX-License-Identifier: BSD-2-Clause
// What the browser's own caches do: several steps ask for one URL, one after the other.
import { fetchStep, pickPair } from './request.mjs';
import { actualResponse } from './response.mjs';

const HTTP_KINDS = [
	[26, 'poison'], [16, 'nocors-then-cors'], [30, 'revalidate'], [12, 'cred-switch'], [16, 'control-vary'],
];

const FRESH = ['Cache-Control', 'max-age=3600'];
const ALLOW_CREDENTIALS = ['Access-Control-Allow-Credentials', 'true'];

function answer(allowedOrigin, headers, body = 'json') {
	const allow = allowedOrigin ? [['Access-Control-Allow-Origin', allowedOrigin]] : [];
	return { status: 200, headers: [...allow, ...headers], body };
}

const cachedFetch = (page, api, more) => fetchStep(page, api, { cache: 'default', ...more });

// A response made for A is kept and given to B, without Vary.
function poison(rng, play) {
	const credentials = rng.chance(0.4) ? 'include' : 'same-origin';
	const headers = [['Cache-Control', 'public, max-age=3600']];
	if (credentials === 'include')
		headers.push(ALLOW_CREDENTIALS);
	return {
		steps: [cachedFetch(play.a, play.api, { credentials }), cachedFetch(play.b, play.api, { credentials })],
		actual: [answer(play.a.origin, headers), answer(play.b.origin, headers)],
	};
}

const CONTROLS = [
	['Vary', 'Origin'], ['Vary', 'Accept-Encoding, Origin'], ['Vary', '*'], ['Cache-Control', 'no-store'],
	['Vary', 'origin'],
];

// The same, made right: nothing may be blocked and nothing may be flagged.
function control(rng, play) {
	const line = rng.pick(CONTROLS);
	const headers = line[0] === 'Vary' ? [FRESH, line] : [line];
	play.labels.ctl = line.join(': ');
	return {
		steps: [cachedFetch(play.a, play.api), cachedFetch(play.b, play.api)],
		actual: [answer(play.a.origin, headers), answer(play.b.origin, headers)],
	};
}

// <img> fills the cache without Origin, then script asks for the same URL.
function imageThenFetch(rng, play) {
	const vary = rng.chance(0.4);
	const headers = vary ? [FRESH, ['Vary', 'Origin']] : [FRESH];
	const second = rng.chance(0.5) ? { initiator: 'img', mode: 'cors' } : {};
	play.labels.vary = vary;
	return {
		steps: [
			cachedFetch(play.a, play.api, { initiator: 'img', mode: 'no-cors', credentials: 'include' }),
			cachedFetch(play.a, play.api, second),
		],
		actual: [answer(null, headers, 'gif'), answer(play.a.origin, headers, 'gif')],
	};
}

// The kept response is revalidated: the check runs on it, freshened by what the 304 says.
function revalidate(rng, play) {
	const second = rng.chance(0.6) ? play.a : play.b;
	const kind = rng.pick(['none', 'same', 'wrong', 'star', 'new', 'creds-lost']);
	const credentials = rng.chance(0.3) ? 'include' : 'same-origin';
	const in304 = {
		'none': [],
		'same': [['Access-Control-Allow-Origin', play.a.origin]],
		'wrong': [['Access-Control-Allow-Origin', 'http://wrong.test']],
		'star': [['Access-Control-Allow-Origin', '*']],
		'new': [['Access-Control-Allow-Origin', second.origin]],
		'creds-lost': [['Access-Control-Allow-Credentials', 'false']],
	}[kind];
	const headers = [['Cache-Control', 'no-cache'], ['ETag', '"e1"']];
	if (credentials === 'include')
		headers.push(ALLOW_CREDENTIALS);
	const notModified = [['ETag', '"e1"'], ['Cache-Control', 'no-cache'], ...in304];
	play.labels.v304 = kind;
	return {
		steps: [cachedFetch(play.a, play.api, { credentials }), cachedFetch(second, play.api, { credentials })],
		actual: [answer(play.a.origin, headers), { status: 304, headers: notModified, body: 'empty' }],
	};
}

// Kept without credentials, asked for with them.
function credentialsSwitch(rng, play) {
	const allowed = rng.pick(['*', play.a.origin]);
	play.labels.acao = allowed === '*' ? 'star' : 'exact';
	return {
		steps: [cachedFetch(play.a, play.api), cachedFetch(play.a, play.api, { credentials: 'include' })],
		actual: [answer(allowed, [FRESH]), answer(allowed, [FRESH])],
	};
}

const HTTP_PLAYS = {
	'poison': poison,
	'control-vary': control,
	'nocors-then-cors': imageThenFetch,
	'revalidate': revalidate,
	'cred-switch': credentialsSwitch,
};

export function cacheCase(rng, { pages, apis, tls }) {
	const kind = rng.weighted(HTTP_KINDS);
	// Pages of one site: the browser's cache is partitioned by site, not by origin.
	const b = rng.pick([pages.admin, tls ? pages.app443 : pages.app80]);
	const api = apis[rng.pick(tls ? ['a_api', 'a_noc', 'a_lh'] : ['a_api', 'a_noc', 'a_lh', 'a_ip'])];
	const labels = { sub: kind };
	const { steps, actual } = HTTP_PLAYS[kind](rng, { a: pages.app, b, api, labels });
	return { steps, answers: { '': { actual } }, labels };
}

const PREFLIGHT_KINDS = [
	[24, 'reuse'], [12, 'reuse-auth'], [15, 'zero'], [20, 'other-header'], [20, 'cred-switch'], [15, 'other-method'],
];

function goodPreflight(origin, maxAge) {
	return {
		status: 204,
		headers: [
			['Access-Control-Allow-Origin', origin], ALLOW_CREDENTIALS,
			['Access-Control-Allow-Methods', 'PUT, DELETE'],
			['Access-Control-Allow-Headers', 'X-A, X-B, Authorization'],
			['Access-Control-Max-Age', maxAge],
		],
		body: 'empty',
	};
}

// What the two steps of each kind change in a PUT; maxAge as the preflight's answer says it.
function preflightSteps(rng, kind) {
	switch (kind) {
	case 'reuse':
		return { steps: [{}, { method: rng.pick(['PUT', 'DELETE']) }] };
	case 'reuse-auth': {
		const headers = [['Authorization', rng.pick(['Bearer tok', 'Bearer tok', 'Token abc'])]];
		const get = { method: 'GET', body: undefined, headers };
		return { steps: [get, { ...get, cache: 'no-store' }] };
	}
	case 'zero':
		return { steps: [{}, {}], maxAge: rng.pick(['0', '-1']) };
	case 'other-header':
		return { steps: [{ headers: [['X-A', '1']] }, { headers: [['X-C', '1']] }] };
	case 'cred-switch':
		return { steps: [{}, { credentials: 'include' }] };
	default:
		return { steps: [{}, { method: 'PATCH' }] };
	}
}

export function preflightCacheCase(rng, topology) {
	const kind = rng.weighted(PREFLIGHT_KINDS);
	const [page, api] = pickPair(rng, topology, { noOpaque: true });
	const who = { origin: page.origin, target: api, include: false };
	const first = actualResponse(rng, who, { mostlyRight: true });
	const second = actualResponse(rng, { ...who, include: kind === 'cred-switch' }, { mostlyRight: true });
	const { steps: changes, maxAge = '600' } = preflightSteps(rng, kind);
	const steps = changes.map(change => fetchStep(page, api, { method: 'PUT', body: 'x', ...change }));
	for (const step of steps)
		if (step.method === 'DELETE')
			delete step.body;
	const preflight = [goodPreflight(page.origin, maxAge)];
	const answers = { '': { preflight, actual: [first.response, second.response] } };
	return { steps, answers, labels: { sub: kind, acao: first.labels.acao } };
}
