// SPDX-License-Identifier: BSD-2-Clause
// Does the program quote the browsers rightly? Its rules name Firefox's reason and Chromium's console text; both are
// compared with what the browsers said of the very exchanges that a rule decided.
import { execFileSync } from 'node:child_process';
import { programPath } from './program.mjs';

const CONSOLE_HEADING = "What the browser's console says (Chromium)";
// What Chromium appends by the kind of request: fetch() or XMLHttpRequest.
const APPENDED = / (Have the server send the header with a valid value\.|The credentials mode of requests .*)$/;

// Firefox numbers a reason anew when its wording changes.
const REASON_VERSION = /\d+$/;

// The paragraph under a heading, as one line.
function paragraph(lines, heading) {
	const start = lines.indexOf(heading) + 1;
	if (start === 0)
		return null;
	const end = lines.findIndex((line, index) => index > start && line === '');
	return lines.slice(start, end < 0 ? undefined : end).map(line => line.trim()).join(' ');
}

// { chromium, firefox: names or null, text: of the console } of a rule, from its --explain page.
function explain(rule) {
	const lines = execFileSync(programPath, ['--explain', rule]).toString().split('\n');
	const named = browser => lines.find(line => line.startsWith(browser + ' '))?.split(/ +/)[1] || null;
	return { chromium: named('Chromium'), firefox: named('Firefox'), text: paragraph(lines, CONSOLE_HEADING) };
}

const escaped = text => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

// A text with {placeholders} as an expression that matches any value in their place.
function textPattern(text) {
	const parts = text.replace(APPENDED, '').split(/\{\w+\}/).map(escaped);
	return new RegExp('blocked by CORS policy: ' + parts.join('.*') + '$', 's');
}

// Exchanges that decided a case and were judged like the browser did, by the rule that is told for them.
function byRule(judged) {
	const groups = new Map();
	for (const pair of judged) {
		const { row, wire, told, result } = pair;
		const decided = wire.v === 'block' && row.decided_by === row.wire.indexOf(wire);
		if (result === 'agree' && decided && told.code && wire.enum_observable !== false)
			groups.set(told.code, [...(groups.get(told.code) || []), pair]);
	}
	return [...groups];
}

// What Chromium's console said where this rule decided. A rule may stand behind two errors of Chromium (a pattern may
// or may not parse as a URL); it quotes the text of one.
function messagesFor(page, pairs) {
	return pairs
		.filter(({ wire }) => wire.e === page.chromium)
		.map(({ row }) => row.chromium.console || '')
		.filter(message => /blocked by CORS policy/.test(message));
}

function isQuoted(page, message) {
	return page.text !== null && textPattern(page.text).test(message.replace(APPENDED, ''));
}

// What Firefox said where this rule decided. It checks in another order and counts header lines by the exact case of
// their names, so it need not always say the same; but a name that it never says is wrong.
function firefoxReasons(firefox, pairs) {
	const rows = pairs.map(({ row }) => firefox.get(row.key)).filter(row => row?.verdict === 'blocked');
	return new Set(rows.map(row => row.reason.replace(REASON_VERSION, '')));
}

// { rules, messages: how many were compared, misquoted: [{ rule, message }], misnamed: [{ rule, told, reasons }] }
// firefoxRows: what Firefox said of the same cases.
export function compareQuotes(judged, firefoxRows) {
	const firefox = new Map(firefoxRows.map(row => [row.key, row]));
	const found = { rules: 0, messages: 0, misquoted: [], misnamed: [] };
	for (const [rule, pairs] of byRule(judged)) {
		const page = explain(rule);
		const reasons = firefoxReasons(firefox, pairs);
		const messages = messagesFor(page, pairs);
		found.rules++;
		found.messages += messages.length;
		for (const message of messages.filter(said => !isQuoted(page, said)))
			found.misquoted.push({ rule, message });
		if (reasons.size && !reasons.has(page.firefox))
			found.misnamed.push({ rule, told: page.firefox, reasons: [...reasons] });
	}
	return found;
}
