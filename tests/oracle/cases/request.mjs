// SPDX-License-Identifier: BSD-2-Clause
// What a page asks: which page asks which API, and requests that need a preflight.

const PAGES_PLAIN = [
	[30, 'app'], [10, 'app80'], [6, 'admin'], [12, 'lh'], [7, 'ip'], [4, 'v6'], [8, 'other'], [3, 'evil'], [3, 'idn'],
	[8, 'sapp'], [5, 'sapp443'], [5, 'app_i'], [5, 'lh_i'], [4, 'sapp_i'], [4, 'sandbox'], [3, 'file'], [4, 's_api'],
	[2, 's_lh'], [2, 's_sec'],
];
const PAGES_TLS = [
	[30, 'app'], [8, 'app443'], [10, 'admin'], [8, 'lh'], [8, 'happ'], [10, 'other'], [5, 'app_i'], [6, 'other_i'],
	[5, 'sandbox'], [5, 's_api'], [4, 's_h1'],
];
const APIS_PLAIN = [
	[26, 'a_api'], [12, 'a_noc'], [22, 'a_lh'], [12, 'a_ip'], [4, 'a_v6'], [6, 'a_api80'], [3, 'a_auth'], [10, 'a_sec'],
];
const APIS_TLS = [[30, 'a_api'], [14, 'a_noc'], [14, 'a_lh'], [14, 'a_h1'], [8, 'a_h1noc']];

const isMixedContent = (page, api) => page.url.startsWith('https:') && !api.trustworthy;

// A page and an API of another origin that the browser lets it ask.
// options: page or api (fixed key), noOpaque (the page must have a real origin)
export function pickPair(rng, topology, options = {}) {
	for (;;) {
		const page = topology.pages[options.page || rng.weighted(topology.tls ? PAGES_TLS : PAGES_PLAIN)];
		const api = topology.apis[options.api || rng.weighted(topology.tls ? APIS_TLS : APIS_PLAIN)];
		const isOpaque = page.origin === 'null';
		if (page.origin !== api.origin && !isMixedContent(page, api) && !(options.noOpaque && isOpaque))
			return [page, api];
	}
}

// Pages and the APIs of their own origin.
export function sameOriginPairs(topology) {
	return topology.tls ? [['s_api', 'a_api'], ['s_h1', 'a_h1']] : [['s_api', 'a_api'], ['s_lh', 'a_lh']];
}

// A request by fetch(), with what every step of a case must say.
export function fetchStep(page, api, more = {}) {
	return {
		page: page.key, api: api.key, initiator: 'fetch', mode: 'cors', credentials: 'same-origin', method: 'GET',
		headers: [], ...more,
	};
}

// Headers that make a request need a preflight.
export const UNSAFE_HEADERS = [
	['X-Requested-With', 'XMLHttpRequest'], ['X-Api-Key', 'k'], ['Authorization', 'Bearer tok'],
	['Authorization', 'Basic dTpw'], ['Content-Type', 'application/json'], ['X-Custom-Header', '1'],
	['Range', 'bytes=-5'], ['Accept', 'application/json;v="1" (x)'], ['Accept', 'a/' + 'b'.repeat(140)],
	['traceparent', '00-1-1-01'], ['If-None-Match', '"a"'], ['Cache-Control', 'no-cache'], ['x-UPPER-lower', 'y'],
	['Content-Type', 'application/vnd.api+json'], ['Accept-Language', 'de_DE'], ['X-CSRF-Token', 't'],
];

// Fetch, #cors-safelisted-request-header: exact for the values that the cases use.
export function isSafelisted(name, value) {
	if (value.length > 128)
		return false;
	switch (name.toLowerCase()) {
	case 'accept':
		return !/[\x00-\x08\x0a-\x1f"():<>?@[\\\]{}\x7f]/.test(value);
	case 'accept-language':
	case 'content-language':
		return /^[0-9A-Za-z *,\-.;=]*$/.test(value);
	case 'content-type':
		return /^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\s*(;|$)/i.test(value) &&
			!/["():<>?@[\\\]{}]/.test(value);
	case 'range':
		return /^bytes=\d+-\d*$/.test(value);
	default:
		return false;
	}
}

// The names that Access-Control-Request-Headers will list.
export function unsafeNames(headers) {
	const unsafe = headers.filter(([name, value]) => !isSafelisted(name, value));
	return [...new Set(unsafe.map(([name]) => name.toLowerCase()))].sort();
}

const UNSAFE_METHODS = [
	[24, 'PUT'], [19, 'DELETE'], [13, 'PATCH'], [4, 'patch'], [18, 'POST'], [15, 'GET'], [2, 'OPTIONS'], [2, 'PURGE'],
	[1, 'put'], [1, 'foo'], [1, 'HEAD'],
];

// A few of the headers above, no name twice.
function someUnsafeHeaders(rng) {
	const count = rng.weighted([[35, 0], [40, 1], [18, 2], [7, 3]]);
	const chosen = [];
	for (const header of rng.shuffle(UNSAFE_HEADERS)) {
		const taken = chosen.some(([name]) => name.toLowerCase() === header[0].toLowerCase());
		if (chosen.length < count && !taken)
			chosen.push(header);
	}
	return chosen;
}

// A step that certainly needs a preflight: by its method, by a header, or by the type of its body.
export function preflightedStep(rng, page, api) {
	const initiator = rng.weighted([[74, 'fetch'], [20, 'xhr'], [6, 'beacon']]);
	const step = { page: page.key, api: api.key, initiator, mode: 'cors', headers: [] };
	if (initiator === 'beacon')
		return { ...step, credentials: 'include', method: 'POST', body: 'blob-json' };

	// XMLHttpRequest cannot say "omit".
	step.credentials = rng.weighted([
		[initiator === 'fetch' ? 12 : 0, 'omit'], [45, 'same-origin'], [43, 'include'],
	]);
	step.method = rng.weighted(UNSAFE_METHODS);
	if (initiator === 'xhr' && step.method === 'foo')
		step.method = 'REPORT';
	step.headers = someUnsafeHeaders(rng);
	const method = step.method.toUpperCase();
	if (['GET', 'HEAD', 'POST'].includes(method) && !unsafeNames(step.headers).length)
		step.headers.push(method === 'POST' ? ['Content-Type', 'application/json'] : ['X-Custom-Header', '1']);
	if (!['GET', 'HEAD', 'OPTIONS', 'DELETE'].includes(method))
		step.body = '{"a":1}';
	return step;
}
