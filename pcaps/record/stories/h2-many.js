// SPDX-License-Identifier: BSD-2-Clause
// Pages that ask for many things at once, and a load generator with a table of its own size.

"use strict"
const { execFileSync } = require("child_process")
const { Browser, APP, ADMIN, CHROMIUM } = require("../browser")

const FORUM = "https://forum.example.org"
const verdict = (origin) => (origin === FORUM ? "block acao-missing" : origin ? "pass" : "none")
const words = ["/", "/long/", "/hint/", "/missing/", "/trailers/"]

// Everything that a page asks for, eight at a time; values that come back and some that do not.
const page = async (b, count) => {
	for (let i = 0; i < count; i += 8)
		await Promise.all(Array.from({ length: 8 }, (_, k) => {
			const n = i + k
			const origin = [APP, APP, FORUM, undefined, ADMIN][n % 5]
			const path = words[(n * 7) % 5] + "item".padEnd(4 + (n % 9), "s") + n
			const more = n % 3 ? {} : { cookie: `session=${n % 6}; theme=dark`, headers: { "X-Request-Id": String(n * 7919) } }
			if (n % 11 === 10 && origin) return b.preflight(path, origin, "PUT", ["content-type"],
				origin === FORUM ? "block preflight-acao-missing|acao-missing" : "pass")
			return b.get(path, origin, verdict(origin), more)
		}))
}

const load = (b, origin, ...options) => {
	const url = `http://${process.env.SERVER_IP}/load`
	execFileSync("h2load", ["-n", "40", "-c", "2", "-m", "4", ...options, "-H", `user-agent: ${CHROMIUM}`, "-H", "sec-fetch-mode: cors",
		"-H", `origin: ${origin}`, url])
	for (let i = 0; i < 40; i++) b.expect(verdict(origin), "GET", "/load", origin)
}

const run = async () => {
	const b = new Browser({ address: process.env.SERVER_IP, h2: true })
	const firefox = new Browser({ address: process.env.SERVER_IP, engine: "firefox", h2: true, shared: b })

	await Promise.all([page(b, 96), page(firefox, 48)])
	load(b, APP)
	load(b, FORUM, "--header-table-size=65536", "--encoder-header-table-size=65536")
	load(b, APP, "--header-table-size=0", "--encoder-header-table-size=0")
	firefox.close()
	b.done()
}

run()
