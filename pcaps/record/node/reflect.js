// SPDX-License-Identifier: BSD-2-Clause
//
// What Spring's CorsFilter sends for allowedOriginPatterns("https://*.example.com"), allowCredentials(true):
// three Vary lines on everything, the origin echoed, 403 for a preflight that is not allowed.

"use strict"
const http = require("http")
const { upgrade } = require("./websocket")

const isAllowed = (origin) => /^https:\/\/[a-z]+\.example\.com$/.test(origin)

http.createServer((request, response) => {
	const { origin, "access-control-request-method": method, "access-control-request-headers": names } = request.headers
	const headers = [
		"Vary", "Origin",
		"Vary", "Access-Control-Request-Method",
		"Vary", "Access-Control-Request-Headers",
	]
	const isSame = origin === "https://" + request.headers.host || origin === "http://" + request.headers.host
	const preflight = request.method === "OPTIONS" && origin && method
	let status = { "/missing": 404, "/boom": 500 }[request.url] || 200
	let body = JSON.stringify({ status })
	if (origin && !isSame && isAllowed(origin)) {
		headers.push("Access-Control-Allow-Origin", origin)
		if (preflight) {
			headers.push("Access-Control-Allow-Methods", "GET,POST,PUT,DELETE")
			if (names) headers.push("Access-Control-Allow-Headers", names.replace(/,/g, ", "))
		}
		headers.push("Access-Control-Allow-Credentials", "true")
		if (preflight) headers.push("Access-Control-Max-Age", "1800")
	} else if (preflight) {
		status = 403
		body = "Invalid CORS request"
	}
	if (preflight && status === 200) body = ""
	headers.push("Content-Type", "application/json", "Content-Length", String(Buffer.byteLength(body)))
	request.resume()
	response.writeHead(status, headers)
	response.end(request.method === "HEAD" ? "" : body)
}).on("upgrade", upgrade).listen(Number(process.env.PORT), "203.0.113.20")
