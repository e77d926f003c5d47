// SPDX-License-Identifier: BSD-2-Clause
// A morning at the shop: visitors, the back office, a partner's page and the staging front end against nginx/demo.conf.

"use strict"
const { Browser, sleep } = require("../browser")

const SHOP = "https://shop.example.com"
const BACK_OFFICE = "https://admin.example.com"
const STAGING = SHOP + ":8443"
const PARTNER = "https://www.partner.example"

const run = async () => {
	const base = { address: process.env.SERVER_IP }
	const all = new Browser(base)
	const people = [all]
	const person = (engine) => {
		const b = new Browser({ ...base, engine, shared: all })
		people.push(b)
		return b
	}
	const session = (n) => ({ cookie: `sid=${(n * 2654435761).toString(16)}; theme=dark` })
	const json = { type: "application/json" }
	const pause = () => sleep(30 + Math.random() * 90)

	// The catalog is opened by a link checker, which sends no Origin, and by a visitor.
	const crawler = person("chromium")
	await crawler.get("/catalog/offers", undefined, "none", { mode: "no-cors", dest: "empty", site: "none" })

	for (let n = 0; n < 4; n++) {
		const b = person(n % 2 ? "firefox" : "chromium")
		await b.get("/orders", SHOP, "pass", session(n))
		await b.get("/cart", SHOP, "pass", session(n))
		await pause()
		await b.get(`/search?q=lamp&page=${n + 1}`, SHOP, "pass")
		await b.get("/catalog/lamps", SHOP, "pass")
		await b.get("/catalog/offers", SHOP, "block acao-missing finds=vary-origin-poisoned")
		await pause()
		await b.preflight("/cart", SHOP, "PUT", ["content-type"], "pass")
		await b.send({ method: "PUT", path: "/cart", origin: SHOP, body: `{"item":${n}}`,
			headers: { "Content-Type": "application/json" }, ...session(n) }, "pass")
		await b.post("/events", SHOP, "view", "none", { type: "text/plain;charset=UTF-8", mode: "no-cors", ...session(n) })
		await b.get(`/legacy/stock?item=${n}`, SHOP, "block acao-mismatch")
		await pause()
		if (n === 1) {
			await b.send({ path: "/live", upgrade: true, bare: { Host: b.host, Connection: "Upgrade", Upgrade: "websocket",
				Origin: SHOP, "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==" } }, "none")
		}
		if (n === 2) await b.get("/orders/404", SHOP, "pass", session(n))
		await b.post("/checkout", "https://api.example.com", '{"pay":true}', "none", { ...json, ...session(n) })
	}

	// Pictures: small ones go through, large ones do not reach the application.
	const seller = person("chromium")
	await seller.preflight("/media", BACK_OFFICE, "POST", ["content-type"], "pass")
	for (const size of [200, 900, 5000, 9000]) {
		const expect = size < 2048 ? "pass"
			: "block acao-missing finds=not-cors-body-too-large,error-response-lost-headers may=preflight-actual-differs"
		await seller.post("/media", BACK_OFFICE, JSON.stringify({ picture: "x".repeat(size) }), expect, json)
		await pause()
	}

	// The back office: reports that fail now and then, a catalog that belongs to the shop.
	const clerk = person("firefox")
	for (let n = 0; n < 6; n++) {
		const expect = n % 3 === 2 ? "block acao-missing finds=not-cors-gateway,error-response-lost-headers" : "pass"
		await clerk.get("/reports/monthly", BACK_OFFICE, expect)
		await pause()
	}
	for (const path of ["/orders", "/orders?state=open", "/cart"]) await clerk.get(path, BACK_OFFICE, "pass", session(9))
	await clerk.get("/catalog/lamps", BACK_OFFICE, "block acao-host finds=vary-origin-poisoned")
	await clerk.get("/catalog/chairs", BACK_OFFICE, "pass")
	await seller.get("/catalog/chairs", SHOP, "block acao-host finds=vary-origin-poisoned")
	await clerk.get("/catalog/lamps", BACK_OFFICE, "block acao-host finds=vary-origin-poisoned")

	// Staging and the partner.
	const tester = person("chromium")
	for (const q of ["lamp", "chair", "desk"]) await tester.get("/search?q=" + q, STAGING, "block acao-port")
	const partner = person("chromium")
	for (let n = 0; n < 3; n++) {
		await partner.get("/partner/prices?page=" + n, PARTNER, "block acao-trailing-slash")
		await pause()
	}
	await tester.get("/search?q=lamp", "null", "block acao-null-origin")

	// A new release of the front end traces its requests.
	for (let n = 0; n < 4; n++) {
		const b = person(n % 2 ? "firefox" : "chromium")
		if (n === 0) {
			await b.preflight("/orders", SHOP, "POST", ["content-type", "authorization"], "pass")
			await b.post("/orders", SHOP, '{"item":1}', "pass",
				{ ...json, ...session(n), headers: { Authorization: "Bearer eyJhbGciOi" } })
			await pause()
		}
		await b.preflight("/orders", SHOP, "POST", ["content-type", "authorization", "baggage"],
			"block preflight-header finds=preflight-headers-grew")
		await b.preflight("/cart", SHOP, "PUT", ["content-type", "baggage"],
			"block preflight-header finds=preflight-headers-grew")
		await b.get("/orders", SHOP, "pass", session(n))
		await b.get("/catalog/lamps", SHOP, "pass")
		await pause()
	}

	for (const b of people) b.agent.destroy()
	// One change mends each.
	const one = ["acao-mismatch", "acao-port", "acao-trailing-slash", "acao-null-origin", "preflight-header"]
	all.done(...one.map((rule) => `cause ${rule} 1`))
}

run()
