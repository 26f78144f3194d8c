/**
 * Splits `text` into pieces of at most `maxBytes` bytes of UTF-8 each, whose concatenation is `text`. Never cuts inside
 * a character, and cuts behind a space where the second half of the piece has one. `maxBytes` is at least 4, the
 * longest character. A lone surrogate counts as the replacement character it becomes.
 */
export function splitUtf8(text: string, maxBytes: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (Buffer.byteLength(rest) > maxBytes) {
    const head = headOfBytes(rest, maxBytes);
    const space = head.lastIndexOf(' ') + 1;
    const piece = space > head.length / 2 ? head.slice(0, space) : head;
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  if (rest !== '') pieces.push(rest);
  return pieces;
}

/** The longest start of `text` that fits `maxBytes` bytes of UTF-8, in whole characters. */
export function headOfBytes(text: string, maxBytes: number): string {
  let bytes = 0;
  let end = 0;
  while (end < text.length) {
    const code = text.codePointAt(end) ?? 0;
    bytes += utf8Length(code);
    if (bytes > maxBytes) break;
    end += code > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}

/** The longest end of `text` that fits `maxBytes` bytes of UTF-8, in whole characters. */
export function tailOfBytes(text: string, maxBytes: number): string {
  let bytes = 0;
  let start = text.length;
  while (start > 0) {
    const low = text.charCodeAt(start - 1);
    const high = start > 1 ? text.charCodeAt(start - 2) : 0;
    const isPair = low >= 0xdc00 && low < 0xe000 && high >= 0xd800 && high < 0xdc00;
    bytes += isPair ? 4 : utf8Length(low);
    if (bytes > maxBytes) break;
    start -= isPair ? 2 : 1;
  }
  return text.slice(start);
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
