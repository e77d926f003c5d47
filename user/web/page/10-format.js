// SPDX-License-Identifier: BSD-2-Clause
'use strict';
// Numbers, times and bytes off the wire as text.

const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;

const numbers = new Intl.NumberFormat('en-US');
const count = n => numbers.format(n);
const counted = (n, one, many) => `${count(n)} ${n === 1 ? one : many}`;

function share(part, whole) {
	if (!whole)
		return '0 %';
	const percent = 100 * part / whole;
	return percent > 0 && percent < 0.1 ? '< 0.1 %' : `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}

function milliseconds(ms) {
	if (ms >= SECOND)
		return `${(ms / SECOND).toFixed(ms < 10 * SECOND && ms % SECOND ? 1 : 0)} s`;
	return `${ms < 10 && ms % 1 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

// Within how long, as far as the buckets tell.
const within = ms => ms === null ? 'took longer than 10 s' : `within ${milliseconds(ms)}`;

// "5 min ago", of a time in RFC 3339.
function ago(time, now) {
	const ms = now - Date.parse(time);
	if (!time || Number.isNaN(ms))
		return 'at no known time';
	if (ms < 2 * SECOND)
		return 'just now';
	for (const [unit, name] of [[DAY, 'd'], [HOUR, 'h'], [MINUTE, 'min'], [SECOND, 's']]) {
		if (ms >= unit)
			return `${Math.floor(ms / unit)} ${name} ago`;
	}
	return 'just now';
}

// "2026-11-23 14:46:14.123", in the reader's own zone; the zone is told once, in the foot.
function clock(time, digits = 3) {
	const t = new Date(time);
	if (!time || Number.isNaN(t.getTime()))
		return 'unknown';
	const local = new Date(t.getTime() - t.getTimezoneOffset() * MINUTE).toISOString();
	return local.slice(0, digits ? 20 + digits : 19).replace('T', ' ').replace(/Z$/, '');
}

function bytes(n) {
	const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
	let i = 0;
	for (; n >= 1000 && i + 1 < units.length; i++)
		n /= 1000;
	return `${i ? n.toFixed(1) : n} ${units[i]}`;
}

// Text off the wire: what cannot be seen, or turns the direction of what is, is written out.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

function wire(text) {
	return String(text).replace(UNSEEN, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
