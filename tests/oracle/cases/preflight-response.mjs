// SPDX-License-Identifier: BSD-2-Clause
// A random answer to a preflight.
import { allowOrigin } from './allow-origin.mjs';
import { VARY, allowCredentials, appendLines, spelledName } from './fields.mjs';
import { unsafeNames } from './request.mjs';

// Weight, status, whether it redirects: without Location, a 30x is just another bad status.
const STATUSES = [
	[80, 204], [65, 200], [2, 201], [2, 202], [1, 299],
	[3, 301, 'location'], [2, 302, 'location'], [1, 307, 'location'], [1, 308, 'location'], [1, 301], [1, 304],
	[2, 400], [2, 401], [3, 403], [3, 404], [3, 405], [2, 500], [1, 501], [1, 502], [1, 503],
];

const COMMON_METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS'];
const COMMON_HEADERS = 'Content-Type, Authorization, X-Requested-With, X-Api-Key, X-Custom-Header, Range, Accept, ' +
	'Accept-Language, traceparent, If-None-Match, Cache-Control, x-upper-lower, X-CSRF-Token';

const flippedCase = method => (method.toLowerCase() === method ? method.toUpperCase() : method.toLowerCase());

// Rows: weight, label, maker of the Access-Control-Allow-Methods lines from the method and a list without it.
const METHOD_SPELLINGS = [
	[85, 'list', m => [[...COMMON_METHODS, ...(COMMON_METHODS.includes(m) ? [] : [m])].join(', ')]],
	[20, 'only', m => [m]],
	[16, 'star', () => ['*']],
	[5, 'lower', m => [flippedCase(m)]],
	[6, 'missing', () => null],
	[7, 'others', (m, others) => [others]],
	[3, 'bad-space', m => [m + ' GET']],
	[2, 'bad-quote', m => [`"${m}"`]],
	[1, 'bad-semi', m => ['GET;' + m]],
	[1, 'bad-json', m => [`["${m}"]`]],
	[2, 'empty', () => ['']],
	[2, 'lines', m => ['GET, POST', m]],
	[2, 'trail-comma', m => ['GET, ' + m + ',']],
	[3, 'nospace', m => ['GET,POST,' + m]],
	[1, 'list+star', () => ['GET, *']],
	[1, 'ows', m => ['  GET ,\t' + m + '  ']],
];

// Rows: weight, label, maker of the Access-Control-Allow-Headers lines from the unsafe names of the request.
const HEADER_SPELLINGS = [
	[70, 'list', () => [COMMON_HEADERS]],
	[26, 'echo', names => (names.length ? [names.join(',')] : null)],
	[20, 'star', () => ['*']],
	[6, 'missing', () => null],
	[9, 'minus-one', names => (names.length > 1 ? [names.slice(1).join(', ')] : ['X-Other'])],
	[3, 'bad-space', names => [(names[0] || 'x-a') + ' x-b']],
	[2, 'bad-quote', names => [`"${names[0] || 'x-a'}"`]],
	[1, 'bad-colon', names => [[...names, 'X-A: b'].join(', ')]],
	[4, 'upper', names => (names.length ? [names.join(', ').toUpperCase()] : ['X-A'])],
	[2, 'prefix', () => ['X-*']],
	[2, 'empty', () => ['']],
	[2, 'lines', names => (names.length ? names : ['x-a', 'x-b'])],
	[2, 'trail-comma', names => [names.join(', ') + ',']],
	[3, 'star+auth', () => ['*, Authorization']],
	[2, 'list-noauth', names => [names.filter(name => name !== 'authorization').join(', ') || 'x-a']],
];

const MAX_AGES = [
	[50, null], [15, '600'], [8, '0'], [4, '-1'], [2, 'abc'], [8, '86400'], [2, '7200'], [2, ' 10 '],
];

const spelling = (table, label) => table.find(row => row[1] === label);

function appendMethods(headers, rng, method, fixedLabel) {
	const [, label, make] = fixedLabel ? spelling(METHOD_SPELLINGS, fixedLabel) : rng.row(METHOD_SPELLINGS);
	// Drawn even where it is not used: every draw is part of what a seed means.
	const others = rng.pick(['GET, POST', 'GET', 'HEAD, GET']);
	appendLines(headers, rng, 'Access-Control-Allow-Methods', make(method, others));
	return label;
}

function appendHeaders(headers, rng, step, fixedLabel) {
	const names = unsafeNames(step.headers);
	if (step.body === 'blob-json' && !names.includes('content-type'))
		names.push('content-type');
	const [, label, make] = fixedLabel ? spelling(HEADER_SPELLINGS, fixedLabel) : rng.row(HEADER_SPELLINGS);
	appendLines(headers, rng, 'Access-Control-Allow-Headers', make(names));
	return label;
}

function appendMaxAge(headers, rng) {
	const age = rng.weighted(MAX_AGES);
	if (age !== null)
		headers.push([spelledName(rng, 'Access-Control-Max-Age'), age]);
	return age;
}

function chooseOrigin(rng, who, status) {
	let chosen = allowOrigin(rng, who.origin, who.target, true);
	if (status >= 400 && rng.chance(0.5))
		chosen = { label: 'missing', lines: null };
	if (who.include && chosen.label === 'star' && rng.chance(0.75))
		chosen = { label: 'exact', lines: [who.origin] };
	return chosen;
}

// who as in actualResponse(); step is the request that follows.
// options: status, methods, headers (fixed labels). Gives { response, labels }.
export function preflightResponse(rng, who, step, options = {}) {
	const [, status, redirects] = options.status ? [0, options.status] : rng.row(STATUSES);
	const origin = chooseOrigin(rng, who, status);
	const credentials = allowCredentials(rng, who.include, true);
	const labels = { p_status: status, p_acao: origin.label, p_acac: credentials.label };
	const headers = [];

	appendLines(headers, rng, 'Access-Control-Allow-Origin', origin.lines);
	appendLines(headers, rng, 'Access-Control-Allow-Credentials', credentials.lines);
	labels.acam = appendMethods(headers, rng, step.method, options.methods);
	labels.acah = appendHeaders(headers, rng, step, options.headers);
	labels.max_age = appendMaxAge(headers, rng);
	if (rng.chance(0.3))
		appendLines(headers, rng, 'Vary', rng.weighted(VARY));
	if (redirects)
		headers.push(['Location', '/c/@ID@/pr']);
	if (rng.chance(0.15))
		headers.push(['Allow', 'GET, PUT, OPTIONS']);
	return { response: { status, headers: rng.shuffle(headers), body: status >= 400 ? 'err' : 'empty' }, labels };
}
