import { phaseOf } from '../../../bot/call/turns/state';
import { TurnsAlone } from './support/turns-alone';

const typed = { kind: 'typed', text: 'How are you?', wish: 'aloud' } as const;

describe('a caller who waits', () => {
  it('R10: for an answer, hears within 2.5 s of any silence that it takes a moment, and that it goes on', () => {
    const turns = TurnsAlone.inConversation();
    turns.nowMs = 10_000;
    turns.send(typed);
    turns.advance(12_000);
    expect(turns.of('play-notice')).toEqual([
      'play-notice one-moment at 12500 ms',
      'play-notice still-trying at 17000 ms',
      'play-notice still-trying at 21500 ms',
    ]);
    turns.answer(1_000);
    turns.advance(20_000);
    expect(turns.of('play-notice')).toHaveLength(3);
  });

  it('R10: for the first stream to open, hears so too, from the moment there is a line to hear it on', () => {
    const turns = new TurnsAlone();
    turns.advance(9_000);
    turns.send({ kind: 'connected' });
    turns.advance(2_499);
    expect(turns.of('play-notice')).toEqual([]);
    turns.advance(7_000);
    expect(turns.of('play-notice')).toEqual([
      'play-notice one-moment at 11500 ms',
      'play-notice still-trying at 16000 ms',
    ]);
    turns.send({ kind: 'opened' }, { kind: 'client-ready' });
    expect(turns.of('ask-for-greeting')).toHaveLength(1);
  });

  it('R10: for the rest of an answer that stops in its middle, hears so too', () => {
    const turns = TurnsAlone.inConversation();
    turns.send(
      typed,
      { kind: 'turn-started' },
      { kind: 'audible', sound: 'answer', voicedAtMs: 0 },
      { kind: 'starved' },
    );
    turns.advance(2_500);
    expect(turns.of('play-notice')).toHaveLength(1);
  });

  it('for the model to be reached again: a loss while waiting does not start the wait anew', () => {
    const turns = TurnsAlone.inConversation();
    turns.send(typed);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      turns.advance(800);
      turns.send({ kind: 'reconnecting' });
    }
    turns.advance(100);
    expect(turns.of('play-notice')).toEqual(['play-notice one-moment at 3000 ms']);
  });

  it('is told nothing when all comes in time, and the next wait begins from the beginning', () => {
    const turns = TurnsAlone.inConversation();
    turns.send(typed);
    turns.advance(2_400);
    turns.answer(500);
    turns.advance(3_000);
    turns.send(typed);
    turns.advance(2_400);
    expect(turns.of('play-notice')).toEqual([]);
  });

  it('goes on waiting for the answer when the model is reached again', () => {
    const turns = TurnsAlone.inConversation();
    turns.send(typed, { kind: 'reconnecting' }, { kind: 'asked-again' });
    turns.advance(1_000);
    turns.send({ kind: 'reconnected' });
    turns.advance(1_500);
    expect(turns.of('play-notice')).toHaveLength(1);
  });

  it('is not spoken to while they speak, and waits from their last word', () => {
    const turns = TurnsAlone.inConversation();
    turns.send(typed, { kind: 'caller-started' });
    turns.advance(6_500);
    expect(turns.of('play-notice')).toEqual([]);
    turns.send({ kind: 'caller-stopped', voicedAtMs: turns.nowMs - 500 });
    turns.advance(1_999);
    expect(turns.of('play-notice')).toEqual([]);
    turns.advance(1);
    expect(turns.of('play-notice')).toHaveLength(1);
  });

  it('for a tool is told so, and for what the model makes of its result', () => {
    const turns = TurnsAlone.inConversation();
    turns.send(typed, { kind: 'tool-used' });
    turns.advance(2_500);
    expect(turns.of('play-notice')).toHaveLength(1);
    turns.advance(2_000);
    turns.send({ kind: 'tool-answered' });
    turns.advance(2_500);
    expect(turns.of('play-notice')).toHaveLength(2);
  });

  it('is not kept waiting for ever', () => {
    const turns = TurnsAlone.inConversation();
    turns.send(typed);
    turns.advance(600_000);
    expect(turns.of('play-notice').length).toBeLessThan(20);
    expect(turns.of('close')).toHaveLength(1);
    expect(turns.of('hang-up')).toHaveLength(1);
  });
});

