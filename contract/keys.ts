/** Whether a caller may be asking with this as a key; one with other characters cannot even be sent. */
export function isSendableKey(key: string): boolean {
  return /^[\x21-\x7e]+$/.test(key);
}
