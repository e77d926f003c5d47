// SPDX-License-Identifier: BSD-2-Clause
// A set is a folder with a capture and its truth, either of them compressed or not. Of a set inside TLS, the keys are
// in the capture (pcapng) or beside it.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { runProgram } from './program.mjs';
import { readTruth } from './read.mjs';

function fileIn(directory, ...names) {
	const files = names.flatMap(name => ['', '.zst', '.gz'].map(ending => path.join(directory, name + ending)));
	const found = files.find(existsSync);
	if (!found)
		throw new Error(`${directory} has no ${names[0]}`);
	return found;
}

// { rows: the truth, told: what the program reports of the capture }
export async function readSet(directory) {
	const rows = readTruth(fileIn(directory, 'truth.jsonl', 'truth-tls.jsonl'));
	const traffic = fileIn(directory, 'traffic.pcap', 'traffic.pcapng', 'traffic-tls.pcap');
	const keylog = path.join(directory, 'keys.log');
	return { rows, told: await runProgram(traffic, existsSync(keylog) ? ['--keylog', keylog] : []) };
}
