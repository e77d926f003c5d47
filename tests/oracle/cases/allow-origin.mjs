// SPDX-License-Identifier: BSD-2-Clause
// The ways people write Access-Control-Allow-Origin: a few right ones, many wrong ones.

const capitalized = text => text.replace(/(^|-)([a-z])/g, (whole, dash, letter) => dash + letter.toUpperCase());
const parentDomain = host => host.split('.').slice(1).join('.');
const defaultPort = scheme => (scheme === 'https' ? '443' : '80');

// Take an origin apart; an opaque one is spelled like a page's, to have something to get wrong.
function parts(origin) {
	const { protocol, hostname, port } = new URL(origin === 'null' ? 'http://app.example.test:18080' : origin);
	return { scheme: protocol.slice(0, -1), host: hostname, port };
}

const join = (scheme, host, port) => `${scheme}://${host}${port ? ':' + port : ''}`;

const otherLoopback = host => (host === 'localhost' ? '127.0.0.1' : 'localhost');

// What the spellings below are made of: the origin as the browser sends it, and its pieces.
function ingredients(origin, target) {
	const { scheme, host, port } = parts(origin);
	const written = origin === 'null' ? join(scheme, host, port) : origin;
	const admin = 'http://admin.example.test:18080';
	const app = 'http://app.example.test:18080';
	return { origin, written, scheme, host, port, target, other: written === admin ? app : admin };
}

// Rows: weight, label, maker of the header lines (null: no header at all).
const SPELLINGS = [
	[85, 'exact', o => [o.origin]],
	[30, 'star', () => ['*']],
	[9, 'missing', () => null],
	[3, 'null', () => ['null']],
	[4, 'slash', o => [o.written + '/']],
	[3, 'port+1', o => [join(o.scheme, o.host, String(Number(o.port || defaultPort(o.scheme)) + 1))]],
	[2, 'noport', o => [join(o.scheme, o.host, '')]],
	[2, 'defport', o => [join(o.scheme, o.host, defaultPort(o.scheme))]],
	[3, 'scheme', o => [join(o.scheme === 'http' ? 'https' : 'http', o.host, o.port)]],
	[2, 'uphost', o => [join(o.scheme, o.host.toUpperCase(), o.port)]],
	[1, 'upscheme', o => [join(capitalized(o.scheme), o.host, o.port)]],
	[1, 'upall', o => [o.written.toUpperCase()]],
	[3, 'otherhost', o => [o.other]],
	[1, 'www', o => [join(o.scheme, 'www.' + o.host, o.port)]],
	[1, 'parent', o => [join(o.scheme, parentDomain(o.host) || 'test', o.port)]],
	[1, 'suffix', o => [join(o.scheme, o.host + '.evil.test', o.port)]],
	[1, 'prefix', o => [join(o.scheme, 'x' + o.host, o.port)]],
	[2, 'list', o => [o.written + ', ' + o.other]],
	[1, 'list-nosp', o => [o.written + ',' + o.other]],
	[1, 'list-sp', o => [o.written + ' ' + o.other]],
	[1, 'dup-comma', o => [o.written + ', ' + o.written]],
	[2, 'lines-other', (o, rng) => (rng.chance(0.5) ? [o.written, o.other] : [o.other, o.written])],
	[2, 'lines-dup', o => [o.origin, o.origin]],
	[1, 'lines-star-exact', (o, rng) => (rng.chance(0.5) ? ['*', o.origin] : [o.origin, '*'])],
	[1, 'lines-star-star', () => ['*', '*']],
	[1, 'lines-exact-empty', o => [o.origin, '']],
	[1, 'lines-empty-exact', o => ['', o.origin]],
	[2, 'empty', () => ['']],
	[1, 'spaces', () => ['   ']],
	[2, 'ows', o => ['  ' + o.origin + '  ']],
	[1, 'tab', o => ['\t' + o.origin + '\t']],
	[1, 'path', o => [o.written + '/app']],
	[1, 'query', o => [o.written + '?x=1']],
	[1, 'hash', o => [o.written + '#']],
	[1, 'userinfo', o => [join(o.scheme, 'user@' + o.host, o.port)]],
	[1, 'quoted', o => ['"' + o.origin + '"']],
	[1, 'quoted-star', (o, rng) => [rng.pick(['"*"', "'*'"])]],
	[2, 'wild-sub', o => [join(o.scheme, '*.' + parentDomain(o.host), o.port)]],
	[1, 'wild-host', () => ['*.example.test']],
	[1, 'regex', () => ['^https?://.*$']],
	[2, 'noscheme', o => [o.host + (o.port ? ':' + o.port : '')]],
	[1, 'schemerel', o => ['//' + o.host + (o.port ? ':' + o.port : '')]],
	[1, 'hostonly', o => [o.host]],
	[1, 'NULL', (o, rng) => [rng.pick(['NULL', 'Null'])]],
	[1, 'undefined', () => ['undefined']],
	[1, 'true', (o, rng) => [rng.pick(['true', 'false'])]],
	[1, 'dot', o => [join(o.scheme, o.host + '.', o.port)]],
	[1, 'trail-comma', o => [o.written + ',']],
	[1, 'semicolon', o => [o.written + ';']],
	[1, 'pct', o => [o.written.replace('://', '%3A%2F%2F')]],
	[1, 'port0', o => [join(o.scheme, o.host, '0' + (o.port || '80'))]],
	[2, 'loopback-swap', o => [join(o.scheme, otherLoopback(o.host), o.port)]],
	[2, 'self', o => [o.target.origin]],
	[1, 'star-star', () => ['**']],
	[1, 'star-comma', () => ['*,']],
	[1, 'utf8', o => [join(o.scheme, Buffer.from('bücher.example.test').toString('latin1'), o.port)]],
	[1, 'star-slash', () => ['*/']],
];

// For responses that only sometimes should fail here, so that a later step of the protocol is reached.
const MOSTLY_RIGHT = [[330, ...SPELLINGS[0].slice(1)], [90, ...SPELLINGS[1].slice(1)], ...SPELLINGS.slice(2)];

// { label, lines }: lines are the values of successive header lines, or null.
export function allowOrigin(rng, origin, target, mostlyRight) {
	const [, label, make] = rng.row(mostlyRight ? MOSTLY_RIGHT : SPELLINGS);
	return { label, lines: make(ingredients(origin, target), rng) };
}