describe('a caller who is awaited', () => {
  it('is asked first, and let go only when the question is not answered', () => {
    const turns = TurnsAlone.inConversation();
    turns.advance(30_000);
    expect(turns.log).toEqual(['ask-for-notice still-there at 30500 ms']);
    turns.answer(1_000);
    turns.advance(15_999);
    expect(turns.of('close')).toEqual([]);
    turns.advance(1);
    expect(turns.of('close')).toHaveLength(1);
  });

  it('is asked from a recording where the model does not ask', () => {
    const turns = TurnsAlone.inConversation();
    turns.advance(32_500);
    expect(turns.of('play-notice')).toEqual(['play-notice still-there at 33000 ms']);
  });

  it('is asked again, and not let go, when they did something', () => {
    for (const sign of [typed, { kind: 'words', text: 'Yes.' }, { kind: 'muted', muted: true }] as const) {
      const turns = TurnsAlone.inConversation();
      turns.advance(30_000);
      turns.answer(1_000);
      turns.advance(5_000);
      turns.send(sign);
      turns.answer(1_000);
      turns.advance(31_000);
      expect(turns.of('ask-for-notice')).toHaveLength(2);
      expect(turns.of('close')).toEqual([]);
    }
  });

  it("R2: is not present for the bot's own echo", () => {
    const turns = TurnsAlone.inConversation();
    turns.advance(30_000);
    turns.answer(1_000);
    turns.advance(300);
    turns.send({ kind: 'caller-started' });
    turns.advance(1_500);
    turns.send({ kind: 'caller-stopped', voicedAtMs: turns.nowMs - 500 });
    turns.advance(100);
    turns.send({ kind: 'caller-started' }, { kind: 'caller-stopped', voicedAtMs: turns.nowMs });
    turns.advance(15_000);
    expect(turns.of('close')).toHaveLength(1);
  });

  it('is not waited for while the bot speaks', () => {
    const turns = TurnsAlone.inConversation();
    turns.advance(29_000);
    turns.answer(600_000);
    turns.advance(600_000);
    expect(turns.of('ask-for-notice')).toEqual([]);
  });

  it('is told that the call is nearly over as soon as nobody speaks, and not before', () => {
    const turns = TurnsAlone.inConversation();
    turns.answer(3_000);
    turns.send({ kind: 'nearly-over' });
    turns.advance(2_900);
    expect(turns.of('ask-for-notice')).toEqual([]);
    turns.advance(200);
    expect(turns.of('ask-for-notice')).toEqual(['ask-for-notice nearly-over at 3500 ms']);
  });
});

describe('the phases of a call', () => {
  it('go from connecting through the greeting to turns in both directions', () => {
    const turns = new TurnsAlone();
    const phases = [phaseOf(turns.state)];
    const then = (act: () => void): void => {
      act();
      phases.push(phaseOf(turns.state));
    };
    then(() => turns.send({ kind: 'connected' }, { kind: 'opened' }, { kind: 'client-ready' }));
    then(() => turns.answer(500));
    then(() => turns.advance(500));
    then(() => turns.send({ kind: 'close', reason: 'drained', goodbye: undefined, canModelSpeak: true }));
    expect(phases).toEqual(['connecting', 'greeting', 'speaking', 'listening', 'closing']);
  });

  it('greets once, however often the client says that it is ready', () => {
    const turns = new TurnsAlone();
    turns.send({ kind: 'connected' }, { kind: 'client-ready' }, { kind: 'opened' }, { kind: 'client-ready' });
    turns.answer(500);
    turns.send({ kind: 'client-ready' });
    expect(turns.of('ask-for-greeting')).toHaveLength(1);
  });

  it('keeps the first reason to close, and hangs up once', () => {
    const turns = TurnsAlone.inConversation();
    turns.send({ kind: 'close', reason: 'too-long', goodbye: undefined, canModelSpeak: true });
    turns.send({ kind: 'close', reason: 'caller-left', goodbye: 'drain-goodbye', canModelSpeak: true });
    turns.advance(60_000);
    expect(turns.state.model).toMatchObject({ kind: 'closing', reason: 'too-long' });
    expect(turns.of('hang-up')).toHaveLength(1);
  });

  it('takes no turn once it closes, but for the goodbye that was asked for', () => {
    const turns = TurnsAlone.inConversation();
    turns.send({ kind: 'close', reason: 'drained', goodbye: 'drain-goodbye', canModelSpeak: true });
    const audio = { kind: 'audio', pcm24k: new Int16Array(480) } as const;
    turns.send(audio, typed);
    expect(turns.of('play')).toEqual([]);
    expect(turns.of('ask')).toEqual([]);
    turns.send({ kind: 'turn-started' }, audio);
    expect(turns.of('play')).toHaveLength(1);
  });

  it('says the goodbye from a recording where the model does not, and hangs up when it was heard', () => {
    const turns = TurnsAlone.inConversation();
    turns.send({ kind: 'close', reason: 'drained', goodbye: 'drain-goodbye', canModelSpeak: true });
    turns.advance(10_000);
    expect(turns.log.slice(-3)).toEqual([
      'tell bot-speaking at 3000 ms',
      'tell bot-speaking at 5000 ms',
      'hang-up at 5000 ms',
    ]);
  });
});

