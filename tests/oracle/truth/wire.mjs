// SPDX-License-Identifier: BSD-2-Clause
// An exchange of the servers' log as a row of wire[] in the truth.
import { isPreflight } from './classify.mjs';
import { get } from './fields.mjs';

// Fields that say nothing about CORS and would make the truth differ from one browser version to the next.
const DROPPED = new Set([
	'user-agent', 'accept-encoding', 'sec-ch-ua', 'sec-ch-ua-mobile', 'sec-ch-ua-platform', 'connection', 'pragma',
	'priority',
]);

function kindOf(entry) {
	if (isPreflight({ method: entry.method, req: entry.headers }))
		return 'preflight';
	return entry.suffix ? 'redirected' : 'actual';
}

// The origin in the browser's URL; behind the terminator the wire alone would say otherwise.
function targetOrigin(scheme, host) {
	return `${/^secure\.example\.test:/.test(host || '') ? 'https' : scheme}://${host}`;
}

function secFetch(headers) {
	if (get(headers, 'sec-fetch-mode') === null)
		return null;
	return ['sec-fetch-site', 'sec-fetch-mode', 'sec-fetch-dest'].map(name => get(headers, name)).join(' ');
}

export function wireRow(entry) {
	const { headers, response } = entry;
	const host = get(headers, 'host');
	return {
		kind: kindOf(entry), n: entry.n, proto: entry.proto,
		client_port: entry.clientPort, server_port: entry.serverPort,
		...(entry.stream ? { h2_stream: entry.stream } : {}),
		method: entry.method, target: entry.target, host, scheme: entry.scheme,
		target_origin: targetOrigin(entry.scheme, host),
		origin: get(headers, 'origin'),
		cookie: get(headers, 'cookie') !== null,
		authorization: get(headers, 'authorization') !== null,
		sec_fetch: secFetch(headers),
		req: headers.filter(([name]) => !DROPPED.has(name.toLowerCase())),
		resp: {
			status: response.status,
			headers: response.headers,
			...(response.quirk ? { quirk: response.quirk } : {}),
		},
	};
}
