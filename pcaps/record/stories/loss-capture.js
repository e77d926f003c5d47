// SPDX-License-Identifier: BSD-2-Clause
// Three connections, of which packets are taken away afterwards: a response's head, a request, parts of a body. What
// is left must be judged, and nothing be judged by another's response.

"use strict"
const { Browser, APP } = require("../browser")
const { Raw, request } = require("../raw")

const run = async () => {
	const notes = new Browser({ address: process.env.SERVER_IP })
	const open = () => Raw.open(process.env.SERVER_IP, 80)
	const play = async (...rows) => {
		const c = await open()
		for (const [target, what, isLost] of rows) {
			if (isLost) notes.expect(what, "?", "?")
			else notes.expect(what, "GET", target, APP)
			await c.send(request("GET", target))
		}
		await c.close()
	}

	await play(["/b", "pass"], ["/hard?lost-response", "unknown outcome=lost kind=actual"], ["/b", "pass"],
		["/missing", "block acao-missing"])
	await play(["/a", "pass"], ["/hard?lost-request", "none|unknown outcome=lost", true], ["/a", "pass"],
		["/hard", "block acao-mismatch"])
	await play(["/large", "pass"], ["/hard", "block acao-mismatch"])
	notes.done()
}

run()
