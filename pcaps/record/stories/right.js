// SPDX-License-Identifier: BSD-2-Clause
// Ordinary browsing against a correctly configured server: nothing may be found wrong with it. Everything that
// carries Origin and is not CORS is here: same-origin posts, form posts, WebSockets, beacons.

"use strict"
const { Browser, APP, ADMIN, CHROMIUM } = require("../browser")

const OWN = "https://api.example.com"
const SESSION = { cookie: "session=8f14e45fceea167a5a36dedd4bea2543" }
const NAVIGATE = {
	mode: "navigate",
	dest: "document",
	accept: "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
}

// nginx knows no WebSockets over HTTP/2 (RFC 8441).
const websocket = (b, origin, bare) => b.h2 ? undefined : b.send({
	path: "/ws",
	upgrade: true,
	bare: {
		Host: b.host,
		Connection: "Upgrade",
		Pragma: "no-cache",
		"Cache-Control": "no-cache",
		"User-Agent": CHROMIUM,
		Upgrade: "websocket",
		Origin: origin,
		"Sec-WebSocket-Version": "13",
		"Accept-Encoding": "gzip, deflate, br, zstd",
		"Accept-Language": "en-US,en;q=0.9",
		"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
		"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
		...bare,
	},
}, "none")

const visit = async (b) => {
	await b.send({ path: "/", site: "none", ...NAVIGATE }, "none")
	await b.get("/data.json", undefined, "none", { referer: OWN + "/" })
	await b.get("/data.json", APP, "pass")
	await b.get("/data.json", ADMIN, "pass", SESSION)
	await b.send({ method: "HEAD", path: "/data.json", origin: APP }, "pass")
	await b.get("/data.json", APP, "pass", { mode: "cors", dest: "font" })
	await b.get("/missing", APP, "pass") // 404, with its headers

	await b.preflight("/echo", APP, "PUT", ["content-type", "x-request-id"], "pass")
	await b.send({ method: "PUT", path: "/echo", origin: APP, body: '{"a":1}', ...SESSION,
		headers: { "Content-Type": "application/json", "X-Request-Id": "7" } }, "pass")
	await b.preflight("/echo", ADMIN, "DELETE", ["authorization"], "pass")
	await b.send({ method: "DELETE", path: "/echo", origin: ADMIN, headers: { Authorization: "Bearer eyJhbGciOi" } }, "pass")

	await b.post("/echo", OWN, '{"a":2}', "none", SESSION) // same origin
	await b.post("/echo", APP, "a=3", "none", { type: "application/x-www-form-urlencoded", ...NAVIGATE })
	await b.post("/echo", "https://forum.example.org", "a=4", "none", { type: "application/x-www-form-urlencoded", ...NAVIGATE })
	await b.post("/echo", "null", "a=5", "none", { type: "application/x-www-form-urlencoded", ...NAVIGATE })
	await b.post("/echo", "https://forum.example.org", "ping", "none", { type: "text/plain;charset=UTF-8", mode: "no-cors" })
	await b.get("/data.json", undefined, "none", { mode: "no-cors", dest: "image", site: "cross-site",
		referer: "https://forum.example.org/" })
	await b.get("/boom", APP, "pass") // 500, with its headers
}

const run = async () => {
	const options = { address: process.env.SERVER_IP }
	const b = new Browser({ ...options, user: "192.0.2.45" })
	const firefox = new Browser({ ...options, engine: "firefox", shared: b })
	const plain = new Browser({ ...options, plain: true, shared: b })

	await visit(b)
	await websocket(b, OWN)
	await websocket(b, "https://forum.example.org")
	await visit(firefox)

	// A browser that speaks http itself sends no Sec-Fetch-*.
	await plain.get("/data.json", APP, "pass")
	await plain.post("/echo", "http://api.example.com", '{"a":6}', "none")
	await plain.post("/echo", "https://forum.example.org", "a=7", "none confidence=likely",
		{ type: "application/x-www-form-urlencoded", ...NAVIGATE })
	await websocket(plain, APP)

	// A conditional request that the browser adds by itself; 304.
	const first = await b.get("/data.json", APP, "pass")
	if (first.headers && first.headers.etag)
		await b.get("/data.json", APP, "pass", { headers: { "If-None-Match": first.headers.etag } })

	firefox.close()
	plain.close()
	b.done("forbid error", "forbid certain")
}

run()
