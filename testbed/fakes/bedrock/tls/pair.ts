import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Where the certificate is, for `NODE_EXTRA_CA_CERTS`. */
export const TEST_ONLY_CERT_FILE = path.join(__dirname, 'test-only.cert.pem');

/** The test-only key pair beside this file; see its README. */
export function testOnlyTls(): { readonly key: string; readonly cert: string } {
  return {
    key: readFileSync(path.join(__dirname, 'test-only.key.pem'), 'utf8'),
    cert: readFileSync(TEST_ONLY_CERT_FILE, 'utf8'),
  };
}
