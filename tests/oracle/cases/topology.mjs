// SPDX-License-Identifier: BSD-2-Clause
// Who plays: the origins that pages are loaded from and the origins that they ask.
// Ports are fixed offsets from a base: an origin holds its port, and the same seed must give the same truth.

// What Chromium calls potentially trustworthy: it sends Sec-Fetch-* there, and no mixed content blocks it.
const TRUSTWORTHY = /^https:|^http:\/\/(localhost|127\.|\[::1\])/;

function portsFrom(base) {
	return {
		page: base, pageTls: base + 1,
		api: base + 10, api2: base + 11,
		back: base + 12, front: base + 13, // plaintext behind a TLS terminator, and the terminator
		h2: base + 20, h1tls: base + 21,
	};
}

function page(key, origin, options = {}) {
	const secure = options.secure || TRUSTWORTHY.test(origin);
	return [key, { key, origin, url: options.url || origin + '/page', secure, ...options }];
}

function api(key, origin, options = {}) {
	return [key, { key, origin, trustworthy: TRUSTWORTHY.test(origin), ...options }];
}

const DATA_PAGE = 'data:text/html,<!doctype html><link rel=icon href="data:,"><title>d</title><body>';

function plainPages(P) {
	const app = `http://app.example.test:${P.page}`;
	const secureApp = `https://app.example.test:${P.pageTls}`;
	return [
		page('app', app),
		page('app80', 'http://app.example.test'),
		page('admin', `http://admin.example.test:${P.page}`),
		page('lh', `http://localhost:${P.page}`),
		page('ip', `http://127.0.0.1:${P.page}`),
		page('v6', `http://[::1]:${P.page}`),
		page('other', `http://other.test:${P.page}`),
		page('evil', `http://evilexample.test:${P.page}`),
		page('idn', `http://xn--bcher-kva.example.test:${P.page}`),
		page('sapp', secureApp),
		page('sapp443', 'https://app.example.test'),
		page('app_i', app, { incognito: true }),
		page('lh_i', `http://localhost:${P.page}`, { incognito: true }),
		page('sapp_i', secureApp, { incognito: true }),
		// Opaque origins: the browser writes "Origin: null".
		page('sandbox', 'null', { url: app + '/sandboxed' }),
		page('data', 'null', { url: DATA_PAGE, secure: true }),
		page('file', 'null', { url: 'FILE', secure: true }),
		// Pages treated as public, for the local network access checks.
		page('publh', `http://localhost:${P.page}`, { url: `http://localhost:${P.page}/public`, lna: true }),
		page('pubapp', app, { url: app + '/public', lna: true }),
		// Pages on API origins: same-origin traffic that is captured.
		page('s_api', `http://api.example.test:${P.api}`),
		page('s_api80', 'http://api.example.test'),
		page('s_lh', `http://localhost:${P.api}`),
		page('s_sec', `https://secure.example.test:${P.front}`),
	];
}

function plainApis(P) {
	return [
		api('a_api', `http://api.example.test:${P.api}`, { cookie: 'lax' }),
		api('a_noc', `http://noc.example.test:${P.api}`),
		api('a_lh', `http://localhost:${P.api}`, { cookie: 'none-secure' }),
		api('a_ip', `http://127.0.0.1:${P.api2}`),
		api('a_v6', `http://[::1]:${P.api2}`),
		api('a_api80', 'http://api.example.test', { cookie: 'lax' }),
		api('a_auth', `http://auth.example.test:${P.api}`, { auth: true }),
		api('a_sec', `https://secure.example.test:${P.front}`, { cookie: 'none-secure', terminated: true }),
	];
}

function tlsPages(P) {
	const app = `https://app.example.test:${P.pageTls}`;
	const other = `https://other.test:${P.pageTls}`;
	return [
		page('app', app),
		page('app443', 'https://app.example.test'),
		page('admin', `https://admin.example.test:${P.pageTls}`),
		page('lh', `http://localhost:${P.page}`),
		page('happ', `http://app.example.test:${P.page}`),
		page('other', other),
		page('app_i', app, { incognito: true }),
		page('other_i', other, { incognito: true }),
		page('sandbox', 'null', { url: app + '/sandboxed' }),
		page('s_api', `https://api.example.test:${P.h2}`),
		page('s_h1', `https://api.example.test:${P.h1tls}`),
	];
}

function tlsApis(P) {
	return [
		api('a_api', `https://api.example.test:${P.h2}`, { cookie: 'lax' }),
		api('a_noc', `https://noc.example.test:${P.h2}`),
		api('a_lh', `https://localhost:${P.h2}`, { cookie: 'none-secure' }),
		api('a_h1', `https://api.example.test:${P.h1tls}`, { cookie: 'lax' }),
		api('a_h1noc', `https://noc.example.test:${P.h1tls}`),
	];
}

export function topology(base, tls) {
	const ports = portsFrom(base);
	return {
		ports,
		tls,
		pages: Object.fromEntries(tls ? tlsPages(ports) : plainPages(ports)),
		apis: Object.fromEntries(tls ? tlsApis(ports) : plainApis(ports)),
		// The ports whose traffic is captured and judged; the servers that only serve pages are not among them.
		captured: tls ? [ports.h2, ports.h1tls] : [ports.api, ports.api2, ports.back],
	};
}
