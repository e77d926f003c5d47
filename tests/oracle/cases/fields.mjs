// SPDX-License-Identifier: BSD-2-Clause
// The other response headers: credentials, Vary, Cache-Control, and the marks that caches leave.

// Servers and proxies differ in how they write field names; none of it may matter.
export function spelledName(rng, name) {
	return rng.weighted([[6, name], [3, name.toLowerCase()], [1, name.toUpperCase()]]);
}

// Append one header line for each value; null appends nothing.
export function appendLines(headers, rng, name, values) {
	for (const value of values || [])
		headers.push([spelledName(rng, name), value]);
}

// Label to header lines (null: no header). Weights are apart, because they depend on the request.
const CREDENTIALS = {
	'true': ['true'], 'missing': null, 'True': ['True'], 'TRUE': ['TRUE'], '1': ['1'], 'yes': ['yes'],
	'false': ['false'], 'empty': [''], 'ows': ['  true '], 'dup-comma': ['true, true'], 'lines-dup': ['true', 'true'],
	'quoted': ['"true"'], 'semi': ['true;'], 'true-false': ['true,false'],
};

const CREDENTIALS_RARE = [
	[2, 'True'], [2, 'TRUE'], [2, '1'], [1, 'yes'], [3, 'false'], [1, 'empty'], [2, 'ows'], [1, 'dup-comma'],
	[1, 'lines-dup'], [1, 'quoted'], [1, 'semi'], [1, 'true-false'],
];

// { label, lines } of Access-Control-Allow-Credentials. It matters only for a request with credentials.
export function allowCredentials(rng, include, mostlyRight) {
	let right = 20, missing = 50;
	if (include)
		[right, missing] = mostlyRight ? [260, 22] : [90, 16];
	const label = rng.weighted([[right, 'true'], [missing, 'missing'], ...CREDENTIALS_RARE]);
	return { label, lines: CREDENTIALS[label] };
}

export const VARY = [
	[34, null], [20, ['Origin']], [4, ['origin']], [12, ['Accept-Encoding']], [10, ['Accept-Encoding, Origin']],
	[3, ['*']], [4, ['Accept-Encoding', 'Origin']],
	[4, ['Origin, Access-Control-Request-Method, Access-Control-Request-Headers']],
	[2, ['X-Origin']], [2, ['Accept, ORIGIN']],
];

const CACHE_CONTROL = [
	[30, null], [14, 'no-store'], [6, 'private'], [8, 'no-cache'], [14, 'public, max-age=600'], [8, 'max-age=600'],
	[4, 's-maxage=600'], [4, 'private, max-age=60'], [3, 'max-age=0, must-revalidate'],
];

// What shared caches write on a response that they kept.
export const CACHE_HITS = [
	[['Age', '37'], ['X-Cache', 'HIT'], ['Via', '1.1 varnish']],
	[['CF-Cache-Status', 'HIT'], ['Age', '1204'], ['Server', 'cloudflare']],
	[['Cache-Status', 'ExampleCache; hit; ttl=376']],
	[['X-Varnish', '32770 3'], ['Age', '5'], ['Via', '1.1 varnish (Varnish/7.1)']],
	[['X-Served-By', 'cache-fra-1'], ['X-Cache', 'HIT, MISS'], ['Age', '0']],
	[['X-Cache', 'Hit from cloudfront'], ['Via', '1.1 abc.cloudfront.net (CloudFront)'], ['Age', '86']],
	[['X-Proxy-Cache', 'HIT']],
];

// What they write on one that they fetched for this request.
const CACHE_MISSES = [
	[['CF-Cache-Status', 'DYNAMIC'], ['Server', 'cloudflare']],
	[['X-Cache', 'MISS'], ['Via', '1.1 varnish']],
	[['Cache-Status', '"edge"; fwd=uri-miss; stored']],
];

// Append Vary, Cache-Control, a validator and cache marks; note in labels what was chosen.
export function appendCaching(headers, rng, labels) {
	const vary = rng.weighted(VARY);
	const control = rng.weighted(CACHE_CONTROL);
	appendLines(headers, rng, 'Vary', vary);
	appendLines(headers, rng, 'Cache-Control', control && [control]);
	if (rng.chance(0.2))
		headers.push(['ETag', `"v${rng.below(1000)}"`]);
	if (rng.chance(0.14))
		headers.push(...rng.pick([...CACHE_HITS, ...CACHE_MISSES]).map(line => line.slice()));
	labels.vary = vary ? vary.join(' | ') : null;
	labels.cc = control;
}
