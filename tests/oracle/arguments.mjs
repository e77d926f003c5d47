// SPDX-License-Identifier: BSD-2-Clause
// Command lines of the oracle's programs: --name value, --name=value, -v, and --flag for the names in flags.

export function readArguments(argv, defaults, flags = []) {
	const options = { ...defaults };
	const rest = argv.slice();
	while (rest.length) {
		const word = rest.shift();
		const match = /^--?([a-z][a-z-]*)(?:=(.*))?$/.exec(word);
		const name = match && match[1];
		if (!match || !(name in defaults || flags.includes(name)))
			throw new Error(`unknown argument ${word}`);
		if (flags.includes(name))
			options[name] = true;
		else
			options[name] = match[2] === undefined ? rest.shift() : match[2];
	}
	return options;
}
