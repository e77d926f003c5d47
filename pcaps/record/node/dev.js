// SPDX-License-Identifier: BSD-2-Clause
//
// A developer's server: one origin, spelled otherwise than the browser spells it.

"use strict"
const http = require("http")

const server = (request, response) => {
	const isLarge = request.url === "/large"
	request.resume()
	response.writeHead(200, {
		"Access-Control-Allow-Origin": request.url === "/right" ? "http://localhost:3000" : "http://127.0.0.1:3000",
		"Content-Type": "application/json",
	})
	response.end(JSON.stringify("x".repeat(isLarge ? 20000 : 10)))
}

for (const address of process.env.ADDRESS.split(",")) http.createServer(server).listen(Number(process.env.PORT), address)
