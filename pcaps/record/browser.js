// SPDX-License-Identifier: BSD-2-Clause
//
// A client that sends the header sets of real browsers, in their order, over keep-alive connections; and beside
// each request notes what a browser must make of the answer. It judges nothing: the expectation is written in the
// story, by who wrote the server's configuration.
//
//   const b = new Browser({ address: "203.0.113.20" })
//   await b.get("/hard", APP, "block acao-mismatch")
//   b.done("cause acao-mismatch 1")

"use strict"
const fs = require("fs")
const http = require("http")
const http2 = require("http2")
const net = require("net")

const CHROMIUM = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36"
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
const BRANDS = '"Chromium";v="144", "Not(A:Brand";v="8", "Google Chrome";v="144"'

// Last two labels: enough for the names used here.
const site = (origin) => {
	const m = /^(https?):\/\/([^:/]+)/.exec(origin)
	return m ? m[1] + "://" + m[2].split(".").slice(-2).join(".") : origin
}

class Browser {
	// options: address, port (80), host (api.example.com), engine (chromium, firefox),
	// plain: the browser itself speaks http, so that no Sec-Fetch-* is sent, but to localhost, which it trusts (else:
	// what is captured is behind a TLS terminator),
	// h2: HTTP/2 with prior knowledge (else: HTTP/1.1; the environment's H2=1 asks for it, too),
	// user: the user's address, added with X-Forwarded-* by a terminator that speaks HTTP (else: it adds nothing)
	constructor(options) {
		Object.assign(this, { port: 80, host: "api.example.com", engine: "chromium", plain: false,
			h2: process.env.H2 === "1" }, options)
		this.agent = new http.Agent({ keepAlive: true, maxSockets: 6 })
		this.lines = options.shared ? options.shared.lines : []
	}

	get scheme() {
		return this.plain ? "http" : "https"
	}

	get isTrusted() {
		return !this.plain || /^(localhost|127\.|\[::1\])/.test(this.host)
	}

	// Fetch Metadata: how the target's site relates to the page's.
	relation(origin) {
		const own = `${this.scheme}://${this.host}`
		if (!origin) return "same-origin"
		if (origin === own) return "same-origin"
		return site(origin) === site(own) ? "same-site" : "cross-site"
	}

	metadata(r) {
		if (!this.isTrusted) return {}
		const h = {
			"Sec-Fetch-Site": r.site || this.relation(r.origin),
			"Sec-Fetch-Mode": r.mode || "cors",
			"Sec-Fetch-Dest": r.dest || "empty",
		}
		if (r.cookie && h["Sec-Fetch-Site"] === "cross-site" && this.engine === "chromium")
			h["Sec-Fetch-Storage-Access"] = "active"
		if (r.mode === "navigate") h["Sec-Fetch-User"] = "?1"
		return h
	}

	chromium(r) {
		const preflight = r.acrm !== undefined
		const h = { Host: this.host, Connection: r.upgrade ? "Upgrade" : "keep-alive" }
		if (r.body !== undefined) h["Content-Length"] = String(Buffer.byteLength(r.body))
		if (preflight) {
			h.Accept = "*/*"
			h["Access-Control-Request-Method"] = r.acrm
			if (r.acrh) h["Access-Control-Request-Headers"] = r.acrh
			h.Origin = r.origin
			h["User-Agent"] = CHROMIUM
			Object.assign(h, this.metadata(r))
		} else {
			if (this.isTrusted) h["sec-ch-ua-platform"] = '"Linux"'
			h["User-Agent"] = CHROMIUM
			if (this.isTrusted) {
				h["sec-ch-ua"] = BRANDS
				h["sec-ch-ua-mobile"] = "?0"
			}
			if (r.mode === "navigate") h["Upgrade-Insecure-Requests"] = "1"
			Object.assign(h, r.headers)
			h.Accept = r.accept || "*/*"
			if (r.origin) h.Origin = r.origin
			Object.assign(h, this.metadata(r))
		}
		if (r.referer) h.Referer = r.referer
		h["Accept-Encoding"] = "gzip, deflate, br, zstd"
		h["Accept-Language"] = "en-US,en;q=0.9"
		if (r.cookie) h.Cookie = r.cookie
		return h
	}

	firefox(r) {
		const h = { Host: this.host, "User-Agent": FIREFOX, Accept: r.accept || "*/*" }
		h["Accept-Language"] = "en-US,en;q=0.5"
		h["Accept-Encoding"] = "gzip, deflate, br, zstd"
		if (r.acrm !== undefined) {
			h["Access-Control-Request-Method"] = r.acrm
			if (r.acrh) h["Access-Control-Request-Headers"] = r.acrh
		}
		if (r.referer) h.Referer = r.referer
		Object.assign(h, r.headers)
		if (r.body !== undefined) h["Content-Length"] = String(Buffer.byteLength(r.body))
		if (r.origin) h.Origin = r.origin
		h.Connection = "keep-alive"
		if (r.cookie) h.Cookie = r.cookie
		if (r.mode === "navigate") h["Upgrade-Insecure-Requests"] = "1"
		const m = this.metadata(r)
		for (const name of ["Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-User"])
			if (m[name]) h[name] = m[name]
		h.Priority = "u=4"
		return h
	}

