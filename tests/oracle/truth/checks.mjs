// SPDX-License-Identifier: BSD-2-Clause
// The two checks of the Fetch standard, with the error names and the order of Chromium.
// A failure is { error, parameter }; null is a pass.
import { get, isRedirect, tokenList } from './fields.mjs';

const failure = (error, parameter = '') => ({ error, parameter });

function isUrl(text) {
	try {
		return Boolean(new URL(text));
	} catch {
		return false;
	}
}

function originFailure(value) {
	if (/[ ,]/.test(value))
		return failure('MultipleAllowOriginValues', value);
	// Anything that parses as a URL, or "null", is an origin, only not this one.
	const isOrigin = value === 'null' || isUrl(value);
	return failure(isOrigin ? 'AllowOriginMismatch' : 'InvalidAllowOriginValue', value);
}

// Fetch, #concept-cors-check. origin: bytes of the request's Origin; include: the credentials mode is "include".
export function corsCheck(origin, include, headers) {
	const allowed = get(headers, 'access-control-allow-origin');
	const credentials = get(headers, 'access-control-allow-credentials');
	if (allowed === '*')
		return include ? failure('WildcardOriginNotAllowed') : null;
	if (allowed === null)
		return failure('MissingAllowOriginHeader');
	if (allowed !== origin)
		return originFailure(allowed);
	if (include && credentials !== 'true')
		return failure('InvalidAllowCredentials', credentials || '');
	return null;
}

const SIMPLE_METHODS = ['GET', 'HEAD', 'POST'];

function methodAllowed(method, methods, include) {
	return methods.includes(method) || SIMPLE_METHODS.includes(method) || (methods.includes('*') && !include);
}

// The first header that is not allowed. profile: the standard excludes Authorization from "*", Chromium does not.
function forbiddenHeader(wanted, allowed, include, profile) {
	const names = allowed.map(name => name.toLowerCase());
	const star = names.includes('*') && !include;
	if (star && profile === 'spec' && wanted.includes('authorization') && !names.includes('authorization'))
		return 'authorization';
	return star ? undefined : wanted.find(name => !names.includes(name));
}

// Fetch, #cors-preflight-fetch step 7. wanted: { method, headers: names in lower case }.
export function preflightCheck(origin, include, wanted, response, profile = 'chromium') {
	const { status, headers } = response;
	if (isRedirect(status) && get(headers, 'location') !== null)
		return failure('PreflightDisallowedRedirect');
	const cors = corsCheck(origin, include, headers);
	if (cors)
		return failure('Preflight' + cors.error, cors.parameter);
	if (status < 200 || status > 299)
		return failure('PreflightInvalidStatus');
	const methods = tokenList(headers, 'access-control-allow-methods');
	if (methods === null)
		return failure('InvalidAllowMethodsPreflightResponse');
	const names = tokenList(headers, 'access-control-allow-headers');
	if (names === null)
		return failure('InvalidAllowHeadersPreflightResponse');
	if (!methodAllowed(wanted.method, methods, include))
		return failure('MethodDisallowedByPreflightResponse', wanted.method);
	const forbidden = forbiddenHeader(wanted.headers, names, include, profile);
	return forbidden === undefined ? null : failure('HeaderDisallowedByPreflightResponse', forbidden);
}
