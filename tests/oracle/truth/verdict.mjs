// SPDX-License-Identifier: BSD-2-Clause
// What Chromium made of one step: the chromium object of a truth row.

// The CORS error, and which of the browser's two ways told it.
function corsErrorOf(main, issues) {
	if (main?.failed?.cors)
		return { ...main.failed.cors, via: 'loadingFailed' };
	return issues.length ? { ...issues[0], via: 'issue' } : null;
}

// A response that the page itself gave up on was delivered all the same.
function wasDelivered(main, result) {
	if (!main?.response)
		return false;
	return !main.failed || result?.ok || main.failed.canceled || /ERR_ABORTED/.test(main.failed.errorText);
}

function verdictOf(cors, main, result) {
	if (cors) {
		const { corsError, failedParameter, via } = cors;
		return { verdict: 'blocked', corsError, failedParameter, via };
	}
	if (main?.failed?.blockedReason) {
		const { blockedReason, errorText } = main.failed;
		return { verdict: 'blocked_other', blockedReason, netError: errorText };
	}
	if (wasDelivered(main, result) || result?.ok)
		return { verdict: 'allowed' };
	if (main?.failed)
		return { verdict: 'net_error', netError: main.failed.errorText };
	return { verdict: result ? 'net_error' : 'unknown' };
}

function pageView(result) {
	return {
		js: result && (result.ok ? 'ok' : 'error'),
		type: result?.type || null,
		status: result?.status ?? null,
		...(result?.err && !result.ok ? { jsError: result.err.slice(0, 160) } : {}),
		...(result?.hdr ? { exposed: result.hdr } : {}),
	};
}

function networkView(main) {
	if (!main)
		return {};
	return {
		cdpType: main.type,
		...(main.response ? { cdpStatus: main.response.status } : {}),
		...(main.response?.fromDiskCache ? { fromDiskCache: true } : {}),
		...(main.fromMemory ? { memCache: true } : {}),
		...(main.wireStatuses ? { wireStatus: main.wireStatuses } : {}),
	};
}

// told: { main: request record, issues, warnings, messages, result: what the page saw }
export function chromiumView(told) {
	const { main, issues, warnings, messages, result } = told;
	const texts = messages.map(message => message.text);
	return {
		verdict: null, corsError: null, failedParameter: null, blockedReason: null, netError: null,
		...pageView(result),
		...verdictOf(corsErrorOf(main, issues), main, result),
		...networkView(main),
		...(warnings.length ? { warnings: warnings.map(warning => warning.corsError) } : {}),
		...(texts.length ? { console: texts.find(text => /CORS policy/.test(text)) || texts[0] } : {}),
	};
}
