// SPDX-License-Identifier: BSD-2-Clause
// A browser that asks whether its copy is still good, and one that follows redirects: what is judged is not in the
// response alone.

"use strict"
const { Browser, APP, ADMIN } = require("../browser")

const run = async () => {
	const b = new Browser({ address: process.env.SERVER_IP })
	const cdn = new Browser({ address: process.env.SERVER_IP, host: "cdn.example.net", shared: b })
	const again = { headers: { "If-None-Match": '"v1"' } }

	// The 304 has no header of its own; the stored one counts, for who it was made.
	await b.get("/prices.json", APP, "pass")
	await b.get("/prices.json", APP, "pass status=304", again)
	await b.get("/prices.json", ADMIN, "block acao-host status=304 finds=vary-origin-missing-304", again)
	// The copy was stored before the capture began.
	await b.get("/older.json", APP, "unknown status=304", again)
	// A condition that the script sets itself has to be announced; the server allows no header at all.
	await b.preflight("/own.json", APP, "GET", ["if-none-match"], "block preflight-header")

	await b.get("/here", APP, "pass")
	await b.get("/private.json", APP, "pass")
	// To another origin: the page's becomes null.
	await b.get("/go", APP, "pass")
	await cdn.get("/data.json", "null", "block acao-null-origin finds=redirect-tainted-origin", { referer: APP + "/" })
	cdn.agent.destroy()
	b.done()
}

run()
