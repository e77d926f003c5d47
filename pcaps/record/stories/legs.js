// SPDX-License-Identifier: BSD-2-Clause
// Every request is seen twice: between browser and proxy, and between proxy and application. What the browser gets
// is judged; what is found behind the proxy before that is taken back, so that no cause is left of it.

"use strict"
const { Browser, APP } = require("../browser")

const run = async () => {
	const b = new Browser({ address: process.env.SERVER_IP, host: "api.example.com" })
	const both = async (path, outer, target, inner) => {
		await b.get(path, APP, outer)
		b.expect(inner, "GET", target, APP)
	}

	await both("/api/doubled", "block acao-multiple-headers finds=hop-doubled-header", "/doubled", "pass")
	await both("/api/dropped", "block acao-missing finds=hop-dropped-header", "/dropped", "pass")
	await both("/api/changed", "block acao-host finds=hop-changed-header", "/changed", "pass")
	await both("/api/added", "block acao-trailing-slash finds=hop-added-header", "/bare/added", "block acao-missing")
	await both("/bare/x", "block acao-missing finds=hop-passed-header", "/bare/x", "block acao-missing")
	for (let i = 0; i < 3; i++) await both("/api/well", "pass", "/bare/well", "block acao-missing")
	await both("/right", "pass", "/right", "pass")
	b.done("cause hop-doubled-header 1", "cause hop-dropped-header 1", "cause hop-changed-header 1")
}

run()
