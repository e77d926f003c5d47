// SPDX-License-Identifier: BSD-2-Clause
//
// The application behind a proxy: a few routes, each with one habit.

"use strict"
const http = require("http")

const json = (response, status, headers, value) => {
	const body = JSON.stringify(value)
	response.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body), ...headers })
	response.end(body)
}

// The first answer is good, the later ones are not.
const seen = new Map()
const once = (status, error) => (q, s) => {
	const cnt = seen.get(q.url) || 0
	seen.set(q.url, cnt + 1)
	json(s, cnt ? status : 200, {}, cnt ? { error } : { order: q.url })
}

const routes = {
	"/allow": (q, s) => json(s, 200, { "Access-Control-Allow-Origin": "https://app.example.com" }, { from: "application" }),
	"/empty": (q, s) => json(s, 200, { "Access-Control-Allow-Origin": process.env.CORS_ORIGIN || "" }, {}),
	"/bare": (q, s) => json(s, 200, {}, { from: "application" }),
	"/orders/17": once(404, "deleted"),
	"/orders/18": once(500, "database is locked"),
	"/never": () => {},
}

http.createServer((request, response) => {
	const route = routes[request.url.split("?")[0]]
	request.resume()
	if (route) route(request, response)
	else json(response, 404, {}, { error: "not found" })
}).listen(Number(process.env.PORT), process.env.ADDRESS || "127.0.0.1")
