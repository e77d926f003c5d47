// SPDX-License-Identifier: BSD-2-Clause
// Addresses for names, IPv6 in the Host and in the Origin.

"use strict"
const { Browser } = require("../browser")

const PAGE = "http://[2001:db8:1::10]:3000"

const run = async () => {
	const b = new Browser({ address: process.env.SERVER_IP6, host: "[2001:db8:2::20]", plain: true })

	await b.get("/right", PAGE, "pass")
	await b.get("/spelled", PAGE, "block acao-host")
	await b.get("/port", PAGE, "block acao-port")
	await b.get("/missing", PAGE, "block acao-missing")
	await b.post("/echo", "http://[2001:db8:2::20]", "{}", "none")
	await b.post("/echo", PAGE, "{}", "block acao-missing")
	b.done()
}

run()
