// SPDX-License-Identifier: BSD-2-Clause
// Header fields as browsers read them.

// HTTP whitespace only: other kinds of space are part of the value.
export const trim = text => text.replace(/^[ \t]+|[ \t]+$/g, '');

// Fetch, "get": all lines of that name joined with ", ". null when there is none; name in lower case.
export function get(headers, name) {
	const values = headers.filter(header => header[0].toLowerCase() === name).map(header => trim(header[1]));
	return values.length ? values.join(', ') : null;
}

// Split at commas that stand outside of quoted strings.
function splitList(value) {
	const members = [''];
	let quoted = false;
	for (let i = 0; i < value.length; i++) {
		const character = value[i];
		if (character === ',' && !quoted) {
			members.push('');
			continue;
		}
		members[members.length - 1] += character;
		if (quoted && character === '\\' && i + 1 < value.length)
			members[members.length - 1] += value[++i];
		else if (character === '"')
			quoted = !quoted;
	}
	return members;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

// A list of tokens: [] when the field is absent, null when a member is no token. Empty members are skipped.
export function tokenList(headers, name) {
	const value = get(headers, name);
	if (value === null)
		return [];
	const members = splitList(value).map(trim).filter(Boolean);
	return members.every(member => TOKEN.test(member)) ? members : null;
}

export const isRedirect = status => [301, 302, 303, 307, 308].includes(status);
