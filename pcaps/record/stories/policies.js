// SPDX-License-Identifier: BSD-2-Clause
// Policies that trust too much, and two servers of one host that do not agree.

"use strict"
const { Browser, APP, ADMIN } = require("../browser")

const run = async () => {
	const all = new Browser({ address: process.env.SERVER_IP })
	const people = []
	const at = (host, address = process.env.SERVER_IP) => {
		const b = new Browser({ address, host, shared: all, user: host === "pay.example.com" && "192.0.2.45" })
		people.push(b)
		return b
	}
	const session = { cookie: "session=8f14e45fceea167a5a36dedd4bea2543" }

	const fresh = at("api.example.com")
	const old = at("api.example.com", "203.0.113.21")
	await fresh.get("/orders", ADMIN, "pass")
	await old.get("/orders", ADMIN, "pass")
	await fresh.get("/orders", APP, "pass")
	await old.get("/orders", APP, "block acao-missing finds=policy-backends-disagree")
	await fresh.get("/orders", APP, "pass may=policy-backends-disagree")

	// The end of the name is compared, without a dot.
	const accounts = at("accounts.example.com")
	await accounts.get("/me", APP, "pass", session)
	await accounts.get("/me", "https://example.com", "pass", session)
	await accounts.get("/me", "https://evilexample.com", "pass finds=sec-suffix-match:certain may=sec-reflects-origin-credentials", session)

	// Any origin is echoed.
	const open = at("open.example.com")
	await open.get("/me", APP, "pass", session)
	await open.get("/me", "https://forum.example.org", "pass finds=sec-reflects-origin-credentials", session)
	await open.get("/me", "https://attacker.test", "pass finds=sec-reflects-origin-credentials", session)

	const sandbox = at("sandbox.example.com")
	await sandbox.get("/me", "null", "pass finds=sec-null-credentials:certain", session)

	const pay = at("pay.example.com")
	await pay.get("/cards", "https://shop.example.com", "pass", session)
	await pay.get("/cards", "http://shop.example.com", "pass finds=sec-http-origin", session)

	for (const b of people) b.agent.destroy()
	all.done()
}

run()
