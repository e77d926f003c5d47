/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * xml: text of the wire inside XML, as an attribute's value or an element's content.
 *
 * Spec: XML 1.0, 2.2 and 2.4. Characters that XML cannot hold, or a reader cannot see, are written
 * as out_safe() writes them: as \xNN.
 */
#ifndef REPORT_XML_H
#define REPORT_XML_H

#include "base/span.h"
#include "report/out.h"

/* On one line. */
void xml_span(struct out *o, struct span s);

/* With its lines and tabs kept: for content, not for an attribute. */
void xml_block(struct out *o, struct span s);

#endif
