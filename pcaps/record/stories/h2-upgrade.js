// SPDX-License-Identifier: BSD-2-Clause
// The first request of each connection is one of HTTP/1.1, which its response of HTTP/2 answers. Both clients say that
// they are one (User-Agent, no Sec-Fetch-*), so that what is found is told as what a browser would do.

"use strict"
const fs = require("fs")
const { execFileSync } = require("child_process")
const { APP, FIREFOX } = require("../browser")

const FORUM = "https://forum.example.org"
const url = (path) => `http://${process.env.SERVER_IP}${path}`
const lines = []
const expect = (verdict, code, method, path, origin, version) =>
	lines.push([verdict, code, method, path, origin, `version=${version}`].join(" "))

const curl = (path, origin, ...more) =>
	execFileSync("curl", ["-sS", "--http2", "--noproxy", "*", "-o", "/dev/null", "-A", FIREFOX, "-H", `Origin: ${origin}`, ...more, url(path)])
const nghttp = (path, origin, ...more) =>
	execFileSync("nghttp", ["-nu", "-H", `user-agent: ${FIREFOX}`, "-H", `origin: ${origin}`, ...more, url(path)])

curl("/data.json", APP)
expect("pass", "-", "GET", "/data.json", APP, "http/1.1")
curl("/data.json", FORUM)
expect("block", "acao-missing", "GET", "/data.json", FORUM, "http/1.1")
curl("/missing", APP, "-X", "DELETE")
expect("pass", "-", "DELETE", "/missing", APP, "http/1.1")
// -m: so many times on one connection, of which the first is upgraded. Apache often goes away behind that, and says
// what it has refused.
nghttp("/data.json", APP, "-m", "3")
expect("pass", "-", "GET", "/data.json", APP, "http/1.1")
for (let i = 0; i < 2; i++)
	expect("unknown|pass", "-", "GET", "/data.json", APP, "h2 outcome=refused|response may=not-cors-refused")
fs.writeFileSync(process.env.EXPECT, lines.join("\n") + "\n")
