// SPDX-License-Identifier: BSD-2-Clause
// Charts: two by Chart.js, and the small ones in SVG.

const SVG = 'http://www.w3.org/2000/svg';

const color = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// Bars of a series, its latest steps at the right.
function spark(series, label) {
	const svg = document.createElementNS(SVG, 'svg');
	const bars = 36, width = 108, height = 26, step = width / bars;
	const each = Math.max(1, Math.ceil(series.length / bars));
	const sums = [];
	for (let end = series.length; end > 0; end -= each)
		sums.unshift(series.slice(Math.max(0, end - each), end).reduce((a, b) => a + b, 0));
	const top = Math.max(1, ...sums);
	sums.forEach((sum, i) => {
		const bar = document.createElementNS(SVG, 'rect');
		const tall = sum ? Math.max(2.5, height * sum / top) : 1;
		for (const [name, value] of Object.entries({
			x: width - (sums.length - i) * step, y: height - tall, width: step - 1, height: tall, rx: 1,
			opacity: sum ? 1 : 0.25,
		}))
			bar.setAttribute(name, value);
		svg.append(bar);
	});
	for (const [name, value] of Object.entries({
		viewBox: `0 0 ${width} ${height}`, class: 'spark', role: 'img', 'aria-label': label, preserveAspectRatio: 'none',
	}))
		svg.setAttribute(name, value);
	return svg;
}

const PARTS = [['block', 'blocked', 'error'], ['unknown', 'unknown', 'unknown'], ['pass', 'pass', 'ok']];

class Charts {
	constructor() {
		this.charts = {};
	}

	scales(extra) {
		const grid = { color: color('line'), drawBorder: false }, ticks = { color: color('muted'), maxRotation: 0 };
		return {
			x: { stacked: true, grid: { display: false, drawBorder: false }, ticks: { ...ticks, autoSkipPadding: 24 } },
			y: { stacked: true, beginAtZero: true, grid, ticks: { ...ticks, precision: 0, maxTicksLimit: 6 }, ...extra },
		};
	}

	// Make the chart of this name, or give it new data.
	draw(name, labels, datasets, legend) {
		const old = this.charts[name];
		if (old) {
			old.data.labels = labels;
			old.data.datasets.forEach((set, i) => Object.assign(set, datasets[i]));
			old.options.scales = this.scales();
			if (legend)
				old.options.plugins.legend.labels.color = color('muted');
			old.update('none');
			return;
		}
		this.charts[name] = new Chart(byId(`chart-${name}`), {
			type: 'bar',
			data: { labels, datasets },
			options: {
				animation: false, responsive: true, maintainAspectRatio: false,
				interaction: { mode: 'index', intersect: false },
				plugins: {
					legend: {
						display: legend, position: 'bottom',
						labels: { color: color('muted'), boxWidth: 12, boxHeight: 12 },
					},
				},
				scales: this.scales(),
			},
		});
	}

	verdicts(trend) {
		const from = Date.parse(trend.from), bars = trend.pass.length;
		const digits = trend.step_ms < SECOND ? 1 : 0;
		const labels = trend.pass.map((_, i) => clock(new Date(from + i * trend.step_ms).toISOString(), digits).slice(11));
		this.draw('verdicts', labels, PARTS.map(([key, label, tone]) => ({
			label, data: trend[key], backgroundColor: color(tone), borderRadius: 2, barPercentage: 1, categoryPercentage: 0.88, maxBarThickness: 26,
		})), true);
		const sum = key => trend[key].reduce((a, b) => a + b, 0);
		byId('chart-verdicts').setAttribute('aria-label', `Verdicts in ${bars} steps of ${milliseconds(trend.step_ms)}: ` +
			`${count(sum('block'))} blocked, ${count(sum('unknown'))} unknown, ${count(sum('pass'))} pass`);
	}

	preflights(p) {
		const label = ms => ms === null ? 'longer' : milliseconds(ms);
		this.draw('preflights', p.buckets.map(b => label(b.until_ms)), [{
			label: 'preflights answered within', data: p.buckets.map(b => b.count), backgroundColor: color('accent'), borderRadius: 3,
		}], false);
		byId('chart-preflights').setAttribute('aria-label', `Preflight durations: half ${within(p.p50_ms)}, ` +
			`99 of 100 ${within(p.p99_ms)}`);
	}
}
