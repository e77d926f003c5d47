-- SPDX-License-Identifier: BSD-2-Clause
-- What browsers send, for wrk: preflights and requests of several origins, some without any.
local origins = { "https://app.example.com", "https://admin.example.com", "https://shop.example",
	"http://app.example.com", "https://app.example.com:8443", "https://evil.example", "null" }
local paths = { "/small.json", "/small.json", "/small.json", "/page.json", "/page.json", "/hard.json",
	"/star.json", "/novary.json", "/large.json", "/missing.json" }

math.randomseed(7)

request = function()
	local headers = {
		["Host"] = "api.example.com",
		["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) " ..
			"Chrome/142.0.0.0 Safari/537.36",
		["Accept"] = "application/json, text/plain, */*",
		["Accept-Encoding"] = "gzip, deflate, br",
		["Accept-Language"] = "en-US,en;q=0.9",
		["Sec-Fetch-Mode"] = "cors",
		["Sec-Fetch-Site"] = "same-site",
		["Sec-Fetch-Dest"] = "empty",
		["Referer"] = "https://app.example.com/dashboard",
		["Cookie"] = "session=0123456789abcdef0123456789abcdef; theme=dark",
	}
	local path = paths[math.random(#paths)] .. "?id=" .. math.random(100000)
	local kind = math.random(100)
	if kind <= 80 then
		headers["Origin"] = origins[math.random(#origins)]
	end
	if kind <= 8 then
		headers["Access-Control-Request-Method"] = "PUT"
		headers["Access-Control-Request-Headers"] = "content-type,x-trace"
		return wrk.format("OPTIONS", path, headers)
	end
	return wrk.format("GET", path, headers)
end
