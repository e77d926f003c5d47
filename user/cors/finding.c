/* SPDX-License-Identifier: BSD-2-Clause */
#include "cors/finding.h"

const char *cors_kind_text(enum cors_kind k)
{
	switch (k) {
	case CORS_KIND_NONE: return "none";
	case CORS_KIND_PREFLIGHT: return "preflight";
	case CORS_KIND_ACTUAL: return "actual";
	case CORS_KIND_UNKNOWN: break;
	}
	return "unknown";
}

const char *cors_verdict_text(enum cors_verdict v)
{
	switch (v) {
	case CORS_VERDICT_NONE: return "none";
	case CORS_VERDICT_PASS: return "pass";
	case CORS_VERDICT_BLOCK: return "block";
	case CORS_VERDICT_UNKNOWN: break;
	}
	return "unknown";
}

const char *cors_credentials_text(enum cors_credentials c)
{
	switch (c) {
	case CORS_CREDENTIALS_INCLUDE: return "include";
	case CORS_CREDENTIALS_OMITTED: return "omitted";
	case CORS_CREDENTIALS_UNKNOWN: break;
	}
	return "unknown";
}
