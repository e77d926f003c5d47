// SPDX-License-Identifier: BSD-2-Clause
//
// An application behind a proxy: it echoes the origin, but below /bare/, where it knows nothing of CORS.

"use strict"
const http = require("http")

http.createServer((request, response) => {
	request.resume()
	const bare = request.url.startsWith("/bare/")
	response.writeHead(200, {
		"Content-Type": "application/json",
		...(bare ? {} : { "Access-Control-Allow-Origin": request.headers.origin || "https://app.example.com", Vary: "Origin" }),
	})
	response.end("{}")
}).listen(Number(process.env.PORT), "127.0.0.1")
