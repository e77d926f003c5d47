// SPDX-License-Identifier: BSD-2-Clause
// Marks on a truth row for what the wire does not tell. They come from the case, which knows the real mode and
// credentials, and from the reference judge, asked both ways.
import { classify } from './classify.mjs';
import { corsCheck } from './checks.mjs';
import { get } from './fields.mjs';
import { judge } from './reference.mjs';

// Where the standard says otherwise than Chromium.
function specDifference(row, before, chromium) {
	const spec = judge(row, before, 'spec');
	if (spec.verdict === chromium.verdict && spec.error === chromium.error)
		return undefined;
	const isWildcard = spec.error === 'HeaderDisallowedByPreflightResponse' && spec.parameter === 'authorization';
	return {
		verdict: spec.verdict, e: spec.error, p: spec.parameter,
		code: isWildcard ? 'preflight-auth-wildcard' : undefined,
	};
}

// Why this exchange's verdict is not on the wire; null when it is.
function hiddenReason(row, judged, include) {
	if (judged.sure === 'depends-mode' && judged.verdict === 'blocked')
		return 'mode-ambiguous-no-sec-fetch';
	if (row.v === 'block' && judged.verdict === 'allowed' && judged.sure === 'depends-credentials' && include)
		return 'credentials-mode-invisible' + (row.kind === 'preflight' ? '-on-preflight' : '');
	return null;
}

// What a judge must be able to do to see this block: only these kinds of evidence tell the credentials mode.
const NEEDS = { 'earlier-hop': 'redirect-link', 'sec-fetch-storage-access': 'sec-fetch-storage-access' };

function neededFor(row) {
	const passesWithout = row.v === 'block' && !corsCheck(row.origin, false, row.resp.headers);
	return passesWithout ? NEEDS[row.evidence] : undefined;
}

// Mark one wire row; before: all exchanges of the case that came earlier. Gives { hidden, needs }.
function markExchange(row, before, play) {
	const judged = judge(row, before);
	const needs = [];
	const spec = specDifference(row, before, judged);
	const hidden = hiddenReason(row, judged, play.include);
	if (spec)
		row.spec = spec;
	row.cls = judged.why || classify(row).why;
	row.evidence = judged.evidence || null;
	if (hidden)
		row.observable = false;
	if (row.resp.status === 304 && get(row.req, 'if-none-match') !== null && play.isCacheCase) {
		row.needs = 'stored-response';
		needs.push('stored-response');
	}
	if (neededFor(row))
		needs.push(neededFor(row));
	// Blocked either way, but by another name: only the name is hidden.
	const otherName = judged.alternative && judged.alternative !== judged.error && judged.error !== row.e;
	if (row.v === 'block' && judged.verdict === 'blocked' && otherName && play.include)
		row.enum_observable = false;
	return { hidden, needs };
}

// play: { include, isCacheCase, earlier: wire rows of earlier steps, unseenReason: for a step without wire rows }
// Gives { observable, reason, needs } of the whole row.
export function markObservable(wire, play) {
	if (!wire.length)
		return { observable: false, reason: play.unseenReason, needs: [] };
	const marks = wire.map((row, index) => markExchange(row, [...play.earlier, ...wire.slice(0, index)], play));
	const reason = marks.map(mark => mark.hidden).filter(Boolean).at(-1) || null;
	return { observable: !reason, reason, needs: marks.flatMap(mark => mark.needs) };
}
