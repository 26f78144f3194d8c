import { Dialogue, GO_ON } from '../../../../bot/sonic/session/dialogue';

const user = (text: string) => ({ role: 'user', text, stage: 'final' }) as const;
const announced = (text: string) => ({ role: 'assistant', text, stage: 'speculative' }) as const;
const whole = (text: string) => ({ text, isWhole: true });
const partly = (text: string) => ({ text, isWhole: false });

function dialogue(): Dialogue {
  return new Dialogue(32_768);
}

describe('a stream that breaks', () => {
  it('before the answer has begun: the question is asked again', () => {
    const d = dialogue();
    d.heard(user('What time is it?'));
    expect(d.streamLost(true)).toBeUndefined();
    expect(d.replay()).toEqual({ messages: [], question: 'What time is it?' });
  });

  it('in the middle of an answer of which nothing is confirmed: it is cut off and the question asked again', () => {
    const d = dialogue();
    d.heard(user('What time is it?'));
    d.turnStarted();
    d.heard(announced('It is'));
    expect(d.streamLost(true)).toBe('interrupted');
    expect(d.replay()).toEqual({ messages: [], question: 'What time is it?' });
  });

  it('in the middle of an answer of which a part was spoken: it is heard as far as it came, and gone on with', () => {
    const d = dialogue();
    d.heard(user('Tell me a story.'));
    d.turnStarted();
    d.heard(announced('Once upon a time.'));
    d.spoken('Once upon a time.');
    d.heard(announced('There was a bot.'));
    expect(d.streamLost(true)).toBe('ended');
    expect(d.replay().messages).toEqual([
      { role: 'user', text: 'Tell me a story.' },
      { role: 'assistant', text: 'Once upon a time.' },
    ]);
    expect(d.replay().question).toBe(GO_ON);
    d.heard(user(GO_ON));
    d.turnStarted();
    d.spoken('There was a bot.');
    d.turnEnded();
    expect(d.replay()).toMatchObject({
      question: undefined,
      messages: [{}, { text: 'Once upon a time. There was a bot.' }],
    });
  });

  it('in the middle of a sentence: those before it are heard to their end, though nobody confirms them', () => {
    const d = dialogue();
    d.heard(user('Tell me a story.'));
    d.turnStarted();
    d.heard(announced('Once upon a time.'));
    d.heard(announced('There was a bot.'));
    const unheard = [whole('Once upon a time.'), partly('There was a bot.')];
    expect(d.streamLost(true, false, unheard)).toBe('ended');
    expect(d.replay(unheard).messages.at(-1)).toEqual({ role: 'assistant', text: 'Once upon a time.' });
  });

  it('regression: words of the former answer that come after the next question do not hide that question', () => {
    const d = dialogue();
    d.typed('Tell me a story.');
    d.turnStarted();
    d.heard(announced('Once.'));
    d.heard(announced('The end.'));
    d.spoken('Once.');
    d.turnEnded();
    d.typed('What time is it?');
    d.spoken('The end.');
    d.streamLost(true);
    expect(d.replay()).toEqual({
      messages: [
        { role: 'user', text: 'Tell me a story.' },
        { role: 'assistant', text: 'Once. The end.' },
      ],
      question: 'What time is it?',
    });
  });

  it('regression: after a whole sentence, and nothing more: the rest is asked for, as there may be one', () => {
    const d = dialogue();
    d.heard(user('What time is it?'));
    d.turnStarted();
    d.heard(announced('It is noon.'));
    const unheard = [whole('It is noon.')];
    expect(d.streamLost(true, false, unheard)).toBe('ended');
    expect(d.replay(unheard)).toEqual({
      messages: [
        { role: 'user', text: 'What time is it?' },
        { role: 'assistant', text: 'It is noon.' },
      ],
      question: GO_ON,
    });
  });

  it('in the middle of the first sentence: it is given again', () => {
    const d = dialogue();
    d.heard(user('What time is it?'));
    d.turnStarted();
    d.heard(announced('It is noon, or a little later.'));
    const unheard = [partly('It is noon, or a little later.')];
    expect(d.streamLost(true, false, unheard)).toBe('interrupted');
    expect(d.replay().question).toBe('What time is it?');
  });

  it('for good, in the middle of an answer: it is heard as far as it came', () => {
    const d = dialogue();
    d.heard(user('What time is it?'));
    d.turnStarted();
    expect(d.streamLost(false)).toBe('ended');
  });

  it('after a complete answer: what is left of it will be heard, and counts as spoken', () => {
    const d = dialogue();
    d.typed('Greet the caller.');
    d.turnStarted();
    d.heard(announced('Hello!'));
    d.heard(announced('How are you?'));
    d.spoken('Hello!');
    expect(d.turnEnded()).toBe(true);
    const unheard = [whole('How are you?')];
    expect(d.streamLost(true, false, unheard)).toBeUndefined();
    expect(d.replay(unheard)).toEqual({
      messages: [
        { role: 'user', text: 'Greet the caller.' },
        { role: 'assistant', text: 'Hello! How are you?' },
      ],
      question: undefined,
    });
  });

  it('after a barge-in: only what was spoken counts', () => {
    const d = dialogue();
    d.typed('Greet the caller.');
    d.turnStarted();
    d.heard(announced('Hello!'));
    d.heard(announced('How are you?'));
    d.spoken('Hello!');
    d.interrupted();
    d.streamLost(true);
    expect(d.replay().messages.at(-1)).toEqual({ role: 'assistant', text: 'Hello!' });
  });

  it('regression: after a barge-in that came when a sentence had just been heard: it counts, though nobody confirmed it', () => {
    const d = dialogue();
    d.typed('Remember: my code word is heron.');
    d.turnStarted();
    d.heard(announced('I will remember that.'));
    d.heard(announced('Is there anything else?'));
    d.turnEnded();
    d.spoken('I will remember that.');
    d.typed('What is the weather in Paris?');
    d.interrupted();
    d.streamLost(true);
    expect(d.replay()).toEqual({
      messages: [
        { role: 'user', text: 'Remember: my code word is heron.' },
        { role: 'assistant', text: 'I will remember that.' },
      ],
      question: 'What is the weather in Paris?',
    });
  });

  it('whose last words nobody confirmed before the next answer began: they count, before what that one answers', () => {
    const d = dialogue();
    d.heard(user('How are you?'));
    d.turnStarted();
    d.heard(announced('Well.'));
    d.turnEnded();
    d.heard(user('And what'));
    d.heard(user('time is it?'));
    d.turnStarted(1);
    d.heard(announced('Noon.'));
    d.spoken('Well.');
    d.spoken('Noon.');
    d.turnEnded();
    expect(d.replay().messages.map(({ text }) => text)).toEqual([
      'How are you?',
      'Well.',
      'And what time is it?',
      'Noon.',
    ]);
  });
});

