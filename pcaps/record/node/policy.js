// SPDX-License-Identifier: BSD-2-Clause
//
// One policy for each host name, on the address in ADDRESS. All of them send Vary, so that only the policy is at fault.

"use strict"
const http = require("http")

// The release that only some servers have got.
const isNew = process.env.RELEASE === "new"

const policies = {
	"api.example.com": (origin) => origin === "https://admin.example.com" || (isNew && origin === "https://app.example.com"),
	"accounts.example.com": (origin) => origin.endsWith("example.com"),
	"open.example.com": () => true,
	"sandbox.example.com": (origin) => origin === "null",
	"pay.example.com": (origin) => /^https?:\/\/shop\.example\.com$/.test(origin),
}
const isPublic = (host) => host === "api.example.com"

http.createServer((request, response) => {
	const { origin = "", host } = request.headers
	const headers = { "Content-Type": "application/json", "Content-Length": 2, Vary: "Origin" }
	if (policies[host] && policies[host](origin)) {
		headers["Access-Control-Allow-Origin"] = origin
		if (!isPublic(host)) headers["Access-Control-Allow-Credentials"] = "true"
	}
	request.resume()
	response.writeHead(200, headers)
	response.end("{}")
}).listen(Number(process.env.PORT), process.env.ADDRESS)
