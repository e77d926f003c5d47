// SPDX-License-Identifier: BSD-2-Clause
// What the servers answer: the cases under /c/, and the few pages from which the browser plays them.
// It also keeps the log of every exchange, which is what really was on the wire.

export const PAGE_HTML = '<!doctype html><link rel=icon href="data:,"><title>p</title><body>';

const CASE_TARGET = /^\/c\/([a-z]\w*-\d+)((?:\/[a-z0-9]+)?)(?:[?#].*)?$/;
const NOT_FOUND = { status: 404, headers: [['Cache-Control', 'no-store']], body: 'err' };

function html(content, headers = [], status = 200) {
	const body = { type: 'text/html', bytes: Buffer.from(content) };
	return { status, headers: [['Cache-Control', 'no-store'], ...headers], body };
}

const withPolicy = policy => html(PAGE_HTML, [['Content-Security-Policy', policy]]);

// A page that violates its own policy; the browser posts a report to the URL in the query.
function reportingPage(request) {
	const reportTo = decodeURIComponent(request.target.split('u=')[1] || '');
	const policy = `script-src 'none'; report-uri ${reportTo}`;
	return html('<!doctype html><script>1</script>', [['Content-Security-Policy-Report-Only', policy]]);
}

// Makes the browser remember a user and password for this origin.
function loginPage(request) {
	if (request.get('authorization'))
		return html(PAGE_HTML);
	return html('<h1>error</h1>', [['WWW-Authenticate', 'Basic realm="o"']], 401);
}

const PAGES = {
	'/page': () => html(PAGE_HTML),
	'/sandboxed': () => withPolicy('sandbox allow-scripts'),
	'/public': () => withPolicy('treat-as-public-address'),
	'/csp': reportingPage,
	'/auth': loginPage,
};

const isPreflight = request =>
	request.method === 'OPTIONS' && request.get('access-control-request-method') !== undefined;

export class Site {
	constructor(cases, topology) {
		this.cases = new Map(cases.map(c => [c.id, c]));
		this.topology = topology;
		this.round = 0;          // the step that all cases are at
		this.played = [];        // exchanges of cases
		this.setup = [];         // the others: page loads
		this.errors = [];
		this.lastActive = 0;     // Date.now() of the latest exchange
		this.occurrences = new Map();
	}

	// How many times this URL was asked before in this way.
	countOccurrence(key) {
		const n = this.occurrences.get(key) || 0;
		this.occurrences.set(key, n + 1);
		return n;
	}

	answer(request) {
		const match = CASE_TARGET.exec(request.target);
		const known = match && this.cases.get(match[1]);
		if (known)
			return this.answerCase(known, match[2], request);
		const page = PAGES[request.target.split('?')[0]];
		return page ? page(request) : NOT_FOUND;
	}

	answerCase(known, suffix, request) {
		const answers = known.answers[suffix] || known.answers[''];
		const kind = isPreflight(request) ? 'preflight' : 'actual';
		const responses = answers[kind] || answers.actual || answers.preflight;
		const n = this.countOccurrence(`${known.id}${suffix} ${kind}`);
		Object.assign(request, { caseId: known.id, suffix, n });
		const response = responses[Math.min(n, responses.length - 1)];
		// A resource that has not changed says so only to those who hold a copy.
		if (response.status === 304 && known.cls === 'cache' && request.get('if-none-match') === undefined)
			return responses[0];
		return response;
	}

	log(request, response) {
		this.lastActive = Date.now();
		const { ports } = this.topology;
		const entry = {
			round: this.round, caseId: request.caseId, suffix: request.suffix, n: request.n,
			// Behind the terminator, the wire says http whatever the browser's URL said.
			scheme: request.serverPort === ports.back ? 'http' : request.scheme,
			proto: request.proto, clientPort: request.clientPort, serverPort: request.serverPort,
			stream: request.streamId, method: request.method, target: request.target, headers: request.headers,
			response,
		};
		(request.caseId ? this.played : this.setup).push(entry);
	}

	failed(error, request) {
		this.errors.push(`${error} ${request.target}`);
	}
}
