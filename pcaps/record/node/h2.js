// SPDX-License-Identifier: BSD-2-Clause
// A server of HTTP/2 in clear text: an allow list, answers out of order, hints before them, trailers behind them, and
// tables as large as the client allows.

"use strict"
const http2 = require("http2")

const ALLOWED = ["https://app.example.com", "https://admin.example.com"]

const answer = (stream, headers) => {
	const origin = headers.origin
	const path = headers[":path"]
	const common = { vary: "Origin", server: "example", "x-request-id": `${stream.id}-${path.length}` }
	if (ALLOWED.includes(origin))
		Object.assign(common, { "access-control-allow-origin": origin, "access-control-allow-credentials": "true" })
	if (headers[":method"] === "OPTIONS") {
		stream.respond({ ":status": 204, ...common, "access-control-allow-methods": "GET, PUT",
			"access-control-allow-headers": "content-type, x-request-id" }, { endStream: true })
		return
	}
	if (path.startsWith("/hint")) stream.additionalHeaders({ ":status": 103, link: "</style.css>; rel=preload" })
	const body = "some bytes ".repeat(path.startsWith("/long") ? 4000 : 5)
	stream.respond({ ":status": path.startsWith("/missing") ? 404 : 200, ...common, "content-type": "text/plain" },
		{ waitForTrailers: path.startsWith("/trailers") })
	stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": path, "access-control-allow-origin": "*" }))
	stream.end(body)
}

const server = http2.createServer({ settings: { headerTableSize: 65536 } })
server.on("stream", (stream, headers) => {
	stream.on("error", () => {})
	stream.resume()
	// The longer the path, the later.
	setTimeout(() => stream.destroyed || answer(stream, headers), headers[":path"].length % 7)
})
server.listen(process.env.PORT, "0.0.0.0")
