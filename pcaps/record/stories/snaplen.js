// SPDX-License-Identifier: BSD-2-Clause
// 200 bytes of each packet: a browser's head is cut before its Origin, a short one is whole. What was cut is not
// judged.

"use strict"
const { Browser, APP } = require("../browser")
const { Raw, request, small } = require("../raw")

const run = async () => {
	const notes = new Browser({ address: process.env.SERVER_IP })
	const open = () => Raw.open(process.env.SERVER_IP, 80)

	let c = await open()
	for (const [target, what] of [
		["/a", "pass"],
		["/hard", "block acao-mismatch"],
		["/large", "pass"],
		["/missing", "block acao-missing"],
		["/padded", "unknown kind=actual"],
	]) {
		notes.expect(what, "GET", target, APP)
		await c.send(small(target))
	}
	await c.close()
	for (const target of ["/a", "/hard"]) {
		c = await open()
		notes.expect("unknown kind=unknown", "GET", target)
		await c.send(request("GET", target))
		await c.close()
	}
	notes.done()
}

run()
