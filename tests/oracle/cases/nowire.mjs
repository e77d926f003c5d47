// SPDX-License-Identifier: BSD-2-Clause
// Requests that the browser decides by itself: nothing reaches the wire, or nothing of HTTP does.
import { fetchStep, pickPair } from './request.mjs';

const KINDS_TLS = [[3, 'same-origin-mode'], [2, 'scheme'], [2, 'nocors-redirect']];
const KINDS_PLAIN = [
	[4, 'same-origin-mode'], [3, 'data-page'], [3, 'scheme'], [3, 'nocors-redirect'], [3, 'mixed'],
	[3, 'lna-insecure'], [3, 'lna-denied'], [2, 'lna-mismatch'], [2, 'badport'], [2, 'redirect-scheme'],
];

const STRANGE_URLS = ['foo://x/c/@ID@', 'ftp://ftp.example.test/c/@ID@', 'chrome://version/c/@ID@'];
const STRANGE_LOCATIONS = ['foo://x/', 'data:text/plain,x', 'ftp://ftp.example.test/', 'about:blank'];

function strangeScheme(rng) {
	const initiator = rng.pick(['xhr', 'fetch', 'img', 'font']);
	return { initiator, urlOverride: rng.pick(STRANGE_URLS), mode: 'cors' };
}

// What each kind changes in the step. "lna" is local network access, which asks where an address lies.
const STEPS = {
	'same-origin-mode': () => ({ mode: 'same-origin' }),
	'data-page': rng => ({ page: 'data', mode: rng.pick(['cors', 'no-cors']) }),
	'scheme': strangeScheme,
	'nocors-redirect': rng => ({ mode: 'no-cors', redirect: rng.pick(['error', 'manual']) }),
	'mixed': () => ({ page: 'sapp', api: 'a_noc' }),
	'lna-insecure': rng => ({ page: 'pubapp', api: rng.pick(['a_api', 'a_lh', 'a_ip']) }),
	'lna-denied': rng => ({ page: 'publh', api: rng.pick(['a_lh', 'a_ip', 'a_api']) }),
	'lna-mismatch': rng => ({
		page: rng.pick(['lh', 'publh']), api: 'a_ip', targetAddressSpace: rng.pick(['local', 'loopback', 'public']),
	}),
	'badport': () => ({ urlOverride: 'http://localhost:6000/c/@ID@' }),
	'redirect-scheme': () => ({}),
};

export function nowireCase(rng, topology) {
	const kind = rng.weighted(topology.tls ? KINDS_TLS : KINDS_PLAIN);
	const [page, api] = pickPair(rng, topology, { noOpaque: true });
	const step = fetchStep(page, api, STEPS[kind](rng));
	const labels = { sub: kind };
	if (step.targetAddressSpace)
		labels.tas = step.targetAddressSpace;
	const allowAll = ['Access-Control-Allow-Origin', '*'];
	const preflight = {
		status: 204,
		headers: [allowAll, ['Access-Control-Allow-Methods', '*'], ['Access-Control-Allow-Headers', '*']],
		body: 'empty',
	};
	const location = kind === 'redirect-scheme' && ['Location', rng.pick(STRANGE_LOCATIONS)];
	const actual = location
		? { status: 302, headers: [allowAll, location], body: 'empty' }
		: { status: 200, headers: [allowAll], body: 'json' };
	return { steps: [step], answers: { '': { preflight: [preflight], actual: [actual] } }, labels };
}
