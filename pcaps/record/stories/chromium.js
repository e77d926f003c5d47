// SPDX-License-Identifier: BSD-2-Clause
// A real browser (headless Chromium) with pages/chromium.html. What it blocked must be what was expected.

"use strict"
const { execFileSync } = require("child_process")
const { Browser } = require("../browser")

const PAGE = "http://app.example.com"
const [profile] = process.argv.slice(2)

// Verdict of the wire, method, target, and whether there is an Origin.
const rows = [
	["none", "GET", "/", false],
	["none", "GET", "/hold", false],
	["none", "GET", "/favicon.ico", false],
	["none", "POST", "/own", true],
	["pass", "GET", "/right", true],
	["pass", "OPTIONS", "/right?put", true],
	["pass", "PUT", "/right?put", true],
	["pass", "GET", "/right?credentials", true],
	["pass kind=unknown|actual", "POST", "/right?post", true],
	["pass", "GET", "/right-404", true],
	["pass", "GET", "/right?script", true],
	// Without Sec-Fetch-* these look like a fetch() whose answer lacks the header.
	["unknown kind=unknown", "POST", "/bare?no-cors", true],
	["unknown kind=unknown", "POST", "/bare?beacon", true],
	["none", "GET", "/ws", true],
	["none", "POST", "/form", true],
	["block acao-mismatch", "GET", "/hard", true],
	["block acao-trailing-slash", "GET", "/slash", true],
	["block acao-scheme", "GET", "/https", true],
	["block acao-missing", "GET", "/bare", true],
	["block acao-missing finds=not-cors-gateway", "GET", "/error", true],
	["block preflight-method", "OPTIONS", "/header", true],
	["block preflight-acao-missing", "OPTIONS", "/bare?put", true],
]

const told = execFileSync("chromium", ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
	"--no-first-run",
	"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
	"--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable",
	`--user-data-dir=${profile}`, "--dump-dom",
	"--host-resolver-rules=MAP app.example.com 203.0.113.20, MAP api.example.com 203.0.113.20, MAP * ~NOTFOUND",
	PAGE + "/"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], env: { ...process.env, HOME: profile } })
const lines = new Map([...told.matchAll(/^(?:<pre id="log">)?(pass|block) (\S+)$/gm)].map((m) => [m[2], m[1]]))
if (!/<title>done/.test(told)) throw new Error("the page did not get to its end:\n" + told)
const cors = rows.filter(([what, method]) =>
	what.startsWith("block") || (what.startsWith("pass") && method !== "OPTIONS"))
for (const [, , target] of cors) {
	// A blocked preflight is told as its request.
	if (!lines.has(target)) throw new Error(`the browser says nothing of ${target}`)
}
for (const [what, , target] of rows) {
	const verdict = what.split(" ")[0]
	const isBlocked = lines.get(target) === "block"
	if (lines.has(target) && isBlocked !== (verdict === "block"))
		throw new Error(`${target}: expected ${verdict}, the browser says ${lines.get(target)}`)
}

const notes = new Browser({ address: "" })
for (const [what, method, target, hasOrigin] of rows) notes.expect(what, method, target, hasOrigin && PAGE)
notes.done()
