// SPDX-License-Identifier: BSD-2-Clause
// The program, serving on a port of its own choice.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const PROGRAM = path.resolve(process.env.CORS_SNIFF ?? path.join(ROOT, 'build/cors-sniff'));

export class Program {
	// Resolves once it serves. stdin: 'pipe' to feed it.
	static start(args, { stdin = 'ignore', port = 0 } = {}) {
		const program = new Program();
		program.child = spawn(PROGRAM, ['--listen', `127.0.0.1:${port}`, '-q', '--no-progress', ...args],
			{ stdio: [stdin, 'ignore', 'pipe'] });
		process.on('exit', () => program.child.kill('SIGKILL'));
		program.ended = new Promise(resolve => program.child.on('exit', resolve));
		program.said = '';
		return new Promise((resolve, reject) => {
			program.child.stderr.on('data', data => {
				program.said += data;
				const found = /serving on (https?:\/\/\S+?:(\d+)\/)/.exec(program.said);
				if (found) {
					program.url = found[1];
					program.port = Number(found[2]);
					resolve(program);
				}
			});
			program.ended.then(code => reject(new Error(`ended with ${code}: ${program.said}`)));
		});
	}

	stop(signal = 'SIGTERM') {
		this.child.kill(signal);
		return this.ended;
	}
}
