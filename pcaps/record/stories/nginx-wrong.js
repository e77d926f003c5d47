// SPDX-License-Identifier: BSD-2-Clause
// nginx/wrong.conf met by the pages it should have allowed.

"use strict"
const { execFileSync } = require("child_process")
const { Browser, APP, ADMIN } = require("../browser")

const run = async () => {
	const b = new Browser({ address: process.env.SERVER_IP })
	const firefox = new Browser({ address: process.env.SERVER_IP, engine: "firefox", user: "192.0.2.45", shared: b })
	const plain = new Browser({ address: process.env.SERVER_IP, plain: true, shared: b })
	const session = { cookie: "session=8f14e45fceea167a5a36dedd4bea2543" }

	await b.get("/hard", APP, "block acao-mismatch")
	await firefox.get("/hard?page=2", APP, "block acao-mismatch")
	await b.get("/development", APP, "block acao-mismatch")
	await b.get("/other-host", APP, "block acao-host")
	await b.get("/other-host", ADMIN, "pass")
	await b.get("/port-omitted", APP + ":8443", "block acao-port")
	await b.get("/port-extra", APP, "block acao-port")
	await b.get("/port-default", APP, "block acao-port")
	await b.get("/http-allowed", APP, "block acao-scheme")
	await plain.get("/https-only", "http://app.example.com", "block acao-scheme")
	await b.get("/slash", APP, "block acao-trailing-slash")
	await b.get("/path", APP, "block acao-path")
	await b.get("/case", APP, "block acao-case")
	await b.get("/https-only", "null", "block acao-null-origin") // a page opened from file://

	await b.get("/null", APP, "block acao-null-literal")
	await b.get("/list", APP, "block acao-list")
	await b.get("/blanks", APP, "block acao-list")
	await b.get("/pattern", APP, "block acao-wildcard-pattern")
	await b.get("/bare", APP, "block acao-invalid")
	await b.get("/quoted", APP, "block acao-invalid")
	await b.get("/missing", APP, "block acao-missing")
	await b.get("/two", APP, "block acao-multiple-headers")
	await b.get("/app/doubled", APP, "block acao-multiple-headers")

	await b.get("/star", APP, "block acao-wildcard-credentials", session)
	await b.get("/star", APP, "pass credentials=unknown")
	await b.get("/acac-case", APP, "block acac-invalid", session)
	await b.get("/acac-missing", APP, "block acac-missing", session)

	await b.get("/orders/17", APP, "pass")
	await b.get("/orders/17", APP, "block acao-missing finds=error-response-lost-headers") // 404
	await b.get("/orders/18", APP, "pass")
	await b.get("/orders/18", APP, "block acao-missing finds=error-response-lost-headers,not-cors-server-error") // 500
	await b.get("/gone-upstream", APP, "block acao-missing finds=not-cors-gateway") // 502
	await b.get("/slow", APP, "block acao-missing finds=not-cors-gateway") // 504
	await b.preflight("/upload", APP, "POST", ["content-type"], "pass")
	await b.post("/upload", APP, JSON.stringify({ small: true }), "pass")
	await b.post("/upload", APP, JSON.stringify({ picture: "x".repeat(3000) }), 
		"block acao-missing finds=not-cors-body-too-large,error-response-lost-headers may=preflight-actual-differs") // 413
	await b.get("/limited", APP, "pass")
	await b.get("/limited", APP, "block acao-missing finds=not-cors-rate-limit,error-response-lost-headers") // 429

	await b.preflight("/static", APP, "PUT", ["content-type"], 
		"block preflight-acao-missing finds=not-cors-preflight-unrouted") // 405
	await b.preflight("/static-always", APP, "PUT", ["content-type"], 
		"block preflight-status finds=not-cors-preflight-unrouted") // 405
	await b.preflight("/locked", APP, "GET", ["authorization"], 
		"block preflight-acao-missing finds=not-cors-preflight-auth") // 401
	await b.preflight("/moved", APP, "POST", ["content-type"], "block preflight-redirect")
	await b.preflight("/methods", APP, "PUT", [], "block preflight-method")
	await b.preflight("/methods", APP, "patch", [], "block preflight-method")
	await b.preflight("/methods", APP, "PATCH", [], "pass")
	await b.preflight("/headers", APP, "PUT", ["Content-Type"], "pass")
	await b.preflight("/headers", APP, "PUT", ["Content-Type", "X-Trace"],
		"block preflight-header finds=preflight-headers-grew")
	await b.preflight("/methods-syntax", APP, "PUT", [], "block preflight-acam-syntax")
	await b.preflight("/headers-syntax", APP, "GET", ["X-Trace"], "block preflight-acah-syntax")
	await b.preflight("/preflight-slash", APP, "POST", ["content-type"], "block preflight-acao-trailing-slash")

	await b.get("/to-login", APP, "block acao-missing finds=not-cors-login-redirect") // 302
	await b.get("/to-userinfo", APP, "block redirect-userinfo")

	// No browser at all: what one would do is told, and that this was none.
	execFileSync("curl", ["-s", "-o", "/dev/null", "-H", "Origin: " + APP, "--resolve",
		"api.example.com:80:" + process.env.SERVER_IP, "http://api.example.com/hard"])
	b.expect("block acao-mismatch", "GET", "/hard", APP)

	firefox.agent.destroy()
	plain.agent.destroy()
	// As many values were sent.
	b.done("cause acao-mismatch 2", "cause acao-port 3", "cause acao-scheme 2", "cause acao-list 2")
}

run()
