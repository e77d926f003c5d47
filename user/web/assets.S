/* SPDX-License-Identifier: BSD-2-Clause */

/* The files of the page, between two names each; see asset.h. CHART_JS comes from the Makefile. */
	.section .note.GNU-stack, "", %progbits
	.section .rodata

	.global embedded_frame, embedded_frame_end
embedded_frame:
	.incbin "user/web/page/index.html"
embedded_frame_end:

	.global embedded_style, embedded_style_end
embedded_style:
	.incbin "user/web/page/style.css"
embedded_style_end:

	.global embedded_app, embedded_app_end
embedded_app:
	.incbin "user/web/page/10-format.js"
	.incbin "user/web/page/20-source.js"
	.incbin "user/web/page/30-element.js"
	.incbin "user/web/page/40-charts.js"
	.incbin "user/web/page/50-causes.js"
	.incbin "user/web/page/60-detail.js"
	.incbin "user/web/page/70-tables.js"
	.incbin "user/web/page/80-keys.js"
	.incbin "user/web/page/90-main.js"
embedded_app_end:

	.global embedded_chart, embedded_chart_end
embedded_chart:
	.incbin CHART_JS
embedded_chart_end:

	.global embedded_icon, embedded_icon_end
embedded_icon:
	.incbin "user/web/page/icon.svg"
embedded_icon_end:

	.global embedded_schema, embedded_schema_end
embedded_schema:
	.incbin "user/web/api.json"
embedded_schema_end:
