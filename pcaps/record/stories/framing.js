// SPDX-License-Identifier: BSD-2-Clause
// Every way to say where a message ends, and everything that must not be taken for the final response's header.

"use strict"
const { Browser, APP, sleep } = require("../browser")
const { Raw, request } = require("../raw")

const run = async () => {
	const notes = new Browser({ address: process.env.SERVER_IP })
	const open = () => Raw.open(process.env.SERVER_IP, 80)
	const note = (what, method, target, origin = APP) => notes.expect(what, method, target, origin)
	const json = { headers: { "Content-Type": "application/json" } }

	let c = await open()
	for (const [target, what] of [
		["/chunked", "pass"],
		["/trailer", "block acao-missing"],
		["/early", "block acao-missing"],
		["/empty", "pass"],
		["/fold", "pass"],
		["/feed", "pass"],
		["/blank", "pass"],
		["/no-reason", "pass"],
		["/large", "pass"],
		["/hard", "block acao-mismatch"],
	]) {
		note(what, "GET", target)
		await c.send(request("GET", target))
	}
	note("pass", "HEAD", "/head")
	await c.send(request("HEAD", "/head"))
	note("pass", "GET", "/unchanged")
	await c.send(request("GET", "/unchanged", { headers: { "If-None-Match": '"1"' } }))
	note("pass", "GET", "http://api.example.com/absolute")
	await c.send(request("GET", "http://api.example.com/absolute"))

	// Three requests in one segment, after two empty lines.
	note("pass", "GET", "/a")
	note("block acao-mismatch", "GET", "/hard")
	note("pass", "GET", "/b")
	await c.send("\r\n\r\n" + request("GET", "/a") + request("GET", "/hard") + request("GET", "/b"))

	// The body waits for 100 Continue; it looks like a response.
	note("pass", "POST", "/continue")
	const body = "HTTP/1.1 200 OK\r\n\r\n"
	const post = request("POST", "/continue", { ...json, body })
	await c.send(post.slice(0, -body.length).replace("\r\nOrigin", "\r\nExpect: 100-continue\r\nOrigin"), 0)
	await sleep(30)
	await c.send(body)

	note("pass", "GET", "/until-close")
	await c.send(request("GET", "/until-close"))
	await c.closed

	// A head of many segments.
	c = await open()
	note("block acao-mismatch", "GET", "/hard")
	await c.dribble(request("GET", "/hard"), 40)
	note("pass", "GET", "/old")
	await c.send(request("GET", "/old").replace("HTTP/1.1", "HTTP/1.0"))
	await c.closed

	c = await open()
	note("none", "CONNECT", "db.example.com:5432", null)
	await c.send("CONNECT db.example.com:5432 HTTP/1.1\r\nHost: db.example.com:5432\r\n\r\n")
	await c.send("\0\0\0\x08\x04\xd2\x16\x2f")
	await c.close()
	notes.done()
}

run()