	// Send one request. r: method, path, origin, mode, site, dest, headers, body, cookie, referer, accept, acrm, acrh;
	// bare: exactly these headers; fails: no whole response is expected. Resolves with the response (status, headers),
	// or with { error }.
	send(r, expect, outcome) {
		if (r.referer === undefined && r.origin && r.origin !== "null") r.referer = r.origin + "/"
		const h = r.bare || (this.engine === "firefox" ? this.firefox(r) : this.chromium(r))
		if (this.user && !r.bare) {
			h["X-Forwarded-For"] = this.user
			h["X-Forwarded-Proto"] = "https"
		}
		if (expect) this.expect(expect, r.method || "GET", r.path, h.Origin, outcome)
		if (this.h2) return this.send2(r, h)
		const options = {
			host: this.address,
			port: this.port,
			family: this.address.includes(":") ? 6 : 4,
			method: r.method || "GET",
			path: r.path,
			headers: Object.entries(h).flat(),
			agent: this.agent,
			timeout: r.timeout_ms || 20000,
			setHost: false,
		}
		return new Promise((resolve) => {
			const q = http.request(options, (response) => {
				response.resume()
				response.on("error", () => resolve(response))
				response.on("close", () => resolve(response))
			})
			q.on("timeout", () => q.destroy())
			q.on("error", (error) => {
				// A story says so when a request is meant to fail; anything else spoils the recording.
				if (!r.fails) {
					console.error(`record: ${options.method} ${r.path}: ${error.message}`)
					process.exit(1)
				}
				resolve({ error })
			})
			q.on("upgrade", (response, socket) => {
				socket.resume()
				socket.on("close", () => resolve(response))
				socket.on("end", () => socket.end())
			})
			q.end(r.body)
		})
	}

	// The same over HTTP/2: one connection, on which requests may overlap. Names are in lower case there, Host is
	// :authority, and Connection is not sent.
	send2(r, { Host, Connection, ...h }) {
		const fields = { ":method": r.method || "GET", ":scheme": this.scheme, ":authority": Host, ":path": r.path }
		for (const [name, value] of Object.entries(h)) fields[name.toLowerCase()] = value
		if (!this.session) {
			const family = this.address.includes(":") ? 6 : 4
			this.session = http2.connect(`http://${this.host}`, {
				settings: { enablePush: false, headerTableSize: 65536 },
				createConnection: () => net.connect({ host: this.address, port: this.port, family }),
			})
		}
		return new Promise((resolve, reject) => {
			const stream = this.session.request(fields, { endStream: r.body === undefined })
			let response
			stream.on("response", (headers) => (response = { statusCode: headers[":status"], headers }))
			stream.on("error", (error) => (r.fails ? resolve({ error }) : reject(error)))
			stream.on("close", () => resolve(response || { error: new Error("no response") }))
			stream.resume()
			if (r.body !== undefined) stream.end(r.body)
		})
	}

	close() {
		this.agent.destroy()
		if (this.session) this.session.close()
	}

	// One line of the .expect: "VERDICT [CODE] [KEY=VALUE...]" is completed with what was asked.
	expect(what, method, target, origin, extra) {
		const [verdict, ...rest] = what.split(" ")
		const code = rest.length && !rest[0].includes("=") ? rest.shift() : "-"
		const line = [verdict.padEnd(8), code.padEnd(30), method.padEnd(8), target.padEnd(30), origin || "-"]
		this.lines.push([...line, ...rest, extra].filter(Boolean).join(" "))
	}

	get(path, origin, expect, r) {
		return this.send({ path, origin, ...r }, expect)
	}

	post(path, origin, body, expect, r) {
		const headers = { "Content-Type": (r && r.type) || "application/json", ...(r && r.headers) }
		return this.send({ method: "POST", path, origin, body, ...r, headers }, expect)
	}

	// headers: names of the headers that the page wants to set, in any order.
	preflight(path, origin, method, headers, expect, r) {
		const acrh = headers.map((h) => h.toLowerCase()).sort().join(",")
		return this.send({ method: "OPTIONS", path, origin, acrm: method, acrh, ...r }, expect)
	}

	// End of the story: close, and write the expectations with the lines that are not of one exchange.
	done(...more) {
		this.close()
		fs.writeFileSync(process.env.EXPECT, [...this.lines, ...more].join("\n") + "\n")
	}
}

const APP = "https://app.example.com"
const ADMIN = "https://admin.example.com"
const PARTNER = "https://shop.partner.example"
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

module.exports = { Browser, APP, ADMIN, PARTNER, CHROMIUM, FIREFOX, sleep }
