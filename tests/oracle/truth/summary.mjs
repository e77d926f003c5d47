// SPDX-License-Identifier: BSD-2-Clause
// Counts of what a truth file holds.

function tally(values) {
	const counts = {};
	for (const value of values)
		if (value)
			counts[value] = (counts[value] || 0) + 1;
	return counts;
}

export function summarize(rows) {
	const played = rows.filter(row => row.cls !== 'setup');
	const wire = rows.flatMap(row => row.wire);
	return {
		rows: rows.length,
		cases: new Set(played.map(row => row.id)).size,
		wire_exchanges: wire.length,
		preflights: wire.filter(row => row.kind === 'preflight').length,
		verdicts: tally(rows.map(row => row.chromium.verdict)),
		cors_errors: tally(rows.map(row => row.chromium.corsError)),
		cors_errors_observable: tally(rows.filter(row => row.observable).map(row => row.chromium.corsError)),
		unobservable: tally(rows.filter(row => !row.observable).map(row => row.unobservable_reason)),
		classes: tally(rows.map(row => row.cls)),
		initiators: tally(rows.map(row => row.initiator)),
		anomalies: tally(rows.flatMap(row => row.anomalies || [])),
		net_errors: tally(rows.filter(row => row.chromium.verdict === 'net_error').map(row => row.chromium.netError)),
		blocked_reasons: tally(rows.map(row => row.chromium.blockedReason)),
	};
}
