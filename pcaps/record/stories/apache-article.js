// SPDX-License-Identifier: BSD-2-Clause
// apache/article.conf: every page gets through, but a cache could break them.

"use strict"
const { Browser, APP, ADMIN } = require("../browser")

const run = async () => {
	const b = new Browser({ address: process.env.SERVER_IP })

	await b.get("/data.json", APP, "pass")
	await b.get("/data.json", ADMIN, "pass")
	await b.get("/data.json", undefined, "none finds=vary-origin-missing:certain",
		{ mode: "no-cors", dest: "image", referer: APP + "/" })
	b.done("forbid error")
}

run()
