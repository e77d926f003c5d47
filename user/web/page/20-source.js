// SPDX-License-Identifier: BSD-2-Clause
// Where the data comes from: the server that gave out this page, or, in a saved one, the page itself.

const RETRY_MS = 2000;

// Emits nothing: calls changed() when there is something new, and lost(why) or found() as the server goes and comes.
class Server {
	constructor(handlers) {
		this.handlers = handlers;
		this.isSaved = false;
	}

	async get(path) {
		const response = await fetch(path.slice(1), { cache: 'no-cache', credentials: 'same-origin' });
		if (response.status === 404)
			return null;
		if (!response.ok)
			throw new Error(`the server answers ${response.status}`);
		return response.json();
	}

	// A page that nobody looks at gives its connection back: a browser has six for one host.
	watch() {
		document.addEventListener('visibilitychange', () => {
			if (document.hidden)
				this.events.close();
			else
				this.listen();
		});
		this.listen();
	}

	listen() {
		this.events?.close();
		const events = this.events = new EventSource('api/events');
		events.addEventListener('open', () => this.handlers.found());
		events.addEventListener('edition', () => this.handlers.changed());
		events.addEventListener('error', () => {
			this.handlers.lost('The program does not answer; what is shown is the last it said.');
			if (events.readyState === EventSource.CLOSED && events === this.events)
				setTimeout(() => this.listen(), RETRY_MS);
		});
	}
}

class Saved {
	constructor(handlers, element) {
		this.handlers = handlers;
		this.isSaved = true;
		this.documents = JSON.parse(element.textContent);
	}

	async get(path) {
		return this.documents[path] ?? null;
	}

	watch() {
		this.handlers.found();
		this.handlers.changed();
	}
}

function sourceOpen(handlers) {
	const data = document.getElementById('data');
	return data ? new Saved(handlers, data) : new Server(handlers);
}
