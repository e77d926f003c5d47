// SPDX-License-Identifier: BSD-2-Clause
// The list of causes: which are shown, and a row for each that stays the same element for as long as it is shown.

const SEVERITIES = ['error', 'warning', 'info'];

// What a search looks at.
function haystack(cause) {
	const samples = list => list.values.map(value => value.text);
	return [cause.cause, cause.rule, cause.title, cause.host, cause.platform, cause.detail,
		...samples(cause.origins), ...samples(cause.endpoints)].join('\n').toLowerCase();
}

// filter: { words, severities }.
function isWanted(cause, filter) {
	if (!filter.severities.has(cause.severity))
		return false;
	const words = filter.words.toLowerCase().split(/\s+/).filter(Boolean);
	const text = words.length ? haystack(cause) : '';
	return words.every(word => text.includes(word));
}

class CauseList {
	constructor() {
		this.rows = new Map();  // cause id to its element
		this.element = byId('causes');
	}

	row(cause) {
		const link = make('a', { className: 'cause', href: `#cause=${cause.cause}`, data: { severity: cause.severity, cause: cause.cause } },
			make('span', { className: 'line' }, badge(cause.severity),
				cause.not_cors ? span('badge plain', 'not CORS') : null,
				cause.confidence === 'certain' ? null : span('badge plain', cause.confidence)),
			make('span', { className: 'title' }, cause.title),
			make('span', { className: 'where' }),
			make('span', { className: 'side' }, span('n', ''), make('span', { className: 'plot' }), span('when', '')));
		return make('li', {}, link);
	}

	fill(item, cause, now) {
		const link = item.firstElementChild, origin = cause.origins.values[0], endpoint = cause.endpoints.values[0];
		const more = cause.origins.values.length - 1 + (cause.origins.others ? 1 : 0);
		const where = [cause.host || 'unknown host', endpoint && endpoint.text,
			origin && `from ${origin.text}${more > 0 ? ' and others' : ''}`].filter(Boolean).join(' · ');
		setText(link.querySelector('.where'), wire(where));
		setText(link.querySelector('.n'), count(cause.count));
		setText(link.querySelector('.when'), ago(cause.last, now));
		link.querySelector('.when').title = clock(cause.last);
		if (item.dataset.count === String(cause.count) && item.dataset.steps === String(cause.trend.length))
			return;
		item.dataset.count = cause.count;
		item.dataset.steps = cause.trend.length;
		link.querySelector('.plot').replaceChildren(spark(cause.trend, `over time, ${counted(cause.count, 'finding', 'findings')}`));
	}

	// Show these, in this order; the focus stays where it is.
	show(causes, selected, now, isFirst) {
		const items = causes.map(cause => {
			let item = this.rows.get(cause.cause);
			if (!item) {
				item = this.row(cause);
				this.rows.set(cause.cause, item);
				if (!isFirst)
					item.firstElementChild.classList.add('fresh');
			}
			this.fill(item, cause, now);
			const link = item.firstElementChild;
			if (cause.cause === selected)
				link.setAttribute('aria-current', 'true');
			else
				link.removeAttribute('aria-current');
			return item;
		});
		const isSame = items.length === this.element.children.length && items.every((item, i) => this.element.children[i] === item);
		if (isSame)
			return;
		const focused = this.element.contains(document.activeElement) ? document.activeElement : null;
		this.element.replaceChildren(...items);
		if (focused && focused.isConnected)
			focused.focus({ preventScroll: true });
	}
}
