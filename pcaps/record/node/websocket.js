// SPDX-License-Identifier: BSD-2-Clause
//
// The opening handshake of a WebSocket (RFC 6455, 4.2.2), and one frame.

"use strict"
const crypto = require("crypto")

const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

exports.upgrade = (request, socket) => {
	socket.on("error", () => {})
	const accept = crypto.createHash("sha1").update(request.headers["sec-websocket-key"] + MAGIC).digest("base64")
	socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		`Sec-WebSocket-Accept: ${accept}\r\n\r\n`)
	socket.end(Buffer.from([0x81, 0x05, 0x68, 0x65, 0x6c, 0x6c, 0x6f])) // text, "hello"
}
