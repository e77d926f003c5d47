// SPDX-License-Identifier: BSD-2-Clause
// Redirects: every hop is checked, and Origin turns into "null" when a chain leaves one foreign origin for another.
import { appendLines } from './fields.mjs';
import { preflightResponse } from './preflight-response.mjs';
import { pickPair, sameOriginPairs } from './request.mjs';
import { actualResponse } from './response.mjs';

const KINDS = [
	[14, 'same-host'], [20, 'cross-cross'], [10, 'same-to-cross'], [8, 'cross-to-same'], [8, 'userinfo'],
	[10, 'first-bad'], [10, 'post'], [10, 'preflighted'], [5, 'mode-manual'], [3, 'mode-error'], [6, 'chain3'],
	[5, 'nocors'], [2, 'nolocation'],
];

// An API that this page can ask and that is not the one given.
function anotherApi(rng, topology, page, api) {
	for (;;) {
		const [, other] = pickPair(rng, topology, { page: page.key });
		if (other.key !== api.key && other.origin !== api.origin)
			return other;
	}
}

// { page, api: the first hop, next: the second hop }
function chooseHops(rng, topology, kind) {
	if (kind === 'same-to-cross') {
		const [pageKey, apiKey] = rng.pick(sameOriginPairs(topology));
		const page = topology.pages[pageKey], api = topology.apis[apiKey];
		return { page, api, next: anotherApi(rng, topology, page, api) };
	}
	if (kind === 'cross-to-same') {
		const [pageKey, apiKey] = rng.pick(sameOriginPairs(topology));
		const [page, api] = pickPair(rng, topology, { page: pageKey });
		return { page, api, next: topology.apis[apiKey] };
	}
	const [page, api] = pickPair(rng, topology, { noOpaque: rng.chance(0.8) });
	return { page, api, next: anotherApi(rng, topology, page, api) };
}

// A well-made answer for this origin; a redirect when there is somewhere to go.
function goodAnswer(origin, status, location) {
	const headers = [['Access-Control-Allow-Origin', origin], ['Access-Control-Allow-Credentials', 'true']];
	if (location)
		headers.push(['Location', location]);
	return { status, headers, body: location ? 'empty' : 'json' };
}

// A random answer that redirects.
function firstAnswer(rng, play, origin, location) {
	const who = { origin, target: play.api, include: play.include };
	const options = { mostlyRight: true, status: play.status, body: 'empty' };
	const { response, labels } = actualResponse(rng, who, options);
	play.labels.acao = labels.acao;
	response.headers.push(['Location', location]);
	response.chunked = false;
	return response;
}

// A random answer that ends the chain.
function lastAnswer(rng, play, origin, target) {
	const who = { origin, target, include: play.include };
	const { response, labels } = actualResponse(rng, who, { mostlyRight: true, errorChance: 0.1 });
	play.labels.acao2 = labels.acao;
	play.labels.acac2 = labels.acac;
	return response;
}

const urlAt = (api, suffix) => api.origin + '/c/@ID@' + suffix;
const answersOf = (...responses) => ({ actual: responses });

function sameHost(rng, play) {
	const location = rng.chance(0.5) ? '/c/@ID@/r1' : urlAt(play.api, '/r1');
	return {
		'': answersOf(firstAnswer(rng, play, play.origin, location)),
		'/r1': answersOf(lastAnswer(rng, play, play.origin, play.api)),
	};
}

// From one origin to another; the second sees "null", and not all servers are told so.
function taintedHop(rng, play, nullChance) {
	return {
		'': answersOf(goodAnswer(play.origin, play.status, urlAt(play.next, '/r1'))),
		'/r1': answersOf(lastAnswer(rng, play, rng.chance(nullChance) ? 'null' : play.origin, play.next)),
	};
}

function sameToCross(rng, play) {
	const redirect = { status: play.status, headers: [['Location', urlAt(play.next, '/r1')]], body: 'empty' };
	return { '': answersOf(redirect), '/r1': answersOf(lastAnswer(rng, play, play.origin, play.next)) };
}

function userinfo(rng, play) {
	const target = rng.chance(0.5) ? play.api : play.next;
	const origin = target.origin.replace('://', rng.pick(['://user:pw@', '://user@', '://:pw@']));
	return {
		'': answersOf(goodAnswer(play.origin, play.status, origin + '/c/@ID@/r1')),
		'/r1': answersOf(lastAnswer(rng, play, play.origin, target)),
	};
}

function firstHopFails(rng, play) {
	const redirect = firstAnswer(rng, play, play.origin, urlAt(play.next, '/r1'));
	redirect.headers = redirect.headers.filter(([name]) => !/allow-origin/i.test(name));
	const wrong = rng.pick([null, [play.origin + '/'], ['http://wrong.test'], ['*']]);
	appendLines(redirect.headers, rng, 'Access-Control-Allow-Origin', wrong);
	return { '': answersOf(redirect), '/r1': answersOf(goodAnswer('*', 200)) };
}

