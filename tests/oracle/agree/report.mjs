// SPDX-License-Identifier: BSD-2-Clause
// The comparison as a table and as TAP.

const SHOWN = 10;
const RESULTS = ['agree', 'verdict', 'name', 'unknown', 'missing'];
const HEADINGS = ['in all', 'agree', 'verdict differs', 'name differs', 'unknown', 'missing'];

const nameOf = wire => (wire.v === 'block' ? wire.e : wire.v);

function tableRows(judged) {
	const byName = new Map();
	for (const { wire, result } of judged) {
		const counts = byName.get(nameOf(wire)) || { all: 0 };
		counts.all++;
		counts[result] = (counts[result] || 0) + 1;
		byName.set(nameOf(wire), counts);
	}
	return [...byName].sort(([, a], [, b]) => b.all - a.all);
}

// Lines of the agreement for each error name; "pass" and "none" are those that were not blocked.
export function agreementTable(judged) {
	const rows = tableRows(judged);
	const width = Math.max(...rows.map(([name]) => name.length));
	const line = (name, cells) => name.padEnd(width) + cells.map((cell, i) =>
		String(cell).padStart(HEADINGS[i].length + 2)).join('');
	return [
		line('', HEADINGS),
		...rows.map(([name, counts]) => line(name, [counts.all, ...RESULTS.map(result => counts[result] || 0)])),
	];
}

const spoken = (verdict, error) => (error ? `${verdict} ${error}` : verdict);
const toldText = told => (told
	? spoken(told.verdict, told.error) + (told.unknown ? ` (${told.unknown})` : '') + ` [${told.code || told.kind}]`
	: 'nothing');

function pairText({ row, wire, told }) {
	const kind = row.cls + (row.sub ? '/' + row.sub : '');
	return `${row.key} ${wire.method} ${wire.kind} ${kind} port ${wire.client_port}: ` +
		`browser ${spoken(wire.v, wire.e)}, told ${toldText(told)}`;
}

function alarmText(pair) {
	const rules = pair.told.findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule);
	return `${pairText(pair)}, findings ${rules.join(' ')}`;
}

function reasonText({ row, wire, told }) {
	return `${row.key} ${wire.e}: reason ${wire.code}, told ${told.code}`;
}

const caseText = ({ row, result }) => `${row.key} ${row.cls}/${row.sub}: ${result} differs, browser ` +
	spoken(row.chromium.verdict, row.chromium.corsError);
const inventedText = told => `${told.method} ${told.target} port ${told.clientPort}`;

// [sentence, what contradicts it, how one contradiction is written]
function checks(compared) {
	const { judged, cases, caching, standard, reasons } = compared;
	return [
		[`all ${compared.exchanges} exchanges on the wire are found`, compared.missing, pairText],
		['no exchange is invented', compared.invented, inventedText],
		[`${judged.length} observable exchanges have the browser's verdict and error`, compared.wrong, pairText],
		[`${cases.total} observable cases are blocked or allowed as in the browser`, cases.wrong, caseText],
		['no error is found where the browser blocks nothing', compared.alarms, alarmText],
		[`${reasons.total} blocks have the reason that the rules name`, reasons.differing, reasonText],
		[`${caching.controls} well-made cache policies are not accused`, caching.accused, pairText],
		[`${caching.proven} cache faults proven on the wire are named`, caching.unnamed, pairText],
		[`${standard.total} exchanges that the standard judges otherwise are told as such`, standard.silent, pairText],
	];
}

// Counts the tests of one run and prints each, with what contradicts it.
export class Tap {
	constructor(showAll) {
		this.showAll = showAll;
		this.tests = 0;
		this.failed = 0;
	}

	check(sentence, against, toText) {
		this.tests++;
		this.failed += against.length ? 1 : 0;
		console.log(`${against.length ? 'not ok' : 'ok'} ${this.tests} - ${sentence}`);
		const shown = this.showAll ? against : against.slice(0, SHOWN);
		shown.forEach(item => console.log('#   ' + toText(item)));
		if (shown.length < against.length)
			console.log(`#   and ${against.length - shown.length} more; -v shows all`);
	}

	// The plan; gives the exit code.
	finish() {
		console.log(`1..${this.tests}`);
		return this.failed ? 1 : 0;
	}
}

export function reportAgreement(tap, compared) {
	for (const line of agreementTable(compared.judged))
		console.log('# ' + line);
	for (const [sentence, against, toText] of checks(compared))
		tap.check(sentence, against, toText);
}
