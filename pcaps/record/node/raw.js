// SPDX-License-Identifier: BSD-2-Clause
//
// A server that answers with exactly these bytes: framing of every kind, and ways not to answer.

"use strict"
const net = require("net")

const APP = "https://app.example.com"
const allow = (origin = APP) => `Access-Control-Allow-Origin: ${origin}\r\n`
const ok = (headers, body = "") => `HTTP/1.1 200 OK\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`

const answers = {
	"/a": ok(allow(), "a"),
	"/b": ok(allow(), "bb"),
	"/hard": ok(allow("https://localhost:3000"), "c".repeat(500)),
	"/missing": ok("", "d"),
	"/large": ok(allow(), "e".repeat(20000)),
	// A trailer is no header.
	"/chunked": `HTTP/1.1 200 OK\r\n${allow()}Transfer-Encoding: chunked\r\n\r\n` +
		"5;name=value\r\nhello\r\n1a\r\nHTTP/1.1 200 OK\r\n\r\nGET / \r\n0\r\nX-Sum: 1\r\n\r\n",
	"/trailer": `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Access-Control-Allow-Origin\r\n\r\n` +
		`2\r\nhi\r\n0\r\n${allow()}\r\n`,
	// Neither is what an interim response says.
	"/early": `HTTP/1.1 103 Early Hints\r\n${allow()}Link: </a.css>; rel=preload\r\n\r\n` + ok("", "f"),
	"/continue": ok(allow(), "g"),
	"/head": `HTTP/1.1 200 OK\r\n${allow()}Content-Length: 5000\r\n\r\n`,
	"/empty": `HTTP/1.1 204 No Content\r\n${allow()}\r\n`,
	"/unchanged": `HTTP/1.1 304 Not Modified\r\n${allow()}ETag: "1"\r\nContent-Length: 1000\r\n\r\n`,
	"/fold": ok(`Access-Control-Allow-Origin:\r\n ${APP}\r\n`, "h"),
	"/feed": ok(allow(), "i").replace(/\r\n/g, "\n"),
	"/blank": ok(`Access-Control-Allow-Origin : ${APP}\r\n`, "j"),
	"/no-reason": ok(allow(), "k").replace(" OK", ""),
	"/until-close": `HTTP/1.1 200 OK\r\n${allow()}Connection: close\r\n\r\n${"l".repeat(4000)}`,
	"/old": `HTTP/1.0 200 OK\r\n${allow()}\r\n<p>old</p>`,
	"/cut": ok(allow(), "m".repeat(5000)).slice(0, 2000),
	"/padded": ok(`X-Padding: ${"n".repeat(200)}\r\n${allow("https://localhost:3000")}`, "o"),
	"/garbage": "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
	"http://api.example.com/absolute": ok(allow(), "p"),
	"db.example.com:5432": "HTTP/1.1 200 Connection established\r\n\r\n",
	"/close": "",
	"/reset": "",
	"/silent": "",
}
const closing = ["/until-close", "/old", "/close", "/garbage"]
const resetting = ["/reset", "/cut"]

const serve = (socket) => {
	let text = ""
	let isTunnel = false
	let isContinued = false
	socket.setNoDelay(true)
	socket.on("error", () => {})
	socket.on("data", (data) => {
		if (isTunnel) {
			socket.write(data)
			return
		}
		text = (text + data.toString("latin1")).replace(/^(\r\n)+/, "")
		let end
		while ((end = text.indexOf("\r\n\r\n")) >= 0) {
			const head = text.slice(0, end)
			const length = Number((/\ncontent-length: *(\d+)/i.exec(head) || [0, 0])[1])
			if (/\nexpect: *100/i.test(head) && !isContinued) {
				isContinued = true
				socket.write("HTTP/1.1 100 Continue\r\n\r\n")
			}
			if (text.length < end + 4 + length) return
			text = text.slice(end + 4 + length)
			const target = head.split(" ")[1].replace(/[?].*/, "")
			isTunnel = head.startsWith("CONNECT ")
			if (answers[target]) socket.write(answers[target])
			if (closing.includes(target)) socket.end()
			if (resetting.includes(target)) setTimeout(() => socket.resetAndDestroy(), 20)
		}
	})
}

for (const address of (process.env.ADDRESS || "203.0.113.20").split(","))
	net.createServer({ noDelay: true }, serve).listen(Number(process.env.PORT), address)
