# SPDX-License-Identifier: BSD-2-Clause
# The built-in logic, and the mark that everybody adds.
vcl 4.1;

backend default {
	.host = "127.0.0.1";
	.port = "3000";
}

# A stale copy is not handed out while a new one is fetched, so that the story's order holds.
sub vcl_backend_response {
	set beresp.grace = 0s;
}

sub vcl_deliver {
	if (obj.hits > 0) {
		set resp.http.X-Cache = "HIT";
	} else {
		set resp.http.X-Cache = "MISS";
	}
}
