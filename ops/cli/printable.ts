/**
 * What a terminal or a reader's eye takes as a command: control characters but tab and line feed, and those that turn
 * the direction of writing. Source: Unicode, general category Cc, and Bidi_Control.
 */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The text with such characters shown as JSON writes them, so that JSON stays what it was. */
export function printable(text: string): string {
  return text.replace(CONTROLS, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
