// SPDX-License-Identifier: BSD-2-Clause
// An https server with right and wrong answers: node node.js PORT KEY CERTIFICATE LOG [h2]
const fs = require('fs');
const [port, key, cert, log, version] = process.argv.slice(2);
const big = Buffer.alloc(10 << 20, 'some bytes');
const out = fs.openSync(log, 'a');

function answer(request, response) {
  const path = request.url.split('?')[0], origin = request.headers.origin;
  if (path === '/right' || path === '/big' || path === '/preflight')
    response.setHeader('Access-Control-Allow-Origin', origin);
  if (path === '/preflight')
    response.setHeader('Access-Control-Allow-Methods', 'GET, PUT');
  if (path === '/constant')
    response.setHeader('Access-Control-Allow-Origin', 'https://app.example.com');
  request.resume();
  response.end(path === '/big' ? big : path + '\n');
  fs.writeSync(out, `${request.method} ${request.url} ${response.statusCode}\n`);
}

const options = { key: fs.readFileSync(key), cert: fs.readFileSync(cert) };
if (version === 'h2')
  require('http2').createSecureServer(options, answer).listen(+port);
else
  require('https').createServer(options, answer).listen(+port);
