// SPDX-License-Identifier: BSD-2-Clause
// What was sent before the capture is in the client's table (RFC 7541, 2.3.2), and is named by a number from then on.
// Its names are, too: nobody can know that a new value is an Origin's. When enough was sent since, the table of 4096
// bytes has lost all that, and everything is spelt out again.

"use strict"
const fs = require("fs")
const { Browser, APP, ADMIN, sleep } = require("../browser")

const FORUM = "https://forum.example.org"

const run = async () => {
	const b = new Browser({ address: process.env.SERVER_IP, h2: true })
	const trace = (n) => ({ headers: { "X-Trace": `${n}-`.padEnd(400, "0123456789abcdef") } })
	const unknown = async (path, origin) => {
		await b.send({ path, origin })
		b.expect(`unknown outcome=response status=200 unknown=request-fields-unknown`, "GET", path, "-")
	}

	// Not captured.
	for (let i = 0; i < 5; i++) await b.get("/data.json", APP)
	fs.writeFileSync(process.env.GO + ".ready", "")
	while (!fs.existsSync(process.env.GO)) await sleep(50)

	await unknown("/data.json?1", APP)
	await unknown("/data.json?2", ADMIN)
	await unknown("/data.json?3", FORUM)
	// Entries of the table are 32 bytes longer than they look.
	for (let i = 4; i < 16; i++) {
		await b.send({ path: `/data.json?${i}`, origin: APP, ...trace(i) })
		b.expect("unknown|pass outcome=response status=200", "GET", `/data.json?${i}`, `-|${APP}`)
	}
	await b.get("/data.json?16", APP, "pass")
	await b.get("/data.json?17", ADMIN, "pass")
	await b.get("/data.json?18", FORUM, "block acao-missing")
	// Several at once.
	await Promise.all([b.get("/data.json?19", FORUM, "block acao-missing"), b.get("/data.json?20", ADMIN, "pass"),
		b.preflight("/echo", ADMIN, "PUT", ["content-type"], "pass")])
	b.done()
}

run()
