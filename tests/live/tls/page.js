// SPDX-License-Identifier: BSD-2-Clause
// A page on one port and an API on the next, both https: node page.js PORT KEY CERTIFICATE LOG h1|h2
// The page asks the API each question and shows what the browser made of it. What asks with credentials after
// the cookie was set shows them on the wire.
const fs = require('fs');
const [port, key, cert, log, version] = process.argv.slice(2);
const out = fs.openSync(log, 'a');

const answers = {
  '/right': (origin) => ({ 'Access-Control-Allow-Origin': origin, Vary: 'Origin' }),
  '/none': () => ({}),
  '/slash': (origin) => ({ 'Access-Control-Allow-Origin': origin + '/' }),
  '/any': () => ({ 'Access-Control-Allow-Origin': '*' }),
  '/credentials': (origin) => ({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true',
                                 Vary: 'Origin', 'Set-Cookie': 'seen=1; Secure; SameSite=None' }),
  '/any-credentials': () => ({ 'Access-Control-Allow-Origin': '*' }),
  '/put': (origin) => ({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Methods': 'PUT', Vary: 'Origin' }),
  '/patch': (origin) => ({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Methods': 'PUT', Vary: 'Origin' }),
};
const how = { '/put': { method: 'PUT' }, '/patch': { method: 'PATCH' }, '/credentials': { credentials: 'include' },
              '/any-credentials': { credentials: 'include' } };

const page = `<!doctype html><title>asking</title><script type="module">
const how = ${JSON.stringify(how)}, all = {};
for (const path of ${JSON.stringify(Object.keys(answers))})
  all[path] = await fetch('https://' + location.hostname + ':${+port + 1}' + path, how[path]).then(() => 'pass', () => 'block');
document.body.textContent = 'told ' + JSON.stringify(all) + ' told';
</script><body></body>`;

function serve(port, answer) {
  const options = { key: fs.readFileSync(key), cert: fs.readFileSync(cert), allowHTTP1: true };
  const http = require(version === 'h2' ? 'http2' : 'https');
  (http.createSecureServer || http.createServer)(options, answer).listen(port);
}

serve(+port + 1, (request, response) => {
  const { origin } = request.headers;
  const headers = answers[request.url] ? answers[request.url](origin) : {};
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  request.resume();
  response.end('answer');
  fs.writeSync(out, `${request.method} ${request.url} ${response.statusCode}\n`);
});
serve(+port, (request, response) => {
  response.setHeader('Content-Type', 'text/html');
  response.end(page);
});
