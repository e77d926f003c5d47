// SPDX-License-Identifier: BSD-2-Clause
// A set is a folder with a capture and its truth, either of them compressed or not.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { runProgram } from './program.mjs';
import { readTruth } from './read.mjs';

function fileIn(directory, name) {
	const found = ['', '.zst', '.gz'].map(ending => path.join(directory, name + ending)).find(existsSync);
	if (!found)
		throw new Error(`${directory} has no ${name}`);
	return found;
}

// { rows: the truth, told: what the program reports of the capture }
export async function readSet(directory) {
	const rows = readTruth(fileIn(directory, 'truth.jsonl'));
	return { rows, told: await runProgram(fileIn(directory, 'traffic.pcap')) };
}
