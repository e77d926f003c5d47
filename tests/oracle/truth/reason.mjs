// SPDX-License-Identifier: BSD-2-Clause
// The reason behind an error name, as a stable code that a person can act on.
import { get } from './fields.mjs';

// scheme, userinfo, host, port, path or query or fragment
const ORIGIN = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(?:([^/?#@]*)@)?(\[[^\]]*\]|[^/:?#]*)(?::([0-9]*))?([/?#].*)?$/;

// One foreign origin beside the one that asked: which component differs?
function compareOrigins(value, origin) {
	const [, scheme, userinfo, host, port = '', rest] = ORIGIN.exec(value);
	const asked = ORIGIN.exec(origin);
	if (!asked)
		return 'acao-mismatch';
	if (value === origin + '/')
		return 'acao-trailing-slash';
	const differing = [];
	if (scheme.toLowerCase() !== asked[1])
		differing.push('scheme');
	if (host.toLowerCase() !== asked[3])
		differing.push('host');
	if (port !== (asked[4] || ''))
		differing.push('port');
	if (differing.length)
		return differing.length > 1 ? 'acao-mismatch' : 'acao-' + differing[0];
	if (rest || userinfo !== undefined)
		return 'acao-path';
	return value.toLowerCase() === origin ? 'acao-case' : 'acao-mismatch';
}

function originReason(origin, headers) {
	const lines = headers.filter(([name]) => name.toLowerCase() === 'access-control-allow-origin');
	const value = get(headers, 'access-control-allow-origin');
	if (value === null)
		return 'acao-missing';
	if (lines.length > 1)
		return 'acao-multiple-headers';
	if (value === '')
		return 'acao-empty';
	if (/[ ,]/.test(value))
		return 'acao-list';
	if (value === 'null')
		return 'acao-null-literal';
	if (value.includes('*'))
		return 'acao-wildcard-pattern';
	const parsed = ORIGIN.exec(value);
	if (!parsed || parsed[3] === '')
		return 'acao-invalid';
	return origin === 'null' ? 'acao-null-origin' : compareOrigins(value, origin);
}

const SIMPLE_REASONS = {
	PreflightInvalidStatus: 'preflight-status',
	PreflightDisallowedRedirect: 'preflight-redirect',
	InvalidAllowMethodsPreflightResponse: 'preflight-acam-syntax',
	InvalidAllowHeadersPreflightResponse: 'preflight-acah-syntax',
	MethodDisallowedByPreflightResponse: 'preflight-method',
	HeaderDisallowedByPreflightResponse: 'preflight-header',
	RedirectContainsCredentials: 'redirect-userinfo',
	CorsDisabledScheme: 'redirect-scheme',
};

const ORIGIN_ERRORS = [
	'MissingAllowOriginHeader', 'MultipleAllowOriginValues', 'InvalidAllowOriginValue', 'AllowOriginMismatch',
];

// null when the error has no reason on the wire.
export function reasonOf(error, origin, headers) {
	if (SIMPLE_REASONS[error])
		return SIMPLE_REASONS[error];
	const prefix = error.startsWith('Preflight') ? 'preflight-' : '';
	const name = error.replace(/^Preflight/, '');
	if (ORIGIN_ERRORS.includes(name))
		return prefix + originReason(origin, headers);
	if (name === 'WildcardOriginNotAllowed')
		return prefix + 'acao-wildcard-credentials';
	if (name === 'InvalidAllowCredentials')
		return prefix + (get(headers, 'access-control-allow-credentials') === null ? 'acac-missing' : 'acac-invalid');
	return null;
}
