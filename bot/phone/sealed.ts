import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

const keyFor = (streamKey: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', streamKey, Buffer.alloc(0), 'data of a call that the bot makes', 32));

/** Data that travels in an address, which proxies log: readable by tasks that have the key, and by nobody else. */
export function sealed(text: string, streamKey: Buffer): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keyFor(streamKey), iv);
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
}

/** @returns undefined for what none of the keys has sealed */
export function unsealed(box: string, streamKeys: readonly Buffer[]): string | undefined {
  const bytes = Buffer.from(box, 'base64url');
  for (const key of streamKeys) {
    try {
      const decipher = createDecipheriv(CIPHER, keyFor(key), bytes.subarray(0, IV_BYTES));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      return decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      // Another key's, or nobody's.
    }
  }
  return undefined;
}