describe('an answer in text', () => {
  const inText = { ...typed, wish: 'in-text' } as const;
  const audio = { kind: 'audio', pcm24k: new Int16Array(480) } as const;

  it('R4: is given in text though the stream is lost in between, and the question asked again', () => {
    const turns = TurnsAlone.inConversation();
    turns.send(inText, { kind: 'turn-started' }, { kind: 'interrupted', by: 'stream' }, { kind: 'reconnecting' });
    turns.send({ kind: 'asked-again' }, { kind: 'reconnected' }, { kind: 'turn-started' }, audio);
    expect(turns.of('play')).toEqual([]);
  });

  it('R4: is gone on with in text when a stream broke off in its middle', () => {
    const turns = TurnsAlone.inConversation();
    turns.send(inText, { kind: 'turn-started' }, { kind: 'turn-ended', isBroken: false }, { kind: 'reconnecting' });
    turns.send({ kind: 'asked-again' }, { kind: 'reconnected' }, { kind: 'turn-started' }, audio);
    expect(turns.of('play')).toEqual([]);
  });

  it.each([
    ['silently', [{ kind: 'tool-used' }]],
    [
      'in the middle of a filler',
      [{ kind: 'turn-started' }, { kind: 'tool-used' }, { kind: 'turn-ended', isBroken: false }],
    ],
    ['after a filler', [{ kind: 'turn-started' }, { kind: 'turn-ended', isBroken: false }, { kind: 'tool-used' }]],
  ] as const)('R4: is given in text though a tool is used first, %s', (_, before) => {
    const turns = TurnsAlone.inConversation();
    turns.send(inText, ...before, { kind: 'tool-answered' }, { kind: 'turn-started' }, audio);
    expect(turns.of('play')).toEqual([]);
    turns.send(
      { kind: 'turn-ended', isBroken: false },
      { kind: 'words', text: 'And aloud?' },
      { kind: 'turn-started' },
      audio,
    );
    expect(turns.of('play')).toHaveLength(1);
  });

  it('is not interrupted by notices that it takes a moment', () => {
    const turns = TurnsAlone.inConversation();
    turns.send(inText);
    turns.advance(59_000);
    expect(turns.of('play-notice')).toEqual([]);
  });
});

describe('what was typed', () => {
  it('R8: before the model is open is asked when it is, in place of the greeting, and bounded', () => {
    const turns = new TurnsAlone();
    turns.send({ kind: 'connected' }, { kind: 'client-ready' });
    for (let i = 0; i < 10; i += 1) turns.send({ ...typed, text: `${i}` });
    expect(turns.of('ask')).toEqual([]);
    expect(turns.of('tell typed-in-vain')).toHaveLength(2);
    turns.send({ kind: 'opened' });
    expect(turns.log.slice(-1)).toEqual(['ask at 0 ms']);
    expect(turns.of('ask-for-greeting')).toEqual([]);
    expect(turns.state.model.kind).toBe('answer-owed');
  });

  it('R7: context of before the model is open is told before anything is asked, and bounded', () => {
    const turns = new TurnsAlone();
    turns.send({ kind: 'connected' }, { kind: 'client-ready' });
    turns.send({ ...typed });
    for (let i = 0; i < 10; i += 1) turns.send({ kind: 'context', text: `${i}` });
    expect(turns.of('add-context')).toEqual([]);
    expect(turns.of('tell typed-in-vain')).toHaveLength(2);
    turns.send({ kind: 'opened' });
    expect(turns.log.slice(-9)).toEqual([...Array<string>(8).fill('add-context at 0 ms'), 'ask at 0 ms']);
  });

  it('R7: context changes nothing of whose turn it is', () => {
    const turns = TurnsAlone.inConversation();
    const before = turns.state;
    turns.send({ kind: 'context', text: 'I am in Oslo.' });
    expect(turns.state).toEqual(before);
    expect(turns.log).toEqual(['add-context at 500 ms']);
  });

  it('cuts the answer short, and nothing more of that answer is let through', () => {
    const turns = TurnsAlone.inConversation();
    const audio = { kind: 'audio', pcm24k: new Int16Array(480) } as const;
    turns.send({ kind: 'turn-started' }, audio, { kind: 'audible', sound: 'answer', voicedAtMs: 0 }, typed, audio);
    expect(turns.of('flush')).toHaveLength(1);
    expect(turns.of('play')).toHaveLength(1);
    turns.send({ kind: 'interrupted', by: 'caller' }, { kind: 'turn-started' }, audio);
    expect(turns.of('play')).toHaveLength(2);
    expect(turns.of('flush')).toHaveLength(1);
  });
});
