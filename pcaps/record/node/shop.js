// SPDX-License-Identifier: BSD-2-Clause
//
// The shop's application. It leaves CORS to nginx, but for the catalog, where it echoes Origin and forgets Vary.

"use strict"
const http = require("http")
const { upgrade } = require("./websocket")

let reports = 0

http.createServer((request, response) => {
	const { pathname } = new URL(request.url, "http://api.example.com")
	const headers = { "X-Powered-By": "Express", "Content-Type": "application/json; charset=utf-8" }
	let status = 200
	if (pathname.startsWith("/catalog/")) {
		headers["Cache-Control"] = "public, max-age=300"
		if (request.headers.origin) headers["Access-Control-Allow-Origin"] = request.headers.origin
	} else {
		headers["Cache-Control"] = "no-store"
	}
	if (pathname === "/orders/404") status = 404
	// The worker that makes the reports dies now and then, without a word.
	if (pathname === "/reports/monthly" && ++reports % 3 === 0) {
		request.socket.destroy()
		return
	}
	const body = JSON.stringify({ path: pathname, items: Array.from({ length: 3 }, (_, id) => ({ id, price: id * 3 + 0.95 })) })
	request.resume()
	response.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(body) })
	response.end(body)
}).on("upgrade", upgrade).listen(Number(process.env.PORT), "127.0.0.1")
