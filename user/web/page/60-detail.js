// SPDX-License-Identifier: BSD-2-Clause
// One cause, in full: what happens, who is hit, what to change, and the bytes that prove it.

const CORS_HEADER = /^(access-control-|origin$|vary$|sec-fetch-)/i;

function section(title, button, ...content) {
	return [make('h4', {}, title, button), ...content];
}

function fact(name, ...value) {
	return make('div', {}, make('dt', {}, name), make('dd', {}, ...value));
}

function when(time, now) {
	return make('time', { dateTime: time || '', title: clock(time) }, `${ago(time, now)} `, span('muted nobreak', clock(time, 0)));
}

function samples(list, what) {
	const top = Math.max(1, ...list.values.map(value => value.count));
	const items = list.values.map(value => make('li', {},
		make('progress', { max: top, value: value.count, attributes: { 'aria-hidden': 'true' } }),
		wired(value.text, 'mono'), span('n', count(value.count))));
	if (list.others)
		items.push(make('li', {}, span('muted', `other ${what}`), span('n', count(list.others))));
	return items.length ? make('ul', { className: 'bars' }, ...items) : make('p', { className: 'muted' }, `No ${what} on the wire.`);
}

function headerTable(label, headers) {
	const rows = headers.map(([name, value]) => make('tr', { className: CORS_HEADER.test(name) ? 'cors' : '' },
		make('th', { scope: 'row' }, wired(name)), make('td', {}, make('div', {}, wired(value)))));
	return make('table', { className: 'headers', attributes: { 'aria-label': label } }, make('tbody', {}, ...rows));
}

function exchangeParts(exchange) {
	if (!exchange)
		return [make('p', { className: 'muted' }, 'Its first exchange was too long to keep, or too many were kept before it.')];
	const { request, response } = exchange;
	const parts = [make('p', { className: 'muted mono' }, wire(`${exchange.client ?? '?'} → ${exchange.server ?? '?'} · ` +
		`${exchange.protocol} · ${clock(exchange.time)} · ` +
		`${exchange.duration_ms === null ? 'duration unknown' : milliseconds(exchange.duration_ms)}`))];
	if (request)
		parts.push(make('pre', {}, wire(`${request.method} ${request.target}`) + `   (packet ${request.packet})`),
			headerTable('Request headers', request.headers));
	if (response)
		parts.push(make('pre', {}, `${response.status}   (packet ${response.packet})`), headerTable('Response headers', response.headers));
	else
		parts.push(make('p', {}, `No response: ${exchange.outcome}.`));
	return parts;
}

function names(cause) {
	const parts = [];
	if (cause.chromium)
		parts.push(fact('In Chromium', cause.chromium));
	if (cause.firefox)
		parts.push(fact('In Firefox', cause.firefox));
	if (cause.explained_by)
		parts.push(fact('Goes away with', cause.explained_by));
	return parts;
}

// handlers: { close }.
function detailParts(cause, now, handlers) {
	const close = make('button', { type: 'button', className: 'button' }, 'Close');
	const link = () => `${location.href.split('#')[0]}#cause=${cause.cause}`;
	close.addEventListener('click', handlers.close);
	return [
		make('div', { className: 'bar' }, badge(cause.severity), span('badge plain', cause.rule), span('badge plain', cause.cause),
			make('span', { className: 'push' }, copyButton('Copy link', 'Link', link)), close),
		make('h3', {}, cause.title),
		make('p', {}, wired(cause.detail)),
		make('dl', { className: 'facts' },
			fact('Host', wired(cause.host || 'unknown', 'mono')),
			fact('Findings', `${count(cause.count)} · ${cause.confidence}`),
			fact('Since', when(cause.first, now)), fact('Last', when(cause.last, now)), ...names(cause)),
		...(cause.console ? section('The browser says', null, make('pre', { className: 'console' }, wire(cause.console))) : []),
		...(cause.fix ? section(cause.platform ? `What to change · ${cause.platform}` : 'What to change',
			copyButton('Copy fix', 'Fix', () => cause.fix), make('pre', { data: { part: 'fix' } }, wire(cause.fix))) : []),
		...(cause.curl ? section('Try it', copyButton('Copy curl', 'Curl line', () => cause.curl),
			make('pre', { data: { part: 'curl' } }, wire(cause.curl))) : []),
		...section('Who is hit', null, samples(cause.origins, 'origins')),
		...section('Where', null, samples(cause.endpoints, 'endpoints')),
		...section('What it means', null, make('p', {}, cause.explanation),
			make('p', {}, make('a', { href: cause.anchor, rel: 'noreferrer noopener', target: '_blank' }, 'The standard'))),
		...section('Evidence: the first exchange', null, ...exchangeParts(cause.exchange)),
	];
}
