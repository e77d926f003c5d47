// SPDX-License-Identifier: BSD-2-Clause
// Is an exchange subject to CORS, and was it made with credentials? As far as its bytes tell.
//
// An exchange is { scheme, method, target, req: [[name, value]], resp: { status, headers } }.
import { isSafelisted } from '../cases/request.mjs';
import { get, isRedirect, trim } from './fields.mjs';

const lower = (headers, name) => (get(headers, name) || '').toLowerCase();

export function isPreflight(exchange) {
	const { method, req } = exchange;
	return method === 'OPTIONS' && get(req, 'access-control-request-method') !== null && get(req, 'origin') !== null;
}

// Reports are posted with Origin and never checked.
const REPORT = /^application\/(csp-report|reports\+json|expect-ct-report\+json|xss-auditor-report|ocsp-request)/;

function classifyPost(req) {
	const type = get(req, 'content-type');
	if (get(req, 'upgrade-insecure-requests') === '1' && /text\/html/.test(get(req, 'accept') || ''))
		return { cors: 'no', why: 'navigation' };
	if (type !== null && REPORT.test(type))
		return { cors: 'no', why: 'report' };
	if (type !== null && !isSafelisted('content-type', type))
		return { cors: 'yes', why: 'unsafe-content-type' };
	return { cors: 'maybe', why: 'simple-post-without-sec-fetch' };
}

function classifyWithoutSecFetch(exchange, origin) {
	const { method, req, scheme } = exchange;
	const host = get(req, 'host');
	// https too: a TLS terminator may stand in front of what is captured.
	if (origin === `${scheme}://${host}` || origin === `https://${host}`)
		return { cors: 'no', why: 'same-origin' };
	if (method === 'GET' || method === 'HEAD')
		return { cors: 'yes', why: 'origin-on-get' };
	if (method !== 'POST')
		return { cors: 'yes', why: 'unsafe-method' };
	return classifyPost(req);
}

// { cors: 'yes' | 'no' | 'maybe', why }
export function classify(exchange) {
	const { req } = exchange;
	const origin = get(req, 'origin');
	const mode = get(req, 'sec-fetch-mode');
	if (origin === null)
		return { cors: 'no', why: 'no-origin' };
	if (lower(req, 'upgrade') === 'websocket')
		return { cors: 'no', why: 'websocket' };
	if (isPreflight(exchange))
		return { cors: 'yes', why: 'preflight' };
	if (mode === null)
		return classifyWithoutSecFetch(exchange, origin);
	if (mode !== 'cors')
		return { cors: 'no', why: 'sec-fetch-mode:' + mode };
	if (get(req, 'sec-fetch-site') === 'same-origin')
		return { cors: 'no', why: 'same-origin' };
	return { cors: 'yes', why: 'sec-fetch-mode:cors' };
}

// The names that a preflight announced.
export function announced(preflight) {
	return preflight ? lower(preflight.req, 'access-control-request-headers').split(',').map(trim).filter(Boolean) : [];
}

// The preflight of an exchange: the last one before it for the same URL and Origin.
export function preflightOf(exchange, before) {
	const same = name => other => get(other.req, name) === get(exchange.req, name);
	return before.findLast(other => isPreflight(other) && other.target === exchange.target &&
		same('host')(other) && same('origin')(other));
}

// What on the wire proves credentials mode "include"; null when nothing does, which proves nothing.
export function credentialEvidence(exchange, preflight) {
	const { req } = exchange;
	const authorization = get(req, 'authorization');
	if (get(req, 'cookie') !== null)
		return 'cookie';
	// Chromium sends this one only on cross-site requests that include credentials.
	if (get(req, 'sec-fetch-storage-access') !== null)
		return 'sec-fetch-storage-access';
	// A header that script set is announced, if only in a preflight that was cached before the capture; so only
	// the schemes of the browser's own store of passwords count.
	const fromStore = authorization !== null && /^(basic|digest|negotiate|ntlm)\b/i.test(authorization);
	if (fromStore && !announced(preflight).includes('authorization'))
		return 'authorization-not-announced';
	return null;
}

// A redirect before this one that was cross-origin and carried credentials proves them for the whole chain.
export function chainEvidence(before) {
	const proves = (other, index) => !isPreflight(other) && classify(other).cors === 'yes' &&
		isRedirect(other.resp.status) && credentialEvidence(other, preflightOf(other, before.slice(0, index)));
	return before.some(proves) ? 'earlier-hop' : null;
}
