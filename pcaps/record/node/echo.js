// SPDX-License-Identifier: BSD-2-Clause
//
// An application that leaves CORS to the proxy before it: JSON, an error, a WebSocket.

"use strict"
const http = require("http")
const { upgrade } = require("./websocket")

http.createServer((request, response) => {
	const status = { "/missing": 404, "/boom": 500 }[request.url] || 200
	const body = JSON.stringify({ status, method: request.method })
	request.resume()
	response.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) })
	setTimeout(() => response.end(body), request.url === "/hold" ? 3000 : 0)
}).on("upgrade", upgrade).listen(Number(process.env.PORT), "127.0.0.1")
