// SPDX-License-Identifier: BSD-2-Clause
// One connection of HTTP/2, many requests at a time, and a line about each response:
//
//   node h2client.js ADDRESS PORT AT_A_TIME METHOD,PATH,ORIGIN,BYTES...

"use strict"
const http2 = require("http2")

const [address, port, width, ...requests] = process.argv.slice(2)
// The bodies that wait count as the session's memory, in MB.
const session = http2.connect(`http://${address}:${port}`, { settings: { headerTableSize: 65536 }, maxSessionMemory: 100 })

const send = (words) => new Promise((resolve, reject) => {
	const [method, path, origin, bytes] = words.split(",")
	const stream = session.request({ ":method": method, ":path": path, origin, "user-agent": "Mozilla/5.0",
		"sec-fetch-mode": "cors", "sec-fetch-site": "cross-site", "sec-fetch-dest": "empty", accept: "*/*" },
	{ endStream: !Number(bytes) })
	stream.on("response", (headers) => console.log(`${method} ${path} ${headers[":status"]} ${origin} HTTP/2.0`))
	stream.on("error", reject)
	stream.on("close", resolve)
	stream.resume()
	if (Number(bytes)) stream.end(Buffer.alloc(Number(bytes), "some bytes"))
})

const worker = async () => {
	while (requests.length) await send(requests.shift())
}

Promise.all(Array.from({ length: Number(width) }, worker)).then(() => session.close())
