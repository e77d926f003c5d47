// SPDX-License-Identifier: BSD-2-Clause
// apache/wrong.conf met by the page it should have allowed.

"use strict"
const { Browser, APP } = require("../browser")

const run = async () => {
	const b = new Browser({ address: process.env.SERVER_IP })

	await b.get("/hard/data.json", APP, "block acao-mismatch")
	await b.get("/slash/data.json", APP, "block acao-trailing-slash")
	await b.get("/star/data.json", APP, "block acao-wildcard-credentials", { cookie: "session=8f14e45fceea" })
	await b.get("/files/data.json", APP, "pass")
	await b.get("/files/nothing.json", APP, "block acao-missing") // 404
	await b.get("/files/closed/data.json", APP, "block acao-missing") // 403
	await b.get("/files/folder", APP, "block acao-missing") // 301 to /files/folder/
	await b.preflight("/files/data.json", APP, "PUT", ["content-type"], "block preflight-method") // 200, Allow
	await b.preflight("/files/data.json", APP, "GET", ["x-request-id"], "block preflight-header")
	await b.preflight("/files/nothing.json", APP, "GET", ["x-request-id"], "block preflight-header")
	await b.get("/app", APP, "block acao-multiple-headers")
	await b.get("/unset", APP, "block acao-empty")
	await b.get("/gone", APP, "block acao-missing finds=not-cors-gateway") // 503
	b.done()
}

run()
