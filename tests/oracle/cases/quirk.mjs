// SPDX-License-Identifier: BSD-2-Clause
// Oddities in the bytes of a response head: what a browser's HTTP parser makes of them decides the verdict.
import { fetchStep, pickPair } from './request.mjs';

const ALLOW = 'Access-Control-Allow-Origin';

// A header line written byte for byte; the value is only what the truth calls it.
const rawLine = bytes => [ALLOW, '(raw)', bytes];
const allowLine = value => [ALLOW, value];

// Rows: weight, label, what it adds to the response: { headers: lines, and options of serve/bytes.mjs }.
const QUIRKS = [
	[10, 'obsfold', o => ({ headers: [rawLine(`${ALLOW}:\r\n ${o}`)] })],
	[8, 'obsfold-tab', o => ({ headers: [rawLine(`${ALLOW}: ${o}\r\n\t`)] })],
	[6, 'lf', o => ({ lf: true, headers: [allowLine(o)] })],
	[8, 'space-colon', o => ({ headers: [rawLine(`${ALLOW} : ${o}`)] })],
	[8, 'early-hints', (o, rng) => ({
		early: [`HTTP/1.1 103 Early Hints\r\n${ALLOW}: ${o}\r\nLink: </x.css>; rel=preload\r\n\r\n`],
		headers: rng.chance(0.5) ? [allowLine(o)] : [],
	})],
	[8, 'continue-100', (o, rng) => ({
		early: [`HTTP/1.1 100 Continue\r\n${ALLOW}: *\r\n\r\n`],
		headers: rng.chance(0.5) ? [allowLine(o)] : [],
	})],
	[8, 'trailer', (o, rng) => ({
		chunked: true,
		trailers: [`${ALLOW}: ${o}`],
		headers: rng.chance(0.3) ? [allowLine(o)] : [],
	})],
	[6, 'http10', o => ({ http10: true, headers: [allowLine(o)] })],
	[6, 'noreason', (o, rng) => ({ noReason: true, headers: [allowLine(rng.chance(0.5) ? o : o + '/')] })],
	[10, 'segment', (o, rng) => ({
		segment: rng.pick([1, 3, 7]),
		headers: [allowLine(rng.chance(0.6) ? o : o + '/')],
	})],
	[6, 'until-close', o => ({ untilClose: true, headers: [allowLine(o)] })],
	[5, 'no-colon', o => ({ headers: [rawLine(`${ALLOW} ${o}`)] })],
	[5, 'nul', o => ({ headers: [rawLine(`${ALLOW}: ${o}\0`)] })],
	[6, 'name-prefix', o => ({ headers: [['X-' + ALLOW, o]] })],
	[6, 'vt', o => ({ headers: [rawLine(`${ALLOW}: ${o}\x0b`)] })],
	[4, 'no-space', o => ({ headers: [rawLine(`${ALLOW}:${o}`)] })],
	[5, 'fold-first', o => ({ headers: [rawLine(`${ALLOW}: http://wrong.test,\r\n ${o}`)] })],
	[4, 'early-two', (o, rng) => ({
		early: [
			'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n',
			`HTTP/1.1 103 Early Hints\r\n${ALLOW}: *\r\n\r\n`,
		],
		headers: rng.chance(0.5) ? [allowLine(o + '/')] : [],
	})],
	[3, 'cr-inside', o => ({ headers: [rawLine(`${ALLOW}: ${o}\rX-Y: 1`)] })],
];

export function quirkCase(rng, topology) {
	const [, label, make] = rng.row(QUIRKS);
	const [page, api] = pickPair(rng, topology, { noOpaque: true });
	const { headers, ...options } = make(page.origin, rng);
	const response = {
		status: 200, headers: [['Cache-Control', 'no-store'], ...headers], body: 'json', quirk: label, ...options,
	};
	return {
		steps: [fetchStep(page, api, { cache: 'no-store' })],
		answers: { '': { actual: [response] } },
		labels: { sub: label },
	};
}
