// SPDX-License-Identifier: BSD-2-Clause
// Files of JSON lines, compressed or not.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const OUTPUT_MAX = 1 << 30;

export function parseLines(text) {
	return text.split('\n').filter(Boolean).map(line => JSON.parse(line));
}

function readBytes(file) {
	if (file.endsWith('.gz'))
		return gunzipSync(readFileSync(file));
	if (file.endsWith('.zst'))
		return execFileSync('zstd', ['-dc', file], { maxBuffer: OUTPUT_MAX });
	return readFileSync(file);
}

export function readTruth(file) {
	return parseLines(readBytes(file).toString('utf8'));
}
