// SPDX-License-Identifier: BSD-2-Clause
// A certificate for the set's own names, made anew for each run and trusted only by the browser that is started here.
import { execFileSync } from 'node:child_process';
import { X509Certificate, createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const NAMES = [
	'DNS:localhost', 'DNS:*.example.test', 'DNS:example.test', 'DNS:other.test', 'DNS:evilexample.test',
	'IP:127.0.0.1', 'IP:::1',
];

// { cert, key: PEM, pin: hash of the public key, as --ignore-certificate-errors-spki-list wants it }
export function makeCertificate(directory) {
	const certFile = path.join(directory, 'cert.pem');
	const keyFile = path.join(directory, 'key.pem');
	execFileSync('openssl', [
		'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
		'-subj', '/CN=cors-oracle', '-addext', 'subjectAltName=' + NAMES.join(','),
		'-keyout', keyFile, '-out', certFile,
	], { stdio: 'ignore' });
	const cert = readFileSync(certFile);
	const publicKey = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
	return { cert, key: readFileSync(keyFile), pin: createHash('sha256').update(publicKey).digest('base64') };
}
