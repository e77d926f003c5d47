// SPDX-License-Identifier: BSD-2-Clause
//
// The origin server behind a cache. The first part of the path says how it treats Origin; everything can be cached
// unless it says otherwise.

"use strict"
const crypto = require("crypto")
const http = require("http")

const reflect = (origin) => (origin ? { "Access-Control-Allow-Origin": origin } : {})

const habits = {
	// Echoes Origin and forgets Vary.
	reflect: (origin) => ({ "Cache-Control": "public, max-age=60", ...reflect(origin) }),
	// The same, and soon stale.
	short: (origin) => ({ "Cache-Control": "public, max-age=2", ...reflect(origin) }),
	// Sends Vary only to those who send Origin: the copy without is the one that poisons.
	late: (origin) => ({ "Cache-Control": "public, max-age=60", ...reflect(origin), ...(origin ? { Vary: "Origin" } : {}) }),
	// Right.
	vary: (origin) => ({ "Cache-Control": "public, max-age=60", Vary: "Origin", ...reflect(origin) }),
	// Not for shared caches, and not for any.
	private: (origin) => ({ "Cache-Control": "private, max-age=60", ...reflect(origin) }),
	"no-store": (origin) => ({ "Cache-Control": "no-store", ...reflect(origin) }),
	// The same for everybody: needs no Vary.
	constant: () => ({ "Cache-Control": "public, max-age=60", "Access-Control-Allow-Origin": "https://app.example.com" }),
	star: () => ({ "Cache-Control": "public, max-age=60", "Access-Control-Allow-Origin": "*" }),
}

http.createServer((request, response) => {
	const habit = habits[request.url.split(/[/?]/)[1]]
	const body = JSON.stringify({ path: request.url })
	const etag = '"' + crypto.createHash("sha1").update(body).digest("hex").slice(0, 12) + '"'
	request.resume()
	response.writeHead(habit ? 200 : 404, {
		"Content-Type": "application/json",
		"Content-Length": Buffer.byteLength(body),
		ETag: etag,
		...(habit ? habit(request.headers.origin) : {}),
	})
	response.end(request.method === "HEAD" ? "" : body)
}).listen(Number(process.env.PORT), "127.0.0.1")
