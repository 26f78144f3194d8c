import { readBack } from '../../../bot/tools/rules/read-back';
import { DEFAULT_MODEL_ID, languagesOf } from '../../../contract/models';

describe('what is read back', () => {
  it.each([
    ['en-GB', /^Book Monday,? 30 November 2026, 09:30 for 1,200\.5 \(yes\): a, b and c\?$/],
    ['de-DE', /^Book Montag, 30\. November 2026, 09:30 for 1\.200,5 \(ja\): a, b und c\?$/],
  ])('has days, times, numbers and lists as the language has them: %s', (language, sentence) => {
    const args = { day: '2026-11-30 09:30', price: 1_200.5, sure: true, list: ['a', 'b', 'c'] };
    expect(readBack('Book {day} for {price} ({sure}): {list}?', args, language)).toMatch(sentence);
  });

  it.each(languagesOf(DEFAULT_MODEL_ID))('leaves words as they are, and has none of JSON: %s', (language) => {
    const args = { who: 'Ana 2026', none: null, no: false, deep: [{ at: '09:30' }] };
    const sentence = readBack('{who} {none} {no} {deep} {missing}', args, language);
    expect(sentence).toMatch(/^Ana 2026 – \S+ .*30.* –$/);
    expect(sentence).not.toMatch(/[{}[\]"]|null|true|false|undefined/);
  });
});
