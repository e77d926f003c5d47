// SPDX-License-Identifier: BSD-2-Clause
//
// Express with the cors package, as its documentation shows it.

"use strict"
const express = require("express")
const cors = require("cors")
const { upgrade } = require("./websocket")

const app = express()
app.use(cors({
	origin: ["https://app.example.com", "https://admin.example.com"],
	credentials: true,
	maxAge: 600,
}))
app.use(express.json())
app.get("/", (request, response) => response.type("html").send("<!doctype html><title>API</title>"))
app.get("/data.json", (request, response) => response.json({ hello: "world" }))
app.all("/echo", (request, response) => response.json({ method: request.method }))
app.get("/boom", (request, response) => response.status(500).json({ error: "boom" }))
app.listen(Number(process.env.PORT), "203.0.113.20").on("upgrade", upgrade)
