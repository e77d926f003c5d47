// SPDX-License-Identifier: BSD-2-Clause
// A random answer to an actual (not preflight) request.
import { allowOrigin } from './allow-origin.mjs';
import { allowCredentials, appendCaching, appendLines, spelledName } from './fields.mjs';

const STATUS_OK = [[70, 200], [3, 201], [1, 202], [4, 204]];
const STATUS_ERROR = [
	[3, 400], [4, 401], [4, 403], [5, 404], [1, 405], [1, 409], [1, 410], [1, 418], [2, 422], [2, 429], [6, 500],
	[2, 502], [3, 503], [1, 504], [1, 304], [1, 300],
];

const EXPOSED = ['X-Total', 'X-Total, ETag', '*', 'x-total,  x-req-id', '"X-Total"'];

// The kind of body that lets each initiator succeed.
export const BODY_FOR = {
	fetch: 'json', xhr: 'json', img: 'gif', script: 'js', module: 'mjs', css: 'css', font: 'font', es: 'es',
	preload: 'json', iframe: 'html', form: 'html',
};

// The Access-Control-Allow-Origin lines, bent by what happens in practice.
function chooseOrigin(rng, who, isError, mostlyRight) {
	let chosen = allowOrigin(rng, who.origin, who.target, mostlyRight);
	// Error handlers and gateways often forget the headers that the application sets.
	if (isError && rng.chance(0.45))
		chosen = { label: 'missing', lines: null };
	// "*" with credentials is one fault among many: not half of all credentialed cases.
	if (who.include && chosen.label === 'star' && rng.chance(mostlyRight ? 0.85 : 0.5))
		chosen = { label: 'exact', lines: [who.origin] };
	return chosen;
}

function appendExposure(headers, rng, origin) {
	if (rng.chance(0.12)) {
		headers.push([spelledName(rng, 'Access-Control-Expose-Headers'), rng.pick(EXPOSED)]);
		headers.push(['X-Total', '7']);
	}
	if (rng.chance(0.05))
		headers.push(['Timing-Allow-Origin', rng.pick(['*', origin, 'http://admin.example.test:18080'])]);
}

// who:     { origin the browser will send, target API, include: credentials mode is "include" }
// options: status (fixed), errorChance, mostlyRight, body
// Gives { response, labels }.
export function actualResponse(rng, who, options = {}) {
	const { errorChance = 0.17, mostlyRight = false } = options;
	const isError = !options.status && rng.chance(errorChance);
	const status = options.status || rng.weighted(isError ? STATUS_ERROR : STATUS_OK);
	const origin = chooseOrigin(rng, who, isError, mostlyRight);
	const credentials = allowCredentials(rng, who.include, mostlyRight);
	const labels = { acao: origin.label, acac: credentials.label };
	const headers = [];

	appendLines(headers, rng, 'Access-Control-Allow-Origin', origin.lines);
	appendLines(headers, rng, 'Access-Control-Allow-Credentials', credentials.lines);
	appendExposure(headers, rng, who.origin);
	appendCaching(headers, rng, labels);
	const response = {
		status,
		headers: rng.shuffle(headers),
		body: status >= 400 ? 'err' : options.body || 'json',
		chunked: rng.chance(0.15),
	};
	if (rng.chance(0.03))
		response.close = true;
	return { response, labels };
}
