// SPDX-License-Identifier: BSD-2-Clause
// The reference judge: what anybody who sees only the wire may conclude from one exchange and those before it.
// It knows nothing of the case. The truth uses it to mark what cannot be seen; the program under test is compared
// with the browser, not with this.
import { announced, chainEvidence, classify, credentialEvidence, isPreflight, preflightOf } from './classify.mjs';
import { corsCheck, preflightCheck } from './checks.mjs';
import { get, isRedirect } from './fields.mjs';

// Did the browser ask by itself whether its copy is still good? A condition that script set is announced instead.
function isRevalidation(exchange, preflight) {
	const names = announced(preflight);
	return ['if-none-match', 'if-modified-since'].some(name =>
		get(exchange.req, name) !== null && !names.includes(name));
}

// The response that the browser kept and now freshens.
function storedResponse(exchange, before) {
	const { req } = exchange;
	const answersFor = (headers, validator, condition) => get(headers, validator) === get(req, condition);
	return before.findLast(other => !isPreflight(other) && other.resp.status === 200 &&
		(answersFor(other.resp.headers, 'etag', 'if-none-match') ||
			answersFor(other.resp.headers, 'last-modified', 'if-modified-since')))?.resp;
}

// RFC 9111, 3.2: each field of the 304 replaces the stored one.
export function freshen(stored, fresh) {
	const replaced = new Set(fresh.map(([name]) => name.toLowerCase()));
	return [...stored.filter(([name]) => !replaced.has(name.toLowerCase())), ...fresh];
}

// Fetch, #http-redirect-fetch: what a Location may not be in a cross-origin request.
function locationFailure(exchange) {
	const location = isRedirect(exchange.resp.status) ? get(exchange.resp.headers, 'location') : null;
	if (location === null)
		return null;
	let url;
	try {
		url = new URL(location, `${exchange.scheme}://${get(exchange.req, 'host')}${exchange.target}`);
	} catch {
		return null;
	}
	if (url.protocol === 'http:' || url.protocol === 'https:')
		return url.username || url.password ? 'RedirectContainsCredentials' : null;
	// These two fail as unsafe redirects, which is no CORS error.
	return url.protocol === 'data:' || url.protocol === 'about:' ? null : 'CorsDisabledScheme';
}

const blocked = (found, sure, more) => ({ verdict: 'blocked', ...found, sure, ...more });
const dependsOnCredentials = found => ({ verdict: 'allowed', sure: 'depends-credentials', alternative: found.error });

function judgePreflight(exchange, profile) {
	const { req, resp } = exchange;
	const origin = get(req, 'origin');
	const wanted = { method: get(req, 'access-control-request-method'), headers: announced(exchange) };
	const without = preflightCheck(origin, false, wanted, resp, profile);
	const including = preflightCheck(origin, true, wanted, resp, profile);
	if (without)
		return blocked(without, 'certain', { alternative: including?.error });
	return including ? dependsOnCredentials(including) : { verdict: 'allowed', sure: 'certain' };
}

function judgeActual(exchange, before, kind) {
	const origin = get(exchange.req, 'origin');
	const preflight = preflightOf(exchange, before);
	const evidence = credentialEvidence(exchange, preflight) || chainEvidence(before);
	let { headers } = exchange.resp;
	if (exchange.resp.status === 304 && isRevalidation(exchange, preflight)) {
		const stored = storedResponse(exchange, before);
		if (!stored)
			return { verdict: 'unknown', sure: 'depends-stored-response' };
		headers = freshen(stored.headers, headers);
	}
	const without = corsCheck(origin, false, headers);
	const including = corsCheck(origin, true, headers);
	const passes = !without && !(evidence && including);
	const location = passes && kind.cors === 'yes' ? locationFailure(exchange) : null;
	if (location)
		return blocked({ error: location, parameter: '' }, 'certain');
	const sure = kind.cors === 'maybe' ? 'depends-mode' : 'certain';
	if (evidence)
		return including ? blocked(including, sure, { evidence }) : { verdict: 'allowed', sure: 'certain', evidence };
	if (without)
		return blocked(without, sure, { alternative: including?.error });
	return including ? dependsOnCredentials(including) : { verdict: 'allowed', sure: 'certain' };
}

// { verdict: 'allowed' | 'blocked' | 'none' | 'unknown', error, parameter, why, evidence,
//   sure: 'certain' | 'depends-credentials' | 'depends-mode' | 'depends-stored-response',
//   alternative: the error with the other credentials mode }
export function judge(exchange, before = [], profile = 'chromium') {
	const kind = classify(exchange);
	if (kind.cors === 'no')
		return { verdict: 'none', why: kind.why };
	return kind.why === 'preflight' ? judgePreflight(exchange, profile) : judgeActual(exchange, before, kind);
}