function redirectedPost(rng, play) {
	play.step.method = 'POST';
	play.step.body = 'a=1';
	return taintedHop(rng, play, 0.7);
}

// Both hops are preflighted; the first preflight is right, the second is random.
function preflightedHops(rng, play) {
	const { step } = play;
	step.method = rng.pick(['PUT', 'DELETE', 'GET']);
	if (rng.chance(0.5) || step.method === 'GET')
		step.headers = [['X-Custom-Header', '1']];
	if (rng.chance(0.25))
		step.headers.push(['Authorization', 'Bearer tok']);
	const target = rng.chance(0.6) ? play.next : play.api;
	const origin2 = target === play.api ? play.origin : 'null';
	const preflight = (origin, api) => preflightResponse(rng, { origin, target: api, include: play.include }, step,
		{ status: 204, methods: 'list', headers: 'list' });

	const { response: first } = preflight(play.origin, play.api);
	const { response: second, labels } = preflight(origin2, target);
	first.headers = first.headers.filter(([name]) => !/allow-(origin|cred)/i.test(name));
	first.headers.push(['Access-Control-Allow-Origin', play.origin], ['Access-Control-Allow-Credentials', 'true']);
	play.labels.p_acao2 = labels.p_acao;
	const redirect = goodAnswer(play.origin, rng.pick([307, 308, 302]), urlAt(target, '/r1'));
	return {
		'': { preflight: [first], actual: [redirect] },
		'/r1': { preflight: [second], actual: [lastAnswer(rng, play, origin2, target)] },
	};
}

// fetch() that does not follow: the chain ends at the first hop.
function notFollowed(redirectMode) {
	return (rng, play) => {
		play.step.initiator = 'fetch';
		play.step.redirect = redirectMode;
		return {
			'': answersOf(firstAnswer(rng, play, play.origin, urlAt(play.next, '/r1'))),
			'/r1': answersOf(goodAnswer('*', 200)),
		};
	};
}

function threeHops(rng, play) {
	const second = rng.chance(0.8) ? play.origin : '*';
	return {
		'': answersOf(goodAnswer(play.origin, play.status, '/c/@ID@/r1')),
		'/r1': answersOf(goodAnswer(second, 302, urlAt(play.next, '/r2'))),
		'/r2': answersOf(goodAnswer('null', 307, '/c/@ID@/r3')),
		'/r3': answersOf(lastAnswer(rng, play, 'null', play.next)),
	};
}

function noCors(rng, play) {
	Object.assign(play.step, { initiator: 'fetch', mode: 'no-cors', method: rng.pick(['GET', 'POST']) });
	if (play.step.method === 'POST')
		play.step.body = 'x';
	return {
		'': answersOf({ status: play.status, headers: [['Location', urlAt(play.next, '/r1')]], body: 'empty' }),
		'/r1': answersOf({ status: 200, headers: [], body: 'json' }),
	};
}

function noLocation(rng, play) {
	const answer = firstAnswer(rng, play, play.origin, 'x');
	answer.headers = answer.headers.filter(([name]) => name !== 'Location');
	return { '': answersOf(answer) };
}

const PLAYS = {
	'same-host': sameHost,
	'cross-cross': (rng, play) => taintedHop(rng, play, 0.6),
	'same-to-cross': sameToCross,
	'cross-to-same': (rng, play) => taintedHop(rng, play, 0.6),
	'userinfo': userinfo,
	'first-bad': firstHopFails,
	'post': redirectedPost,
	'preflighted': preflightedHops,
	'mode-manual': notFollowed('manual'),
	'mode-error': notFollowed('error'),
	'chain3': threeHops,
	'nocors': noCors,
	'nolocation': noLocation,
};

export function redirectCase(rng, topology) {
	const kind = rng.weighted(KINDS);
	const { page, api, next } = chooseHops(rng, topology, kind);
	const credentials = rng.weighted([[15, 'omit'], [45, 'same-origin'], [40, 'include']]);
	const initiator = rng.weighted([[80, 'fetch'], [20, 'xhr']]);
	const step = { page: page.key, api: api.key, initiator, mode: 'cors', credentials, method: 'GET', headers: [] };
	// XMLHttpRequest has no "omit".
	if (initiator === 'xhr' && credentials === 'omit')
		step.credentials = 'same-origin';
	const status = rng.pick([301, 302, 303, 307, 308]);
	const labels = { sub: kind, status };
	const play = { origin: page.origin, api, next, step, status, labels, include: credentials === 'include' };
	return { steps: [step], answers: PLAYS[kind](rng, play), labels };
}
