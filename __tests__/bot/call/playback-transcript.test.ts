import { Listener } from '../../support/listener';
import { FakeClock } from '../../support/fake-clock';

const speech = (ms: number): Int16Array => new Int16Array(ms * 24).fill(1);

/** Two sentences of which all audio has come, and some of a third where it is asked for. */
function answer(thirdMs?: number) {
  const clock = new FakeClock();
  const heard: string[] = [];
  const listener = new Listener((text) => heard.push(text), clock);
  listener.sentence('Once upon a time.');
  listener.audio(speech(1_000));
  listener.sentence('There was a bot.');
  listener.audio(speech(500));
  listener.audio(speech(500));
  if (thirdMs === undefined) return { clock, heard, listener };
  listener.sentence('It liked to talk to people.');
  listener.audio(speech(thirdMs));
  return { clock, heard, listener };
}

describe('what a caller has heard of an answer that was interrupted', () => {
  it.each([
    ['all of it', 2_040, ['Once upon a time.', 'There was a bot.']],
    ['all but the end of a word', 1_800, ['Once upon a time.', 'There was a bot.']],
    ['one sentence, and the beginning of the next', 1_440, ['Once upon a time.', 'There']],
    ['one sentence, and nothing of the next', 1_040, ['Once upon a time.']],
    ['half a sentence', 560, ['Once upon']],
    ['nothing', 0, []],
  ])('%s', (_, playedMs, expected) => {
    const { clock, heard, listener } = answer();
    clock.advance(playedMs);
    listener.interrupted('caller');
    expect(heard).toEqual(expected);
    clock.advance(5_000);
    expect(heard).toEqual(expected);
    expect(listener.unheard).toEqual([]);
  });

  it('of a sentence whose audio still comes as much as came, and not the whole of it', () => {
    const { clock, heard, listener } = answer(200);
    clock.advance(5_000);
    listener.interrupted('caller');
    expect(heard).toEqual(['Once upon a time.', 'There was a bot.', 'It']);
  });

  it('nothing more, where the answer will be given anew', () => {
    const { clock, heard, listener } = answer();
    clock.advance(560);
    listener.interrupted('stream');
    expect(heard).toEqual([]);
  });
});

describe('what a caller will hear of an answer whose stream broke', () => {
  it('sentences that came whole', () => {
    const { listener } = answer(200);
    listener.endOfAnswer(true);
    expect(listener.unheard.map(({ isWhole }) => isWhole)).toEqual([true, true, false]);
  });

  it('everything, when the answer was complete, however short its audio', () => {
    const { clock, heard, listener } = answer(200);
    listener.endOfAnswer(false);
    expect(listener.unheard.map(({ isWhole }) => isWhole)).toEqual([true, true, true]);
    clock.advance(3_000);
    expect(heard).toHaveLength(3);
    expect(listener.quietForMs).toBeGreaterThan(700);
  });
});
