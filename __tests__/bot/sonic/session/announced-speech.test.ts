import { AnnouncedSpeech } from '../../../../bot/sonic/session/announced-speech';

/** Two sentences of which all audio has come. */
function twoSentences(): AnnouncedSpeech {
  const speech = new AnnouncedSpeech();
  speech.announce('Once upon a time.');
  speech.spoke(1_000);
  speech.announce('There was a bot.');
  speech.spoke(500);
  speech.spoke(500);
  return speech;
}

describe('what a caller has heard of an answer that was interrupted', () => {
  it.each([
    ['all of it', 0, ['Once upon a time.', 'There was a bot.']],
    ['all but the end of a word', 250, ['Once upon a time.', 'There was a bot.']],
    ['one sentence', 600, ['Once upon a time.']],
    ['one sentence, and nothing of the next', 1_000, ['Once upon a time.']],
    ['half a sentence', 1_500, []],
    ['nothing', 2_000, []],
    ['less than nothing: audio of an answer before it waits, too', 9_000, []],
  ])('%s', (_, unheardMs, heard) => {
    expect(twoSentences().takeHeard(unheardMs)).toEqual(heard);
  });

  it('not a sentence whose audio still comes, even if all that came was heard', () => {
    const speech = twoSentences();
    speech.announce('It liked to talk to people.');
    speech.spoke(200);
    expect(speech.takeHeard(0)).toEqual(['Once upon a time.', 'There was a bot.']);
  });
});

describe('what counts of an answer whose stream broke', () => {
  it('sentences that came whole', () => {
    const speech = twoSentences();
    speech.announce('It liked to talk to people.');
    expect(speech.takeWhole(false)).toEqual(['Once upon a time.', 'There was a bot.']);
  });

  it('everything, when the answer was complete, however short its audio', () => {
    const speech = new AnnouncedSpeech();
    speech.announce('It liked to talk to people.');
    expect(speech.takeWhole(true)).toEqual(['It liked to talk to people.']);
  });
});

describe("the model's word that a sentence was spoken (rule 3)", () => {
  it('is known by its text, whatever its spacing and punctuation', () => {
    const speech = twoSentences();
    expect(speech.confirm(' once upon a time')).toEqual(['Once upon a time.']);
    expect(speech.takeHeard(0)).toEqual(['There was a bot.']);
  });

  it('counts what was announced before it, of which it never came', () => {
    const speech = twoSentences();
    expect(speech.confirm('There was a bot.')).toEqual(['Once upon a time.', 'There was a bot.']);
    expect(speech.isEmpty).toBe(true);
  });

  it('counts once when it comes twice', () => {
    const speech = twoSentences();
    expect(speech.confirm('Once upon a time.')).toEqual(['Once upon a time.']);
    expect(speech.confirm('Once upon a time.')).toEqual([]);
  });

  it('does not count twice when it comes late', () => {
    const speech = twoSentences();
    speech.takeHeard(600);
    speech.announce('Noon.');
    expect(speech.confirm('Once upon a time.')).toEqual([]);
    expect(speech.confirm('Noon.')).toEqual(['Noon.']);
    expect(speech.isEmpty).toBe(true);
  });

  it('may be of as much as was heard of a sentence', () => {
    const speech = twoSentences();
    expect(speech.confirm('Once upon')).toEqual(['Once upon']);
    expect(speech.confirm('There was a bot.')).toEqual(['There was a bot.']);
  });

  it('counts as said what nobody announced, and drops no sentence for it', () => {
    const speech = twoSentences();
    expect(speech.confirm('Hello.')).toEqual(['Hello.']);
    expect(speech.takeHeard(0)).toEqual(['Once upon a time.', 'There was a bot.']);
  });

  it('counts for the new one where both have the same text', () => {
    const speech = new AnnouncedSpeech();
    speech.announce('Yes.');
    speech.spoke(300);
    speech.takeHeard(0);
    speech.announce('Yes.');
    expect(speech.confirm('Yes.')).toEqual(['Yes.']);
    expect(speech.isEmpty).toBe(true);
  });
});
