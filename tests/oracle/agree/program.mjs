// SPDX-License-Identifier: BSD-2-Clause
// Runs the program under test over a capture and reads the exchanges it reports.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export const programPath = process.env.CORS_SNIFF || 'build/cors-sniff';

const portOf = endpoint => (endpoint ? Number(endpoint.slice(endpoint.lastIndexOf(':') + 1)) : 0);

function isPreflight({ method, headers }) {
	const names = headers.map(([name]) => name.toLowerCase());
	return method === 'OPTIONS' && names.includes('origin') && names.includes('access-control-request-method');
}

// What the comparison needs of one exchange object; see the JSON lines contract.
function toldExchange(object) {
	const { request, cors } = object;
	return {
		clientPort: portOf(object.client), method: request.method, target: request.target,
		isPreflight: isPreflight(request), time: object.time,
		kind: cors.kind, verdict: cors.verdict, error: cors.error, code: cors.code, unknown: cors.unknown,
		credentials: cors.credentials, findings: object.findings,
	};
}

// All exchanges with a request, in the order in which the program printed them. Throws when the program fails.
export async function runProgram(traffic, options = []) {
	const child = spawn(programPath, ['-r', traffic, '--json', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
	const ended = new Promise(resolve => {
		child.on('error', error => resolve(error.message));
		child.on('close', (code, signal) => resolve(code === 0 ? null : `it ended with ${signal || code}`));
	});
	const told = [];
	for await (const line of createInterface({ input: child.stdout })) {
		const object = JSON.parse(line);
		if (object.type === 'exchange' && object.request)
			told.push(toldExchange(object));
	}
	const failure = await ended;
	if (failure)
		throw new Error(`${programPath}: ${failure}`);
	return told;
}