describe('Dialogue', () => {
  it('R6: keeps a sentence that is said as it was typed before, and answered', () => {
    const d = dialogue();
    for (let time = 0; time < 2; time += 1) {
      d.typed('What time is it?');
      d.turnStarted();
      d.turnEnded();
      d.spoken('Noon.');
    }
    expect(d.heard(user('What time is it?'))).toBe(true);
    expect(d.replay().question).toBe('What time is it?');
    expect(d.replay().messages).toHaveLength(4);
  });

  it('R6: keeps a sentence that is said as it was just typed, where a voice was heard', () => {
    const d = dialogue();
    d.typed('What time is it?');
    d.callerSpeaks();
    expect(d.heard(user('What time is it?'))).toBe(true);
    expect(d.replay().question).toBe('What time is it? What time is it?');
  });

  it("counts what the caller heard, and not the model's word for it", () => {
    const d = dialogue();
    d.heard(user('How are you?'));
    d.turnStarted();
    d.heard(announced('Well, and how are you?'));
    d.interrupted();
    d.spoken('Well, and');
    expect(d.heard({ role: 'assistant', text: 'Well, and how are you?', stage: 'final' })).toBe(false);
    expect(d.replay().messages.at(-1)).toEqual({ role: 'assistant', text: 'Well, and' });
  });

  it('does not take the echo of typed text for speech', () => {
    const d = dialogue();
    d.typed('Greet the caller.');
    expect(d.heard(user('Greet the caller.'))).toBe(false);
    expect(d.replay().question).toBe('Greet the caller.');
  });

  it('tells a late result of a tool in words, with the question that it answers', () => {
    const d = dialogue();
    d.heard(user('How is the weather in Paris?'));
    d.streamLost(true);
    d.toolAnsweredLate(`{"sky":"${'é'.repeat(2_000)}"}`);
    const { question } = d.replay();
    expect(question).toMatch(/^How is the weather in Paris\? Tell the caller what was found: \{"sky":"é+$/);
    expect(Buffer.byteLength(question ?? '')).toBeLessThan(1_100);
  });

  it('tells little at first, twice as much each time that it was taken, and half when it is refused (rule 9)', () => {
    const d = dialogue();
    for (let i = 0; i < 100; i += 1) {
      d.heard(user('Please. '.repeat(60)));
      d.turnStarted();
      d.heard(announced(`Answer ${i}. ${'Yes. '.repeat(90)}`));
      d.turnEnded();
      d.spoken(`Answer ${i}. ${'Yes. '.repeat(90)}`);
    }
    const size = () => d.replay().messages.reduce((sum, { text }) => sum + text.length, 0);
    const sizes = [size()];
    for (let i = 0; i < 4; i += 1) {
      d.turnStarted();
      sizes.push(size());
    }
    for (const [index, limit] of [4_096, 8_192, 16_384, 32_768, 32_768].entries()) {
      expect(sizes[index]).toBeLessThanOrEqual(limit);
      expect(sizes[index]).toBeGreaterThan(limit * 0.8);
    }
    expect(d.mayGoOn('trim-history')).toBe(true);
    expect(size()).toBeLessThanOrEqual(16_384);
    d.turnStarted();
    expect(size()).toBeLessThanOrEqual(16_384);
  });
});
