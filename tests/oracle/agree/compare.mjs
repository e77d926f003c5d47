// SPDX-License-Identifier: BSD-2-Clause
// Compares verdicts, exchange by exchange and case by case.

// A simple POST without Sec-Fetch-*: whether it was a CORS request is not on the wire. Where the check passes, both
// answers mean that nothing was blocked.
const isModeHidden = wire => wire.cls === 'simple-post-without-sec-fetch';

// Did the browser give a verdict that the bytes decide?
export function isComparable(wire) {
	return wire.observable !== false && wire.v !== 'net_error';
}

function sameVerdict(wire, verdict) {
	const bothUnblocked = wire.v !== 'block' && (verdict === 'pass' || verdict === 'none');
	return verdict === wire.v || (isModeHidden(wire) && bothUnblocked);
}

// 'agree', or what is wrong: 'missing' | 'unknown' | 'verdict' | 'name'.
export function judgePair({ wire, told }) {
	if (!told)
		return 'missing';
	if (told.verdict === 'unknown')
		return 'unknown';
	if (!sameVerdict(wire, told.verdict))
		return 'verdict';
	const isNameHidden = wire.enum_observable === false;
	return wire.v === 'block' && !isNameHidden && told.error !== wire.e ? 'name' : 'agree';
}

// Findings of severity error on an exchange that the browser let pass.
function falseAlarms(pairs) {
	return pairs.filter(({ wire, told }) => told && wire.v !== 'block' &&
		told.findings.some(finding => finding.severity === 'error'));
}

// One case, or one step of it: was it blocked, and by which error?
function judgeRow(row, pairs) {
	const blocks = pairs.filter(({ told }) => told?.verdict === 'block');
	const isBlocked = row.chromium.verdict === 'blocked';
	if (isBlocked !== blocks.length > 0)
		return 'verdict';
	const named = blocks.some(({ told }) => told.error === row.chromium.corsError);
	return isBlocked && row.enum_observable && !named ? 'name' : 'agree';
}

// Cases whose outcome is a matter of the wire. A net error is none, and an error that the browser told of without
// failing a request on the wire (local network access, for one) was decided elsewhere.
function isCaseComparable(row) {
	const { verdict } = row.chromium;
	const decidedElsewhere = verdict === 'blocked' && row.decided_by === undefined;
	return row.cls !== 'setup' && row.observable && verdict !== 'net_error' && !decidedElsewhere;
}

function compareCases(rows, pairs) {
	const byRow = new Map(rows.map(row => [row, []]));
	for (const pair of pairs)
		byRow.get(pair.row).push(pair);
	const judged = rows.filter(isCaseComparable).map(row => ({ row, result: judgeRow(row, byRow.get(row)) }));
	return { total: judged.length, wrong: judged.filter(({ result }) => result !== 'agree') };
}

// What became of the cache faults: those with a proof on the wire must be named, well-made caching must not be.
function compareCaching(pairs) {
	const namesCache = ({ told }) => told?.findings.some(({ rule, confidence }) =>
		rule.startsWith('vary-origin') && confidence === 'certain');
	const last = pairs.filter(({ row, wire }) => row.vary_defect && wire === row.wire.at(-1));
	// A copy without the header proves nothing: a server that never sends it looks the same.
	const proven = last.filter(({ row }) => row.vary_defect.startsWith('proven-') &&
		row.chromium.corsError !== 'MissingAllowOriginHeader');
	const controls = last.filter(({ row }) => row.vary_defect === 'control-none');
	return {
		proven: proven.length, unnamed: proven.filter(pair => !namesCache(pair)),
		controls: controls.length, accused: controls.filter(namesCache),
	};
}

// Where the standard says otherwise than the browser, the program must say so.
function compareWithStandard(pairs) {
	const differing = pairs.filter(({ wire, told }) => told && wire.spec?.code);
	const says = ({ wire, told }) => told.findings.some(({ rule }) => rule === wire.spec.code);
	return { total: differing.length, silent: differing.filter(pair => !says(pair)) };
}

// Everything that the report needs, from joined exchanges.
export function compare(rows, { pairs, invented }) {
	const comparable = pairs.filter(({ wire }) => isComparable(wire));
	const judged = comparable.map(pair => ({ ...pair, result: judgePair(pair) }));
	const coded = judged.filter(({ wire, result }) =>
		result === 'agree' && wire.code && wire.enum_observable !== false);
	return {
		exchanges: pairs.length,
		missing: pairs.filter(({ told }) => !told),
		invented,
		judged,
		wrong: judged.filter(({ result }) => result !== 'agree'),
		alarms: falseAlarms(comparable),
		cases: compareCases(rows, pairs),
		caching: compareCaching(pairs),
		standard: compareWithStandard(comparable),
		reasons: { total: coded.length, differing: coded.filter(({ wire, told }) => told.code !== wire.code) },
	};
}
