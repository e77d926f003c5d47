// SPDX-License-Identifier: BSD-2-Clause
// The code that runs inside a page and makes the requests. It is given to the browser as text, so nothing in
// inPage() may refer to anything outside of it.

function inPage() {
	const DEFAULT_TIMEOUT_MS = 15000;
	const wait = ms => new Promise(resolve => setTimeout(resolve, ms));
	const ok = more => ({ ok: 1, ...more });
	const failed = error => ({ ok: 0, err: String(error) });

	function bodyOf(step) {
		switch (step.body) {
		case 'form-data': {
			const form = new FormData();
			form.append('a', '1');
			return form;
		}
		case 'urlsp':
			return new URLSearchParams('a=1');
		case 'blob-json':
			return new Blob(['{"a":1}'], { type: 'application/json' });
		case 'blob-none':
			return new Blob(['abc']);
		default:
			return step.body;
		}
	}

	// Insert an element and wait until it loads or fails.
	function element(tag, properties, crossorigin) {
		return new Promise(resolve => {
			const node = document.createElement(tag);
			const finish = result => {
				resolve(result);
				node.remove();
			};
			if (crossorigin)
				node.setAttribute('crossorigin', crossorigin);
			Object.assign(node, properties);
			node.onload = () => finish(ok());
			node.onerror = () => finish(failed('error event'));
			if (tag !== 'img')
				document.body.appendChild(node);
		});
	}

	const crossoriginOf = step => (step.credentials === 'include' ? 'use-credentials' : 'anonymous');
	const ifCors = step => (step.mode === 'cors' ? crossoriginOf(step) : null);

	function fetchOptions(step) {
		const options = {
			method: step.method, headers: step.headers || [], credentials: step.credentials, mode: step.mode,
			redirect: step.redirect || 'follow', cache: step.cache || 'default',
		};
		const body = bodyOf(step);
		if (body !== undefined)
			options.body = body;
		for (const name of ['targetAddressSpace', 'referrerPolicy'])
			if (step[name])
				options[name] = step[name];
		return options;
	}

	async function byFetch(step) {
		const response = await fetch(step.url, fetchOptions(step));
		const bytes = await response.arrayBuffer().catch(() => null);
		return ok({
			type: response.type, status: response.status, redirected: response.redirected,
			len: bytes ? bytes.byteLength : -1, hdr: step.wantHeaders ? [...response.headers.keys()] : undefined,
		});
	}

	function byXhr(step) {
		return new Promise(resolve => {
			const xhr = new XMLHttpRequest();
			const lines = () => xhr.getAllResponseHeaders().split('\r\n').filter(Boolean);
			const names = () => lines().map(line => line.split(':')[0]);
			xhr.open(step.method, step.url);
			xhr.withCredentials = step.credentials === 'include';
			for (const [name, value] of step.headers || [])
				xhr.setRequestHeader(name, value);
			xhr.onload = () => resolve(ok({ status: xhr.status, hdr: step.wantHeaders ? names() : undefined }));
			xhr.onerror = () => resolve(failed('xhr error'));
			xhr.send(bodyOf(step));
		});
	}

	async function byFont(step) {
		await new FontFace('f' + Math.random(), `url(${step.url})`).load();
		return ok();
	}

	function byEventSource(step) {
		return new Promise(resolve => {
			const source = new EventSource(step.url, { withCredentials: step.credentials === 'include' });
			source.onopen = () => {
				source.close();
				resolve(ok());
			};
			source.onerror = () => {
				const state = source.readyState;
				source.close();
				resolve(failed('es error rs=' + state));
			};
		});
	}

	// Nobody tells a page what became of a beacon.
	async function byBeacon(step) {
		const queued = navigator.sendBeacon(step.url, bodyOf(step));
		await wait(150);
		return { ok: queued ? 1 : 0, fire: 1 };
	}

	function byWebSocket(step) {
		return new Promise(resolve => {
			const socket = new WebSocket(step.url);
			socket.onopen = () => {
				resolve(ok());
				socket.close();
			};
			socket.onerror = () => resolve(failed('ws error'));
		});
	}

	function byFrame(step) {
		return new Promise(resolve => {
			const frame = document.createElement('iframe');
			frame.src = step.url;
			frame.onload = () => {
				resolve(ok());
				setTimeout(() => frame.remove(), 30);
			};
			document.body.appendChild(frame);
		});
	}

	function submitInto(name, step) {
		const form = document.createElement('form');
		const input = document.createElement('input');
		Object.assign(form, { method: step.method, action: step.url, target: name });
		form.enctype = step.enctype || 'application/x-www-form-urlencoded';
		Object.assign(input, { name: 'a', value: '1' });
		form.appendChild(input);
		document.body.appendChild(form);
		form.submit();
		form.remove();
	}

	function byForm(step) {
		return new Promise(resolve => {
			const frame = document.createElement('iframe');
			let loads = 0;
			frame.name = 'fr' + Math.random().toString(36).slice(2);
			// The first load is the empty frame's own; some browsers report it while it is being inserted.
			frame.onload = () => {
				if (loads++ === 0)
					return;
				resolve(ok());
				setTimeout(() => frame.remove(), 30);
			};
			document.body.appendChild(frame);
			loads = loads || 1;
			setTimeout(() => submitInto(frame.name, step), 0);
		});
	}

	function byPolicyReport(step) {
		return new Promise(resolve => {
			const frame = document.createElement('iframe');
			frame.src = '/csp?u=' + encodeURIComponent(step.url);
			frame.onload = async () => {
				await wait(150);
				resolve(ok({ fire: 1 }));
				frame.remove();
			};
			document.body.appendChild(frame);
		});
	}

	const moduleCrossorigin = step => (step.credentials === 'include' ? 'use-credentials' : null);
	const initiators = {
		fetch: byFetch,
		xhr: byXhr,
		img: step => element('img', { src: step.url }, ifCors(step)),
		script: step => element('script', { src: step.url }, ifCors(step)),
		module: step => element('script', { type: 'module', src: step.url }, moduleCrossorigin(step)),
		css: step => element('link', { rel: 'stylesheet', href: step.url }, ifCors(step)),
		preload: step => element('link', { rel: 'preload', as: 'fetch', href: step.url }, crossoriginOf(step)),
		font: byFont,
		es: byEventSource,
		beacon: byBeacon,
		ws: byWebSocket,
		iframe: byFrame,
		form: byForm,
		cspreport: byPolicyReport,
	};

	function limited(promise) {
		const late = wait(DEFAULT_TIMEOUT_MS).then(() => failed('timeout'));
		return Promise.race([promise, late]);
	}

	async function runOne(step) {
		try {
			return await limited(initiators[step.initiator](step));
		} catch (error) {
			return failed(error);
		}
	}

	// Run all steps, some of them at a time; gives [[case id, result], ...].
	window.__run = async (steps, concurrency) => {
		const results = [];
		let next = 0;
		const worker = async () => {
			while (next < steps.length) {
				const step = steps[next++];
				results.push([step.id, await runOne(step)]);
			}
		};
		await Promise.all(Array.from({ length: concurrency }, worker));
		return results;
	};
}

export const pageSource = `(${inPage})();`;
