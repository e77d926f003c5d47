// SPDX-License-Identifier: BSD-2-Clause
// Keeps what Chromium tells about each request: how it went, and by which CORS error it was blocked.

// The case that a URL or a text belongs to.
export function caseIdIn(text) {
	const match = /\/c\/([a-z]\w*-\d+)/.exec(text || '');
	return match && match[1];
}

// Records are of these fields, those that were seen:
//   url0, url        the first URL, and the last one of a redirect chain; hops: what redirected
//   isPreflight      the browser's own OPTIONS
//   response         { status, fromDiskCache }; wireStatuses: each status that came over the network
//   fromMemory       answered by a cache in the page
//   failed           { errorText, canceled, blockedReason, cors: { corsError, failedParameter } }
export class Recorder {
	constructor(site) {
		this.site = site;
		this.requests = new Map();
		this.issues = [];    // CORS issues: { caseId, round, corsError, failedParameter, isWarning }
		this.messages = [];  // console: { caseId, round, text }
	}

	record(pageKey, requestId) {
		const key = `${pageKey}|${requestId}`;
		if (!this.requests.has(key))
			this.requests.set(key, { round: this.site.round, hops: [] });
		return this.requests.get(key);
	}

	watch(session, pageKey) {
		const record = event => this.record(pageKey, event.requestId);
		const on = (name, handle) => session.on(name, handle);
		on('Network.requestWillBeSent', event => this.requestWillBeSent(record(event), event));
		on('Network.requestServedFromCache', event => {
			record(event).fromMemory = true;
		});
		on('Network.responseReceived', event => {
			const { status, fromDiskCache } = event.response;
			record(event).response = { status, fromDiskCache: Boolean(fromDiskCache) };
		});
		on('Network.responseReceivedExtraInfo', event => {
			const own = record(event);
			own.wireStatuses = [...(own.wireStatuses || []), event.statusCode];
		});
		on('Network.loadingFailed', event => {
			const { errorText, canceled, blockedReason, corsErrorStatus } = event;
			record(event).failed = { errorText, canceled, blockedReason, cors: corsErrorStatus };
		});
		on('Network.webSocketCreated', event => this.webSocketCreated(record(event), event));
		on('Network.webSocketHandshakeResponseReceived', event => {
			record(event).response = { status: event.response.status };
		});
		on('Audits.issueAdded', event => this.issueAdded(event.issue.details?.corsIssueDetails));
		on('Log.entryAdded', ({ entry }) => this.logEntryAdded(entry));
	}

	requestWillBeSent(record, event) {
		if (event.redirectResponse) {
			record.hops.push({ url: event.redirectResponse.url, status: event.redirectResponse.status });
		} else {
			record.url0 = event.request.url;
			record.round = this.site.round;
		}
		record.type = event.type;
		record.url = event.request.url;
		record.caseId = caseIdIn(record.url0) || record.caseId || caseIdIn(record.url);
		record.isPreflight = record.isPreflight || event.type === 'Preflight' || event.initiator?.type === 'preflight';
	}

	webSocketCreated(record, event) {
		Object.assign(record, {
			type: 'WebSocket', url0: event.url, url: event.url, caseId: caseIdIn(event.url), round: this.site.round,
		});
	}

	issueAdded(details) {
		if (!details)
			return;
		this.issues.push({
			caseId: caseIdIn(details.request.url), round: this.site.round, isWarning: details.isWarning,
			...details.corsErrorStatus,
		});
	}

	logEntryAdded(entry) {
		const caseId = caseIdIn(entry.text) || caseIdIn(entry.url);
		this.messages.push({ caseId, round: this.site.round, text: entry.text });
	}
}
