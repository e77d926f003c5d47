// SPDX-License-Identifier: BSD-2-Clause
// Elements. Text is only ever set as text: nothing that came off the wire is read as markup.

const COPIED_MS = 1600;

const byId = id => document.getElementById(id);

// A new element: properties, data-* in dataset, aria-* and role in attributes, then children: elements or text.
function make(tag, { data = {}, attributes = {}, ...properties } = {}, ...children) {
	const element = document.createElement(tag);
	Object.assign(element, properties);
	Object.assign(element.dataset, data);
	for (const [name, value] of Object.entries(attributes))
		element.setAttribute(name, value);
	element.append(...children.filter(child => child !== null && child !== undefined));
	return element;
}

const span = (className, text) => make('span', { className }, text);

// A value off the wire, kept apart from the direction of what stands around it.
const wired = (text, className = '') => make('bdi', { className: `wire ${className}` }, wire(text));

function setText(element, text) {
	if (element.textContent !== text)
		element.textContent = text;
}

function tell(text) {
	byId('told').textContent = text;
}

// Without a secure context there is no clipboard but the old one.
async function copyText(text) {
	if (navigator.clipboard && window.isSecureContext) {
		await navigator.clipboard.writeText(text);
		return;
	}
	const area = make('textarea', { value: text, className: 'told' });
	document.body.append(area);
	area.select();
	const done = document.execCommand('copy');
	area.remove();
	if (!done)
		throw new Error('the browser refuses');
}

function copyButton(label, what, text) {
	const button = make('button', { type: 'button', className: 'button', data: { copy: what } }, label);
	button.addEventListener('click', async () => {
		try {
			await copyText(text());
			button.textContent = 'Copied';
			button.classList.add('done');
			tell(`${what} copied`);
		} catch {
			button.textContent = 'Select and copy by hand';
		}
		setTimeout(() => {
			button.textContent = label;
			button.classList.remove('done');
		}, COPIED_MS);
	});
	return button;
}

const badge = severity => make('span', { className: 'badge', data: { severity } }, severity);

function empty(title, text) {
	return make('div', { className: 'card empty' }, make('strong', {}, title), text);
}
