// SPDX-License-Identifier: BSD-2-Clause
// Compares what two browsers made of the same cases.

function chromiumName(row) {
	const { corsError, verdict } = row.chromium;
	return corsError || (verdict === 'not_cors' ? 'allowed' : verdict);
}

const kindOf = row => row.cls + (row.sub ? '/' + row.sub : '');
const firefoxName = row => (row.reason ? `${row.verdict} ${row.reason}` : row.verdict);

// Rows of both, joined on the case's step.
function pairs(truth, firefoxRows) {
	const byKey = new Map(firefoxRows.map(row => [row.key, row]));
	return truth.filter(row => byKey.has(row.key)).map(row => ({ row, other: byKey.get(row.key) }));
}

// Lines: Chromium's error, Firefox's reason, how many cases.
export function browserTable(truth, firefoxRows) {
	const counts = new Map();
	for (const { row, other } of pairs(truth, firefoxRows)) {
		const key = `${chromiumName(row).padEnd(40)}${firefoxName(other)}`;
		counts.set(key, (counts.get(key) || 0) + 1);
	}
	return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, n]) => `${String(n).padStart(6)}  ${key}`);
}

const isDelivered = row => row.chromium.verdict === 'allowed' || row.chromium.verdict === 'not_cors';

function differs({ row, other }) {
	return (row.chromium.verdict === 'blocked' && other.verdict === 'allowed') ||
		(isDelivered(row) && other.verdict === 'blocked');
}

// Lines: each case that one browser blocks and the other delivers.
export function differences(truth, firefoxRows) {
	return pairs(truth, firefoxRows)
		.filter(differs)
		.map(({ row, other }) => `${row.key} ${kindOf(row)} ${row.initiator} ${row.method} from ${row.page_key}: ` +
			`Chromium ${chromiumName(row)}, Firefox ${firefoxName(other)}`);
}
