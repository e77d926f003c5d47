/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * preflight: the verdict on a CORS-preflight response.
 *
 * In:   request and response of the preflight.
 * Out:  struct check, in the order in which Chromium looks.
 * Spec: Fetch, #cors-preflight-fetch, step 7.
 */
#ifndef CORS_PREFLIGHT_H
#define CORS_PREFLIGHT_H

#include "cors/check.h"

/* True for OPTIONS with Origin and Access-Control-Request-Method. */
bool preflight_is(struct span method, const struct fieldget *request);

/* Judge as the actual request's credentials mode would have it. */
struct check preflight_check(const struct check_input *in, const struct fieldget *request,
			     uint16_t status, bool is_include);

/* Whether Authorization was asked for and only "*" allows it: forbidden by the standard, let
 * through by the browsers. */
bool preflight_auth_is_by_wildcard(const struct fieldget *request, const struct fieldget *response);

/* Seconds that the permission may be kept; the standard's 5 when absent or unreadable.
 * *is_told is false then. */
uint64_t preflight_max_age_s(const struct fieldget *response, bool *is_told);

/* 301, 302, 303, 307 and 308 (Fetch, #redirect-status). */
bool preflight_is_redirect(uint16_t status);

#endif
