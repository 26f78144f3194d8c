/** A number in international form. Source: ITU-T E.164, at most 15 digits. */
export function isE164(text: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(text);
}

export function isSipAddress(text: string): boolean {
  return /^sips?:[^\s@;<>]+@[\w.-]+(?::\d+)?(?:;[\w-]+=[\w.-]+)*(?:\?\S*)?$/.test(text);
}
