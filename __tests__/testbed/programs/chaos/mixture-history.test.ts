import { unheardIn, type ToldSentence } from '../../../../testbed/programs/chaos/mixture-history';

const heard = (text: string, part = text, atMs = 0): ToldSentence => ({ text, heard: part, atMs });
const CALL = [
  heard('Hello there.'),
  heard('This is a story that goes on for a while.', 'This is a'),
  heard('It does not end here.', ''),
  heard('One moment, please.'),
  heard('\n\nThe time is noon.'),
];

describe('a history that a stream is told', () => {
  it.each([
    ['nothing', ''],
    ['all of it', 'Hello there. This is a One moment, please. The time is noon.'],
    ['less', 'This is One moment, please.'],
  ])('is right with %s that was heard', (_how, said) => {
    expect(unheardIn({ said, atMs: 1 }, CALL)).toBeUndefined();
  });

  it.each([
    ['more of a sentence than was heard', 'Hello there. This is a story that goes', 'story that goes'],
    ['a sentence that was not heard', 'Hello there. It does not end here.', 'It does not end here.'],
    ['a sentence twice', 'Hello there. One moment, please. One moment, please.', 'One moment, please.'],
    ['another order', 'One moment, please. Hello there.', 'Hello there.'],
  ])('is wrong with %s', (_how, said, rest) => {
    expect(unheardIn({ said, atMs: 1 }, CALL)).toBe(rest);
  });

  it('may hold a sentence whole that was on its way to the ear, and was cut off later', () => {
    const sentences = [heard('Hello there.'), heard('Here is a story.', 'Here is', 2_000)];
    const said = 'Hello there. Here is a story.';
    expect(unheardIn({ said, atMs: 1_000 }, sentences)).toBeUndefined();
    expect(unheardIn({ said, atMs: 3_000 }, sentences)).toBe('a story.');
  });
});
