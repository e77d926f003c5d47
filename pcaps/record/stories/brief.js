// SPDX-License-Identifier: BSD-2-Clause
// A few exchanges with nginx/wrong.conf, for captures whose point is how they were taken.

"use strict"
const { Browser, APP, ADMIN } = require("../browser")

const run = async () => {
	const b = new Browser({ address: process.env.SERVER_IP })
	const firefox = new Browser({ address: process.env.SERVER_IP, engine: "firefox", user: "192.0.2.45", shared: b })

	await b.get("/https-only", APP, "pass")
	await b.get("/hard", APP, "block acao-mismatch")
	await firefox.get("/other-host", ADMIN, "pass")
	await b.get("/slash", APP, "block acao-trailing-slash")
	await firefox.get("/two", APP, "block acao-multiple-headers")
	await b.preflight("/headers", APP, "PUT", ["content-type"], "pass")
	await firefox.get("/missing", APP, "block acao-missing")
	await b.get("/https-only", undefined, "none", { mode: "no-cors", dest: "image", referer: APP + "/" })
	firefox.agent.destroy()
	b.done(...process.argv.slice(2))
}

run()
