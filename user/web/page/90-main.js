// SPDX-License-Identifier: BSD-2-Clause
// What is shown, by the address: #cause=c-1f3a, #view=health, #q=words, #severity=error,warning.

const REFRESH_MS = 900;
const VIEWS = ['causes', 'policies', 'conflicts', 'health'];
const STATES = { live: 'Live', reading: 'Reading', done: 'Complete', lost: 'Disconnected' };

class App {
	constructor() {
		this.list = new CauseList();
		this.charts = new Charts();
		this.summary = null;
		this.causes = { causes: [], left_out: 0 };
		this.detail = null;
		this.known = null;      // causes that were there at the last look; null: before the first
		this.filter = { words: '', severities: new Set(SEVERITIES) };
		this.source = sourceOpen({ changed: () => this.refreshSoon(), lost: why => this.lost(why), found: () => this.found() });
	}

	start() {
		const toggle = themeStart(() => this.draw());
		this.readAddress();
		addEventListener('hashchange', () => { this.readAddress(); this.refresh(); });
		byId('search').addEventListener('input', event => this.setFilter({ words: event.target.value }));
		for (const chip of document.querySelectorAll('.chip'))
			chip.addEventListener('click', () => this.toggleSeverity(chip.dataset.severity));
		keysStart({
			j: () => this.step(1), k: () => this.step(-1), '/': () => byId('search').focus(), '?': () => byId('help').showModal(),
			Enter: event => this.enter(event), Escape: () => this.escape(), t: toggle, f: () => this.copy('Fix'),
			u: () => this.copy('Curl line'), ...Object.fromEntries(VIEWS.map((view, i) => [i + 1, () => this.go({ view })])),
		});
		if (!this.source.isSaved)
			setInterval(() => this.draw(), 10 * SECOND);  // "5 s ago" grows old
		this.source.watch();
	}

	// The address, and back.

	readAddress() {
		const words = new URLSearchParams(location.hash.slice(1));
		const severities = words.get('severity')?.split(',').filter(s => SEVERITIES.includes(s));
		this.selected = words.get('cause');
		this.view = VIEWS.includes(words.get('view')) ? words.get('view') : 'causes';
		this.filter = { words: words.get('q') ?? '', severities: new Set(severities?.length ? severities : SEVERITIES) };
		if (byId('search') !== document.activeElement)
			byId('search').value = this.filter.words;
	}

	address({ cause = null, view = this.view } = {}) {
		const words = new URLSearchParams();
		if (cause)
			words.set('cause', cause);
		else if (view !== 'causes')
			words.set('view', view);
		if (this.filter.words)
			words.set('q', this.filter.words);
		if (this.filter.severities.size < SEVERITIES.length)
			words.set('severity', [...this.filter.severities].join(','));
		return `#${words}`;
	}

	go(to) {
		location.hash = this.address(to);
	}

	setFilter(change) {
		Object.assign(this.filter, change);
		history.replaceState(null, '', this.address({ cause: this.selected }));
		this.draw();
	}

	toggleSeverity(severity) {
		const severities = new Set(this.filter.severities);
		if (!severities.delete(severity))
			severities.add(severity);
		this.setFilter({ severities: severities.size ? severities : new Set(SEVERITIES) });
	}

	// Data.

	refreshSoon() {
		if (this.timer)
			return;
		const wait = this.refreshed ? Math.max(0, this.refreshed + REFRESH_MS - performance.now()) : 0;
		this.timer = setTimeout(() => { this.timer = null; this.refresh(); }, wait);
	}

	async refresh() {
		this.refreshed = performance.now();
		const detail = this.selected ? `/api/causes/${encodeURIComponent(this.selected)}` : null;
		const other = { policies: '/api/policies', conflicts: '/api/conflicts' }[this.view];
		try {
			const [summary, causes, cause, rows] = await Promise.all([this.source.get('/api/summary'), this.source.get('/api/causes'),
				detail && this.source.get(detail), other && this.source.get(other)]);
			Object.assign(this, { summary, causes, rows, detail: cause });
			this.draw();
		} catch (error) {
			this.lost(`No data: ${error.message}.`);
		}
	}

	lost(why) {
		this.isLost = true;
		setText(byId('lost-text'), why);
		byId('lost').hidden = false;
		this.drawState();
	}

	found() {
		this.isLost = false;
		byId('lost').hidden = true;
		this.drawState();
		this.refreshSoon();
	}

	// Acts.

	shown() {
		return this.causes.causes.filter(cause => isWanted(cause, this.filter));
	}

