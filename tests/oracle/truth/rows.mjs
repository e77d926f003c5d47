// SPDX-License-Identifier: BSD-2-Clause
// Joins what the browser told with what was on the wire: one truth row for each step of each case.
import { stepKey } from '../browser/play.mjs';
import { markObservable } from './observe.mjs';
import { reasonOf } from './reason.mjs';
import { freshen } from './reference.mjs';
import { chromiumView } from './verdict.mjs';
import { wireRow } from './wire.mjs';

function originOf(url) {
	try {
		return new URL(url.replace(/^ws/, 'http')).origin;
	} catch {
		return null;
	}
}

function groupBySteps(list) {
	const groups = new Map();
	for (const item of list) {
		const key = stepKey(item.caseId, item.round);
		groups.set(key, [...(groups.get(key) || []), item]);
	}
	return key => groups.get(key) || [];
}

const asksForCors = step => step.mode === 'cors' || step.mode === 'same-origin';
const isForeign = (page, origin) => page.origin === 'null' || origin !== page.origin;

// Did the CORS protocol apply anywhere along the redirects?
function corsApplies(step, page, main) {
	const urls = [step.url, ...(main?.hops || []).map(hop => hop.url), main?.url];
	const origins = urls.map(url => url && originOf(url)).filter(Boolean);
	return asksForCors(step) && origins.some(origin => isForeign(page, origin));
}

const isPreflightError = error => /^Preflight|PreflightResponse$/.test(error);

// Give each exchange its verdict; gives the one that decided the step, if one did.
function markVerdicts(wire, step, page, chromium) {
	for (const row of wire) {
		const foreign = isForeign(page, row.target_origin) || row.origin === 'null';
		row.cors = row.kind === 'preflight' || (asksForCors(step) && row.origin !== null && foreign);
		row.v = row.cors ? 'pass' : 'none';
	}
	const actual = wire.filter(row => row.kind !== 'preflight');
	if (chromium.verdict === 'net_error' && actual.length)
		actual.at(-1).v = actual.at(-1).cors ? 'net_error' : 'none';
	if (chromium.verdict !== 'blocked' || chromium.via !== 'loadingFailed')
		return null;
	const candidates = isPreflightError(chromium.corsError) ? wire.filter(row => row.kind === 'preflight') : actual;
	const decider = candidates.at(-1) || null;
	if (decider)
		Object.assign(decider, { v: 'block', e: chromium.corsError });
	return decider;
}

// The header lines that the browser checked: after a 304, those of the copy it kept, freshened.
function checkedHeaders(decider, exchanges) {
	const stored = decider.needs === 'stored-response' && exchanges.findLast(row => row.resp.status === 200);
	return stored ? freshen(stored.resp.headers, decider.resp.headers) : decider.resp.headers;
}

// Did a response made for somebody else break this case? Controls must not be flagged.
function varyDefect(played, chromium, wire) {
	const { cls, labels, steps } = played;
	const { sub } = labels;
	if (cls !== 'cache' && cls !== 'cdn')
		return undefined;
	const otherPage = steps[0].page !== steps[1].page;
	const lost = sub === 'revalidate' && otherPage && (labels.v304 === 'none' || labels.v304 === 'creds-lost');
	const poisoned = sub === 'poison' || sub === 'poisoned' || (sub === 'nocors-then-cors' && !labels.vary);
	if ((lost || poisoned) && chromium.verdict === 'blocked') {
		if (cls === 'cdn')
			return 'proven-on-wire';
		return wire.length ? 'proven-by-304' : 'proven-in-browser-cache-only';
	}
	const isControl = sub === 'control-vary' || sub === 'control' || (sub === 'nocors-then-cors' && labels.vary);
	return isControl ? 'control-none' : undefined;
}

const SILENT_INITIATORS = ['beacon', 'cspreport', 'font', 'ws'];

// Signs that the oracle itself went wrong.
function anomaliesOf(told, step, chromium, applies) {
	const { main, mains, issues, result } = told;
	const anomalies = [];
	const issue = issues[0]?.corsError;
	if (mains > 1)
		anomalies.push('cdp-mains:' + mains);
	if (result?.err === 'timeout')
		anomalies.push('js-timeout');
	if (!result)
		anomalies.push('no-js-result');
	if (main?.failed?.cors && issue && issue !== main.failed.cors.corsError)
		anomalies.push('issue-differs:' + issue);
	if (result && applies && !SILENT_INITIATORS.includes(step.initiator)) {
		const loadError = result.err === 'error event' || /es error/.test(result.err || '');
		if (chromium.verdict === 'allowed' && !result.ok && !loadError)
			anomalies.push('cdp-allowed-js-error');
		if (chromium.verdict === 'blocked' && result.ok)
			anomalies.push('cdp-blocked-js-ok');
	}
	return anomalies;
}

