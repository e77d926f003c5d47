// SPDX-License-Identifier: BSD-2-Clause
// The keyboard, and the choice between light and dark.

const THEME = 'cors-sniff-theme';

// What the reader chose earlier; a saved page may have no storage.
function storedTheme() {
	try {
		return localStorage.getItem(THEME);
	} catch {
		return null;
	}
}

function themeSet(theme, isChosen) {
	document.documentElement.dataset.theme = theme;
	try {
		if (isChosen)
			localStorage.setItem(THEME, theme);
	} catch {
		// It lasts as long as the page.
	}
}

// changed() is called after each switch.
function themeStart(changed) {
	const dark = matchMedia('(prefers-color-scheme: dark)');
	const toggle = () => {
		themeSet(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark', true);
		changed();
	};
	themeSet(storedTheme() ?? (dark.matches ? 'dark' : 'light'), false);
	dark.addEventListener('change', () => {
		if (storedTheme())
			return;
		themeSet(dark.matches ? 'dark' : 'light', false);
		changed();
	});
	byId('theme').addEventListener('click', toggle);
	return toggle;
}

// actions: by key. A key that is typed into a field is the field's, but for Escape.
function keysStart(actions) {
	document.addEventListener('keydown', event => {
		const isTyping = event.target.matches('input, textarea');
		if (event.ctrlKey || event.metaKey || event.altKey || byId('help').open || (isTyping && event.key !== 'Escape'))
			return;
		if (actions[event.key] && actions[event.key](event) !== false)
			event.preventDefault();
	});
	byId('help-open').addEventListener('click', () => byId('help').showModal());
}
