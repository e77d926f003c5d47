// SPDX-License-Identifier: BSD-2-Clause
// The same caches where nothing can go wrong: Vary that is honoured, answers that no shared cache keeps, answers
// that are the same for everybody.

"use strict"
const { Browser, APP, ADMIN } = require("../browser")

const run = async () => {
	const b = new Browser({ address: process.env.SERVER_IP })
	const other = new Browser({ address: process.env.SERVER_IP, engine: "firefox", shared: b })

	for (let round = 0; round < 2; round++) {
		for (const habit of ["vary", "private", "no-store"]) {
			await b.get(`/${habit}/prices`, undefined, "none", { mode: "navigate", dest: "document", site: "none" })
			await b.get(`/${habit}/prices`, APP, "pass")
			await other.get(`/${habit}/prices`, ADMIN, "pass")
		}
		await b.get("/constant/prices", undefined, "none", { mode: "no-cors", dest: "image", referer: APP + "/" })
		await b.get("/constant/prices", APP, "pass")
		await other.get("/constant/prices", APP, "pass")
		await b.get("/star/prices", undefined, "none", { mode: "no-cors", dest: "image", referer: APP + "/" })
		await b.get("/star/prices", APP, "pass")
		await other.get("/star/prices", ADMIN, "pass")
	}
	other.agent.destroy()
	b.done("forbid error", "forbid warning")
}

run()
