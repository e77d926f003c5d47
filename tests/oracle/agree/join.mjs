// SPDX-License-Identifier: BSD-2-Clause
// Finds for each exchange of the truth the one that the program reports.
// Both lists are in order on one connection, so the n-th of the same kind for the same URL is the n-th.

const keyOf = (port, method, target, isPreflight) => `${port} ${method} ${target} ${isPreflight ? 'preflight' : ''}`;

function queueByKey(told) {
	const queues = new Map();
	for (const exchange of told) {
		const key = keyOf(exchange.clientPort, exchange.method, exchange.target, exchange.isPreflight);
		if (!queues.has(key))
			queues.set(key, []);
		queues.get(key).push(exchange);
	}
	return queues;
}

// { pairs: [{ row, wire, told | null }], invented: what the program reports and the truth does not have }
export function join(rows, told) {
	const queues = queueByKey(told);
	const pairs = [];
	for (const row of rows)
		for (const wire of row.wire) {
			const key = keyOf(wire.client_port, wire.method, wire.target, wire.kind === 'preflight');
			pairs.push({ row, wire, told: queues.get(key)?.shift() || null });
		}
	return { pairs, invented: [...queues.values()].flat() };
}
