// SPDX-License-Identifier: BSD-2-Clause
// One machine: a page of http://localhost:3000, an API on port 8080.

"use strict"
const { Browser } = require("../browser")

const PAGE = "http://localhost:3000"

const run = async () => {
	const options = { port: 8080, host: "localhost:8080", plain: true }
	const b = new Browser({ ...options, address: "127.0.0.1" })
	const six = new Browser({ ...options, address: "::1", engine: "firefox", shared: b })

	await b.get("/wrong", PAGE, "block acao-host")
	await b.get("/right", PAGE, "pass")
	await b.get("/large", PAGE, "block acao-host")
	await b.get("/large", "http://127.0.0.1:3000", "pass")
	await b.post("/wrong", "http://localhost:8080", "{}", "none")
	await six.get("/wrong", PAGE, "block acao-host")
	await six.get("/right", PAGE, "pass")
	six.agent.destroy()
	b.done()
}

run()
