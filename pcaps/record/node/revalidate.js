// SPDX-License-Identifier: BSD-2-Clause
//
// Validators and redirects. 304 goes out without CORS headers, as from a server that adds them to 200 only.

"use strict"
const http = require("http")

const ETAG = '"v1"'

http.createServer((request, response) => {
	const { host, origin } = request.headers
	const allow = origin ? { "Access-Control-Allow-Origin": origin } : {}
	const { pathname } = new URL(request.url, "http://" + host)
	request.resume()
	if (host === "cdn.example.net") {
		response.writeHead(200, { "Access-Control-Allow-Origin": "https://app.example.com", "Content-Length": 2 })
		response.end("{}")
	} else if (pathname === "/go") {
		response.writeHead(302, { ...allow, Vary: "Origin", Location: "https://cdn.example.net/data.json", "Content-Length": 0 })
		response.end()
	} else if (pathname === "/here") {
		response.writeHead(302, { ...allow, Vary: "Origin", Location: "/private.json", "Content-Length": 0 })
		response.end()
	} else if (request.headers["if-none-match"] === ETAG) {
		response.writeHead(304, { ETag: ETAG, "Cache-Control": "max-age=0" })
		response.end()
	} else {
		const cache = pathname === "/private.json" ? "no-store" : "max-age=0"
		response.writeHead(200, { ...allow, ETag: ETAG, "Cache-Control": cache, "Content-Length": 2 })
		response.end("{}")
	}
}).listen(Number(process.env.PORT), "203.0.113.20")
