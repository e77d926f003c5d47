// SPDX-License-Identifier: BSD-2-Clause
// tcpdump on the loopback device, for as long as the cases are played.
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';

// The kernel hands packets over in blocks; the last one must have arrived.
const SETTLE_MS = 800;

// Resolves, when tcpdump is listening, to { stop() -> its closing words }.
export async function startCapture(file, ports) {
	const filter = ports.map(port => `tcp port ${port}`).join(' or ');
	const args = ['-i', 'lo', '-s', '0', '-B', '65536', '-n', '-w', '-', filter];
	// The file is opened here: tcpdump gives up its rights, and with them the right to write it, before it opens one.
	const child = spawn('tcpdump', args, { stdio: ['ignore', openSync(file, 'w'), 'pipe'] });
	process.on('exit', () => child.kill());
	let said = '';
	const ended = new Promise(resolve => child.on('exit', resolve));
	await new Promise((resolve, reject) => {
		child.stderr.on('data', text => {
			said += text;
			if (/listening on/.test(said))
				resolve();
		});
		child.on('error', reject);
		ended.then(() => reject(new Error('tcpdump: ' + said.trim())));
	});
	return {
		async stop() {
			await new Promise(resolve => setTimeout(resolve, SETTLE_MS));
			child.kill('SIGINT');
			await ended;
			return said.trim().split('\n').slice(-3);
		},
	};
}