function unseenReason(round, main) {
	const cached = main && (main.fromMemory || main.response?.fromDiskCache || round > 0);
	return cached ? 'served-from-browser-cache' : 'not-on-wire';
}

// Everything known about one step, gathered from the recorder and the site.
function gather(evidence, key) {
	const requests = evidence.requests(key).filter(record => !record.isPreflight);
	const issues = evidence.issues(key);
	return {
		main: requests[0], mains: requests.length,
		issues: issues.filter(issue => !issue.isWarning),
		warnings: issues.filter(issue => issue.isWarning),
		messages: evidence.messages(key),
		result: evidence.results.get(key) || null,
	};
}

function describe(played, round, topology) {
	const step = played.steps[round];
	const page = topology.pages[step.page];
	return {
		id: played.id, key: played.steps.length > 1 ? `${played.id}.s${round}` : played.id,
		step: round, steps: played.steps.length, cls: played.cls, sub: played.labels.sub || null,
		url: step.url, path: '/c/' + played.id, method: step.method,
		page_origin: page.origin, page_key: page.key,
		target_origin: step.urlOverride ? originOf(step.url) : topology.apis[step.api].origin,
		initiator: step.initiator, mode: step.mode, credentials: step.credentials,
		redirect_mode: step.redirect || 'follow', cache_mode: step.cache || 'default',
	};
}

function stepRow(played, round, earlier, evidence) {
	const { topology } = evidence;
	const step = played.steps[round];
	const page = topology.pages[step.page];
	const key = stepKey(played.id, round);
	const told = gather(evidence, key);
	const wire = evidence.exchanges(key).map(wireRow);
	const chromium = chromiumView(told);
	const applies = corsApplies(step, page, told.main);
	const preflights = wire.filter(row => row.kind === 'preflight').length;
	if (!applies && chromium.verdict === 'allowed')
		chromium.verdict = 'not_cors';
	const decider = markVerdicts(wire, step, page, chromium);
	const { observable, reason, needs } = markObservable(wire, {
		include: step.credentials === 'include', isCacheCase: played.cls === 'cache', earlier,
		unseenReason: unseenReason(round, told.main),
	});
	const row = {
		...describe(played, round, topology),
		cors_applies: applies, preflight: preflights > 0, preflights, chromium,
		observable, unobservable_reason: reason, needs, enum_observable: decider?.enum_observable !== false,
		request_headers_js: step.headers, wire, lab: played.labels,
	};
	if (decider) {
		row.decided_by = wire.indexOf(decider);
		// The reason is read from parsed lines; of an oddity in the bytes only the verdict is known.
		if (!decider.resp.quirk) {
			const headers = checkedHeaders(decider, [...earlier, ...wire]);
			decider.code = row.code = reasonOf(decider.e, decider.origin, headers);
		}
	}
	const defect = round === played.steps.length - 1 ? varyDefect(played, chromium, wire) : undefined;
	if (defect)
		row.vary_defect = defect;
	const anomalies = anomaliesOf(told, step, chromium, applies);
	if (anomalies.length)
		row.anomalies = anomalies;
	return row;
}

// A page load or another exchange that no case asked for, on a captured port.
function setupRow(entry, index) {
	const key = 'setup-' + index;
	return {
		id: key, key, cls: 'setup', url: null, path: entry.target, method: entry.method, cors_applies: false,
		chromium: { verdict: 'not_cors' }, observable: true, wire: [{ ...wireRow(entry), cors: false, v: 'none' }],
	};
}

const TELLING_MESSAGE = /CORS policy|blocked|Access to|Fetch API/;

// recorder: what the browser told; site: what was on the wire; results: what the pages saw.
export function truthRows({ topology, cases, site, recorder, results }) {
	const evidence = {
		topology, results,
		exchanges: groupBySteps(site.played),
		requests: groupBySteps([...recorder.requests.values()].filter(record => record.caseId)),
		issues: groupBySteps(recorder.issues),
		messages: groupBySteps(recorder.messages.filter(message => TELLING_MESSAGE.test(message.text))),
	};
	const rows = [];
	for (const played of cases) {
		const earlier = [];
		for (let round = 0; round < played.steps.length; round++) {
			const row = stepRow(played, round, earlier, evidence);
			rows.push(row);
			earlier.push(...row.wire);
		}
	}
	const captured = site.setup.filter(entry => topology.captured.includes(entry.serverPort));
	return [...rows, ...captured.map(setupRow)];
}
