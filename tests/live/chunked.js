// SPDX-License-Identifier: BSD-2-Clause
//
// Bodies of 1 MB whose length no header tells; /tricky: full of what looks like the begin of a response.

"use strict"
const http = require("http")
const tricky = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n\r\n".repeat(1200)

const plain = "some bytes".repeat(20000)

http.createServer((req, res) => {
	if (req.url !== "/none") res.setHeader("Access-Control-Allow-Origin", "https://app.example.com")
	if (req.url === "/closed") {
		res.shouldKeepAlive = false
		res.useChunkedEncodingByDefault = false
	}
	for (let i = 0; i < 5; i++) res.write(req.url === "/tricky" ? tricky : plain)
	res.end("end")
}).listen({ port: 8080, host: "::" })
