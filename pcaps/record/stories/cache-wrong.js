// SPDX-License-Identifier: BSD-2-Clause
// A cache before an application that echoes Origin without Vary. Each fault has its seed before its victim.

"use strict"
const { Browser, APP, ADMIN, PARTNER, sleep } = require("../browser")

const run = async () => {
	const b = new Browser({ address: process.env.SERVER_IP })
	const other = new Browser({ address: process.env.SERVER_IP, engine: "firefox", shared: b })
	const victim = (code) => `block ${code} finds=vary-origin-poisoned`

	// The first page's copy is what all others get.
	await b.get("/reflect/prices", APP, "pass")
	await other.get("/reflect/prices", ADMIN, victim("acao-host"))
	await other.get("/reflect/prices", PARTNER, victim("acao-host"))
	await b.get("/reflect/prices", APP, "pass")

	// A copy made for nobody: no ACAO for anybody.
	await b.get("/reflect/terms", undefined, "none", { mode: "navigate", dest: "document", site: "none" })
	await other.get("/reflect/terms", APP, victim("acao-missing"))

	// The same where Vary is sent, but only to those who send Origin.
	await b.get("/late/terms", undefined, "none", { mode: "no-cors", dest: "image", referer: APP + "/" })
	await other.get("/late/terms", APP, victim("acao-missing"))

	// Two pages, two answers, no Vary: proven, and harmless only while the copy is stale. Then it is not.
	await other.get("/short/prices", ADMIN, "pass")
	await sleep(3300)
	await b.get("/short/prices", APP, "pass finds=vary-origin-missing:certain")
	await other.get("/short/prices", ADMIN, victim("acao-host") + ":certain")

	// One value for everybody, also for who sent no Origin: wrong for this page, but not because of the cache.
	await b.get("/constant/prices", undefined, "none", { mode: "no-cors", dest: "image", referer: APP + "/" })
	await b.get("/constant/prices", APP, "pass")
	await other.get("/constant/prices", ADMIN, "block acao-host lacks=vary-origin-poisoned")

	if (process.argv[2] === "nginx") {
		// Vary is there, and the cache does not care.
		await b.get("/vary-ignored/prices", APP, "pass")
		await other.get("/vary-ignored/prices", ADMIN, "block acao-host finds=vary-origin-ignored")
	}
	other.agent.destroy()
	b.done()
}

run()
