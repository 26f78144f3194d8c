import { randomBytes } from 'node:crypto';

const alphanumeric = (length: number, alphabet: string): string =>
  [...randomBytes(length)].map((byte) => alphabet[byte % alphabet.length]).join('');

/** Values in the right shapes, new in every run: what a test finds in a log cannot be a coincidence. */
export const SECRETS = {
  dailyKey: randomBytes(32).toString('hex'),
  newDailyKey: randomBytes(32).toString('hex'),
  startKey: randomBytes(24).toString('base64url'),
  twilioToken: randomBytes(16).toString('hex'),
  twilioKeySecret: alphanumeric(32, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'),
  accessKeyId: `AKIA${alphanumeric(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`,
  secretAccessKey: alphanumeric(40, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/+'),
} as const;

/** How much of a secret's beginning is looked for: less would be found by chance. */
const PREFIX_CHARS = 6;

/** What of the secrets is in a text: names of values, no values. `more` are values that a test made itself. */
export function leaksIn(text: string, more: readonly string[] = []): string[] {
  const all = [...Object.entries(SECRETS), ...more.map((value, index) => [`value ${index}`, value] as const)];
  return all.flatMap(([name, value]) => {
    // The first characters of an access key id are the same for all.
    const body = value.startsWith('AKIA') ? value.slice(4) : value;
    if (text.includes(value)) return [`${name} whole`];
    return text.includes(body.slice(0, PREFIX_CHARS)) ? [`${name}'s first characters`] : [];
  });
}
