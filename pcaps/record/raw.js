// SPDX-License-Identifier: BSD-2-Clause
//
// A connection over which a story sends its own bytes.

"use strict"
const net = require("net")
const { Browser, APP, sleep } = require("./browser")

// A request as Chromium sends it to an http site (no Sec-Fetch-*), as text. r: see Browser.send().
const request = (method, target, r = {}) => {
	const b = new Browser({ address: "", plain: true })
	const lines = Object.entries(b.chromium({ origin: APP, referer: APP + "/", ...r })).map(([k, v]) => `${k}: ${v}\r\n`)
	b.agent.destroy()
	return `${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n${r.body || ""}`
}

// The least that is a CORS request.
const small = (target) => `GET ${target} HTTP/1.1\r\nHost: api.example.com\r\nOrigin: ${APP}\r\n\r\n`

class Raw {
	static async open(address, port) {
		const raw = new Raw()
		raw.socket = net.connect({ host: address, port, noDelay: true, allowHalfOpen: true })
		raw.closed = new Promise((resolve) => raw.socket.on("close", resolve).on("error", () => {}))
		raw.socket.on("end", () => raw.socket.end())
		raw.socket.resume()
		await new Promise((resolve) => raw.socket.on("connect", resolve))
		return raw
	}

	// Send, and give the answer time to come.
	async send(bytes, ms = 60) {
		this.socket.write(bytes)
		await sleep(ms)
	}

	// The same in pieces of a few bytes, each in a segment of its own.
	async dribble(bytes, size) {
		for (let i = 0; i < bytes.length; i += size) {
			this.socket.write(bytes.slice(i, i + size))
			await sleep(4)
		}
		await sleep(60)
	}

	async close() {
		this.socket.end()
		await this.closed
	}
}

module.exports = { Raw, request, small }
