// SPDX-License-Identifier: BSD-2-Clause
// What a script sees as a CORS error and is none: no response, for one reason or another.

"use strict"
const { Browser, APP, sleep } = require("../browser")
const { Raw, request } = require("../raw")

const run = async () => {
	const notes = new Browser({ address: process.env.SERVER_IP })
	const open = () => Raw.open(process.env.SERVER_IP, 80)

	// Each after a good one on the same connection.
	const fault = async (target, what) => {
		const c = await open()
		notes.expect("pass", "GET", "/a", APP)
		await c.send(request("GET", "/a"))
		notes.expect(what, "GET", target, APP)
		await c.send(request("GET", target))
		return c
	}
	await (await fault("/reset", "unknown outcome=reset finds=not-cors-reset")).closed
	await (await fault("/close", "unknown outcome=closed finds=not-cors-closed")).closed
	await (await fault("/garbage", "unknown outcome=invalid finds=not-cors-invalid-response")).closed
	await (await fault("/cut", "pass outcome=response")).closed // the body ends early; its head was there
	// The page gives up.
	const c = await fault("/silent", "unknown outcome=closed may=not-cors-closed")
	await sleep(500)
	await c.close()
	// Nobody listens on this port.
	await new Promise((resolve) => require("net").connect(81, process.env.SERVER_IP).on("error", resolve))
	// This one still waits when the capture ends.
	await fault("/silent", "unknown outcome=pending")
	notes.done()
	await sleep(3000)
}

run()