	step(by) {
		const rows = this.shown(), at = rows.findIndex(cause => cause.cause === this.selected);
		const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
		if (!next)
			return;
		this.go({ cause: next.cause });
		this.list.rows.get(next.cause)?.firstElementChild.scrollIntoView({ block: 'nearest' });
	}

	// On a link, Enter follows the link.
	enter(event) {
		if (event.target.matches('a, button') || byId('detail').hidden)
			return false;
		byId('detail').focus();
		return true;
	}

	escape() {
		if (document.activeElement === byId('search')) {
			byId('search').value = '';
			byId('search').blur();
			this.setFilter({ words: '' });
		} else if (this.selected) {
			this.close();
		}
	}

	close() {
		const row = this.list.rows.get(this.selected);
		this.go({ cause: null, view: 'causes' });
		row?.firstElementChild.focus({ preventScroll: true });
	}

	copy(what) {
		byId('detail').querySelector(`[data-copy="${what}"]`)?.click();
	}

	// Drawing.

	// The now to which "ago" refers: the reader's clock, but of a saved page the time when it was saved.
	now() {
		return this.source.isSaved ? Date.parse(this.summary.updated) : Date.now();
	}

	draw() {
		this.drawState();
		if (!this.summary)
			return;
		this.drawHeadline();
		this.drawFigures();
		this.drawViews();
		this.drawCauses();
		this.drawDetail();
		this.drawFoot();
	}

	drawState() {
		const state = this.isLost ? 'lost' : this.summary?.state;
		byId('state').dataset.state = state ?? '';
		setText(byId('state-text'), STATES[state] ?? 'Loading');
		if (this.summary)
			setText(byId('inputs'), wire(this.summary.inputs.map(input => input.name).join(', ')));
	}

	drawHeadline() {
		const s = this.summary, errors = this.causes.causes.filter(cause => cause.severity === 'error').length;
		const requests = this.requests();
		const [text, tone] = errors ? [`${counted(errors, 'cause breaks', 'causes break')} requests`, 'bad']
			: requests.pass ? ['No browser blocks anything', 'good']
				: requests.all ? ['No verdict could be reached', '']
					: [s.state === 'done' ? 'No CORS requests' : 'No CORS requests so far', ''];
		setText(byId('headline'), text);
		byId('headline').className = tone;
		setText(byId('subline'), `${counted(s.exchanges, 'exchange', 'exchanges')}, ${count(requests.all)} of them CORS requests, from ` +
			`${clock(s.first, 0)} to ${clock(s.last, 0)}`);
		document.title = errors ? `(${errors}) cors-sniff` : 'cors-sniff';
	}

	requests() {
		const sum = { pass: 0, block: 0, unknown: 0 };
		for (const kind of ['preflight', 'actual', 'unknown'])
			for (const verdict of Object.keys(sum))
				sum[verdict] += this.summary.cors[kind][verdict];
		return { ...sum, all: sum.pass + sum.block + sum.unknown };
	}

	losses() {
		return this.summary.health.filter(c => c.class === 'loss' && c.value && !c.name.endsWith('_bytes'));
	}

	drawFigures() {
		const r = this.requests(), p = this.summary.preflights, lost = this.losses();
		const flights = Object.values(this.summary.cors.preflight).reduce((a, b) => a + b, 0);
		const rows = [
			['Blocked', count(r.block), `${share(r.block, r.all)} of CORS requests`, r.block ? 'error' : 'ok'],
			['Pass', count(r.pass), share(r.pass, r.all), ''],
			['Unknown', count(r.unknown), r.unknown ? 'not all was on the wire' : 'every verdict is on the wire', r.unknown ? 'warning' : ''],
			['Preflights', count(flights), p.answered ? `${milliseconds(p.sum_ms / p.answered)} on average` : 'none answered', ''],
			['Cache conflicts', count(this.summary.conflicts), this.summary.conflicts ? 'copies for somebody else' : 'none seen',
				this.summary.conflicts ? 'error' : ''],
			['Losses', count(lost.reduce((a, c) => a + c.value, 0)), lost.length ? counted(lost.length, 'kind', 'kinds') : 'nothing was lost',
				lost.length ? 'warning' : 'ok'],
		];
		const box = byId('figures');
		while (box.children.length < rows.length)
			box.append(make('div', { className: 'figure' }, make('dt'), make('dd', { className: 'n' }), make('dd', { className: 'why' })));
		rows.forEach(([name, n, why, tone], i) => {
			box.children[i].dataset.tone = tone;
			[name, n, why].forEach((text, part) => setText(box.children[i].children[part], text));
		});
	}

