// SPDX-License-Identifier: BSD-2-Clause
// Policies, cache conflicts, and how well the capture saw.

const cell = (content, className = '') => make('td', { className }, content);

function table(caption, heads, rows) {
	return make('div', { className: 'card table-box', tabIndex: 0, attributes: { role: 'region', 'aria-label': caption } },
		make('table', { className: 'rows' }, make('caption', {}, caption),
			make('thead', {}, make('tr', {}, ...heads.map(([text, className = '']) => make('th', { scope: 'col', className }, text)))),
			make('tbody', {}, ...rows)));
}

const POLICY_KINDS = {
	constant: 'always the same origin', one: 'one origin so far', list: 'a list', reflects: 'whoever asks', wildcard: 'everybody (*)',
	silent: 'nobody', websocket: 'WebSocket handshakes',
};

function policyAllowed(policy) {
	const values = policy.allowed.map(origin => origin ?? '(forgotten)');
	if (policy.constant)
		values.unshift(`${policy.constant}, whoever asks`);
	if (policy.allowed_others)
		values.push(`and ${count(policy.allowed_others)} responses to others`);
	return make('div', { className: 'wire mono' }, ...values.map(value => make('div', {}, wired(value))));
}

function policiesView(data) {
	if (!data.policies.length)
		return empty('No policies yet', 'Requests with an Origin show by which rule a host allows it.');
	const rows = data.policies.map(policy => make('tr', {},
		cell(wired(policy.host ?? '(forgotten)', 'mono')),
		cell(policy.server ?? 'all servers', policy.server ? 'mono' : 'muted'),
		cell(make('span', {}, POLICY_KINDS[policy.kind] ?? policy.kind, policy.credentials ? ', with credentials' : '')),
		cell(policyAllowed(policy)), cell(count(policy.responses), 'n'), cell(count(policy.refused), 'n')));
	return table(`By which rule each host, and each server behind it, allows origins${data.left_out ?
		` (${count(data.left_out)} less busy ones are left out)` : ''}`,
	[['Host'], ['Server'], ['Allows'], ['Origins seen'], ['Responses', 'n'], ['Refused', 'n']], rows);
}

function conflictsView(data, now) {
	if (!data.conflicts.length)
		return empty('No cache conflicts', 'Nobody was seen to get a copy that a cache kept for somebody else.');
	const rows = data.conflicts.map(conflict => make('tr', {},
		cell(when(conflict.time, now)),
		cell(make('a', { href: `#cause=${conflict.cause}` }, badge(conflict.severity), make('span', {}, conflict.rule))),
		cell(make('div', { className: 'wire mono' }, wired(`${conflict.host}${conflict.target}`))),
		cell(make('div', { className: 'wire mono' }, wired(conflict.seed ?? 'unknown'))),
		cell(make('div', { className: 'wire mono' }, wired(conflict.victim ?? 'a request without Origin'))),
		cell(conflict.evidence.join(' → '), 'mono')));
	return table(`Who got, or may get, a copy that was made for somebody else${data.total > data.conflicts.length ?
		` (the latest ${data.conflicts.length} of ${count(data.total)})` : ''}`,
	[['When'], ['Rule'], ['URL'], ['Seed: made for'], ['Victim: given to'], ['Packets']], rows);
}

function counterTable(title, counters) {
	const rows = counters.map(c => make('tr', { className: c.class === 'loss' && c.value ? 'loss' : '' },
		cell(count(c.value), 'n'), cell(c.help), cell(`${c.layer} · ${c.name}`, 'mono muted')));
	return table(title, [['Count', 'n'], ['What'], ['Counter']], rows);
}

function healthView(summary) {
	const losses = summary.health.filter(c => c.class === 'loss' && c.value);
	const rest = summary.health.filter(c => c.class !== 'loss' && c.value);
	const inputs = summary.inputs.map(input => make('tr', {}, cell(wired(input.name, 'mono')), cell(count(input.packets), 'n'),
		cell(wired(input.damage ?? (input.filter ? `${input.filter}${input.filter_why ? `: ${input.filter_why}` : ''}` : 'read')))));
	const parts = [losses.length ? counterTable('What the verdicts could have used and is missing', losses)
		: empty('Nothing was lost', 'Every packet, connection and header that the verdicts use was seen.')];
	if (Object.keys(summary.unknown).length)
		parts.push(table('Why verdicts are unknown', [['Exchanges', 'n'], ['Reason']],
			Object.entries(summary.unknown).map(([reason, n]) => make('tr', {}, cell(count(n), 'n'), cell(reason)))));
	parts.push(table('Inputs', [['Name'], ['Packets', 'n'], ['State']], inputs));
	if (summary.notes.length)
		parts.push(make('div', { className: 'card' }, ...summary.notes.map(note => make('p', {}, wired(note)))));
	parts.push(counterTable('What was done', rest));
	return make('div', { className: 'stack' }, ...parts);
}
