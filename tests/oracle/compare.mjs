#!/usr/bin/env node
// SPDX-License-Identifier: BSD-2-Clause
// Are two truth files the same? Two runs of one seed must agree on everything but ports, times and random keys.
//
//   node compare.mjs A/truth.jsonl B/truth.jsonl
import { readTruth } from './agree/read.mjs';

// A multipart Content-Type of a request holds a random boundary.
const RANDOM_IN_REQUEST = /^(content-type|sec-websocket-key)$/i;
const RANDOM_IN_RESPONSE = /^sec-websocket-accept$/i;
const SHOWN = 5;
const CONTEXT = 80;

const without = (headers, names) => headers.filter(([name]) => !names.test(name));

// For JSON.stringify(): members in one order, whatever order they were made in.
function sorted(key, value) {
	const isObject = value && typeof value === 'object' && !Array.isArray(value);
	return isObject ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
}

function steadyExchange(exchange) {
	const { req, resp } = exchange;
	return {
		...exchange, client_port: 0, h2_stream: 0, req: without(req, RANDOM_IN_REQUEST),
		resp: { ...resp, headers: without(resp.headers, RANDOM_IN_RESPONSE) },
	};
}

// A truth row without what may differ; the profile's folder is in the URL of a file:// page.
function normalized(row) {
	const chromium = { ...row.chromium, jsError: undefined, wireStatus: undefined };
	const steady = { ...row, chromium, wire: row.wire.map(steadyExchange), anomalies: undefined };
	return JSON.stringify(steady, sorted).replace(/oracle-\w+-\w+/g, '');
}

const played = rows => rows.filter(row => row.cls !== 'setup');

function showDifference(key, a, b) {
	let at = 0;
	while (at < a.length && a[at] === b[at])
		at++;
	const around = text => text.slice(Math.max(0, at - CONTEXT), at + CONTEXT);
	console.log(`${key}\n  ${around(a)}\n  ${around(b)}`);
}

const [a, b] = process.argv.slice(2, 4).map(file => played(readTruth(file)));
const other = new Map(b.map(row => [row.key, normalized(row)]));
const differing = a.filter(row => other.get(row.key) !== normalized(row));
for (const row of differing.slice(0, SHOWN))
	showDifference(row.key, normalized(row), other.get(row.key) || '');
console.log(`${a.length} and ${b.length} rows, ${differing.length} different`);
process.exit(differing.length || a.length !== b.length ? 1 : 0);
