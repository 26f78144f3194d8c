import { headOfBytes, splitUtf8, tailOfBytes } from '../../../../bot/sonic/protocol/utf8';

const bytes = (text: string): number => Buffer.byteLength(text);

describe('splitting text by bytes', () => {
  it.each([
    ['short text', 'hello', 1_000],
    ['long text of words', 'word and word '.repeat(300), 1_000],
    ['text without a space', 'x'.repeat(2_500), 1_000],
    ['two-byte characters', 'ü'.repeat(1_501), 1_000],
    ['three-byte characters', '語'.repeat(777), 1_000],
    ['four-byte characters', '🙂'.repeat(601), 1_000],
    ['a mix, cut small', 'aé語🙂 '.repeat(50), 7],
  ])('%s: every piece fits, and together they are the text', (_, text, limit) => {
    const pieces = splitUtf8(text, limit);
    expect(pieces.join('')).toBe(text);
    for (const piece of pieces) {
      expect(bytes(piece)).toBeLessThanOrEqual(limit);
      expect(Buffer.from(piece, 'utf8').toString('utf8')).toBe(piece);
    }
  });

  it('cuts between words where it can', () => {
    expect(splitUtf8('one two three four', 10)).toEqual(['one two ', 'three four']);
  });

  it('gives nothing for nothing', () => {
    expect(splitUtf8('', 10)).toEqual([]);
  });

  it('ends for a lone surrogate, which counts as the replacement character', () => {
    expect(splitUtf8('a\ud800b', 4)).toEqual(['a\ud800', 'b']);
  });
});

describe('the head and the tail of a text', () => {
  it.each([
    ['🙂🙂🙂', 9, '🙂🙂', '🙂🙂'],
    ['aé語', 5, 'aé', 'é語'],
    ['abc', 0, '', ''],
    ['abc', 10, 'abc', 'abc'],
  ])('%s in %d bytes', (text, limit, head, tail) => {
    expect(headOfBytes(text, limit)).toBe(head);
    expect(tailOfBytes(text, limit)).toBe(tail);
  });
});