	drawViews() {
		const s = this.summary, counts = { causes: s.causes, policies: s.policies, conflicts: s.conflicts, health: this.losses().length };
		for (const view of VIEWS) {
			const link = document.querySelector(`[data-view="${view}"]`);
			setText(byId(`n-${view}`), count(counts[view]));
			link.href = this.address({ view });
			byId(`view-${view}`).hidden = view !== this.view;
			if (view !== this.view) {
				link.removeAttribute('aria-current');
				continue;
			}
			link.setAttribute('aria-current', 'page');
			// On a phone the row of views is wider than the screen; whoever scrolls it is left alone after.
			if (this.viewInSight !== view)
				link.parentElement.scrollLeft = link.offsetLeft + link.offsetWidth - link.parentElement.clientWidth;
			this.viewInSight = view;
		}
		if (this.view === 'health')
			byId('view-health').replaceChildren(healthView(s));
		else if (this.rows && this.view === 'policies' && this.rows.policies)
			byId('view-policies').replaceChildren(policiesView(this.rows));
		else if (this.rows && this.view === 'conflicts' && this.rows.conflicts)
			byId('view-conflicts').replaceChildren(conflictsView(this.rows, this.now()));
	}

	drawCauses() {
		const rows = this.shown(), all = this.causes.causes;
		for (const chip of document.querySelectorAll('.chip'))
			chip.setAttribute('aria-pressed', this.filter.severities.has(chip.dataset.severity));
		this.list.show(rows, this.selected, this.now(), this.known === null);
		const left = this.causes.left_out ? `; ${count(this.causes.left_out)} less severe ones are left out` : '';
		setText(byId('shown'), rows.length === all.length ? `${counted(all.length, 'cause', 'causes')}, worst first${left}`
			: `${count(rows.length)} of ${count(all.length)} causes${left}`);
		if (!rows.length)
			this.list.element.replaceChildren(make('li', {}, all.length ? empty('Nothing fits', 'Another search, or more severities, shows more.')
				: this.requests().all ? empty('Nothing is wrong', 'What browsers block, or may block, will be here.')
					: empty('Nothing to judge', 'Capture health shows what was seen instead.')));
		this.announce(all);
	}

	announce(all) {
		const fresh = this.known && all.filter(cause => !this.known.has(cause.cause));
		if (fresh?.length)
			tell(`New: ${fresh[0].title}${fresh.length > 1 ? ` and ${fresh.length - 1} more` : ''}`);
		this.known = new Set(all.map(cause => cause.cause));
	}

	drawDetail() {
		const box = byId('detail'), isOpen = Boolean(this.selected);
		const mark = `${this.selected} ${this.detail?.count} ${this.detail?.last}`;
		byId('main').classList.toggle('reading', isOpen);
		byId('charts').hidden = isOpen;
		box.hidden = !isOpen;
		if (!isOpen) {
			this.charts.verdicts(this.summary.trend);
			this.charts.preflights(this.summary.preflights);
			this.drawCost();
		} else if (this.detail === null) {
			box.replaceChildren(empty('No such cause', `${wire(this.selected)} was not met, or is not among those that are shown.`));
		} else if (box.dataset.mark !== mark) {
			const isNew = box.dataset.cause !== this.selected;
			box.replaceChildren(...detailParts(this.detail, this.now(), { close: () => this.close() }));
			box.dataset.cause = this.selected;
			if (isNew)
				this.showTop(box);
		}
		box.dataset.mark = isOpen ? mark : '';
	}

	// A cause begins at its top; on a phone it is all there is.
	showTop(box) {
		box.scrollTop = 0;
		if (getComputedStyle(document.querySelector('.left')).display === 'none')
			scrollTo(0, 0);
	}

	drawCost() {
		const p = this.summary.preflights;
		setText(byId('preflight-cost'), p.answered
			? `${counted(p.answered, 'preflight', 'preflights')} took ${milliseconds(p.sum_ms)} together, ` +
				`${milliseconds(p.sum_ms / p.answered)} on average; 99 of 100 ${within(p.p99_ms)}.`
			: 'No preflight was answered so far.');
	}

	drawFoot() {
		const s = this.summary, zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
		const parts = [span('', `cors-sniff ${s.version}`), span('', `times in ${zone}`), span('', `as of ${clock(s.updated, 0)}`)];
		if (s.memory_bytes)
			parts.push(span('', `${bytes(s.memory_bytes)} of memory`));
		if (!this.source.isSaved)
			parts.push(make('a', { href: 'metrics' }, 'metrics'), make('a', { href: 'api' }, 'API'));
		byId('foot').replaceChildren(...parts);
	}
}

new App().start();
