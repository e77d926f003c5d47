// SPDX-License-Identifier: BSD-2-Clause
// A seeded generator of random numbers: sfc32, its state filled from a label by xmur3.
// Every case has a generator of its own, so that case 17 of a seed is the same among 20 cases or 10,000.

// Turn a label into as many well-mixed 32-bit numbers as are asked for.
function hashNumbers(label) {
	let h = 1779033703 ^ label.length;
	for (let i = 0; i < label.length; i++) {
		h = Math.imul(h ^ label.charCodeAt(i), 3432918353);
		h = (h << 13) | (h >>> 19);
	}
	return () => {
		h = Math.imul(h ^ (h >>> 16), 2246822507);
		h = Math.imul(h ^ (h >>> 13), 3266489909);
		h ^= h >>> 16;
		return h >>> 0;
	};
}

export class Rng {
	constructor(label) {
		const next = hashNumbers(String(label));
		this.state = [next(), next(), next(), next()];
		// sfc32 needs a dozen rounds until its first outputs no longer resemble the seed.
		for (let i = 0; i < 12; i++)
			this.u32();
	}

	u32() {
		let [a, b, c, d] = this.state.map(x => x | 0);
		const sum = (((a + b) | 0) + d) | 0;
		d = (d + 1) | 0;
		a = b ^ (b >>> 9);
		b = (c + (c << 3)) | 0;
		c = (c << 21) | (c >>> 11);
		c = (c + sum) | 0;
		this.state = [a, b, c, d];
		return sum >>> 0;
	}

	// From 0 up to, never reaching, 1.
	fraction() {
		return this.u32() / 2 ** 32;
	}

	below(limit) {
		return Math.floor(this.fraction() * limit);
	}

	chance(probability) {
		return this.fraction() < probability;
	}

	pick(list) {
		return list[this.below(list.length)];
	}

	// One row of a table whose rows begin with their weight.
	row(table) {
		const total = table.reduce((sum, row) => sum + row[0], 0);
		let left = this.fraction() * total;
		for (const row of table) {
			left -= row[0];
			if (left < 0)
				return row;
		}
		return table[table.length - 1];
	}

	// The value out of [[weight, value], ...].
	weighted(table) {
		return this.row(table)[1];
	}

	shuffle(list) {
		const out = list.slice();
		for (let i = out.length - 1; i > 0; i--) {
			const j = this.below(i + 1);
			[out[i], out[j]] = [out[j], out[i]];
		}
		return out;
	}
}
