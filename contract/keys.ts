/** What START_API_KEY, SERVER_API_KEY and ADMIN_API_KEY are made of: an HTTP header carries nothing else unchanged. */
export const KEY_RULE = 'at least 16 visible ASCII characters without a space';
export const KEY_PATTERN = /^[\x21-\x7e]{16,512}$/;

/** Whether a caller may be asking with this as a key; one with other characters cannot even be sent. */
export function isSendableKey(key: string): boolean {
  return /^[\x21-\x7e]+$/.test(key);
}
