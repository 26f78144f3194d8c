import { announced, said, toolUse } from './support/conversation-setup';
import { audio, exchange, hasBegun, setUpRotation } from './support/rotation-setup';

/** Takes longer to say than any audio here. */
const LONG = 'There was a bot that told a story. '.repeat(300).trim();

describe('before a stream’s eight minutes are over', () => {
  it('the standby is opened ahead, told nothing yet, and promoted as soon as all is calm', async () => {
    const { clock, opener, events, first } = await setUpRotation();
    first.output(...exchange('My name is Ada.', 'Hello, Ada.'), ...said('ASSISTANT', 'Hello, Ada.'));
    clock.advance(359_000);
    expect(opener.streams).toHaveLength(1);
    clock.advance(1_000);
    expect(opener.streams).toHaveLength(2);
    expect(hasBegun(opener.latest)).toBe(false);
    expect(first.end).toBeUndefined();
    opener.latest.accept();
    clock.advance(64);
    expect(opener.latest.texts).toEqual(['SYSTEM Be kind.', 'USER My name is Ada.', 'ASSISTANT Hello, Ada.']);
    clock.advance(2_000);
    expect(first.end).toEqual({ kind: 'closed' });
    expect(first.sent.at(-1)?.name).toBe('sessionEnd');
    expect(events.rotations).toMatchObject([{ forced: false, gapMs: 0 }]);
    expect(events.errors).toEqual([]);
  });

  it('goes on for an hour without a loss', async () => {
    const { clock, opener, events, session } = await setUpRotation();
    const close = opener.open.bind(opener);
    opener.open = (script, listener) => {
      const stream = close(script, listener);
      clock.after(300, () => opener.latest.accept());
      return stream;
    };
    clock.advance(60 * 60_000 - 10_000);
    expect(events.rotations).toHaveLength(9);
    expect(Math.max(...events.rotations.map(({ gapMs }) => gapMs))).toBeLessThanOrEqual(64);
    expect(opener.streams.filter(({ end }) => end === undefined)).toHaveLength(1);
    await session.close();
    expect(events.lines.filter((line) => line !== 'rotated')).toEqual(['closed']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('another call rotates at another time', async () => {
    const { clock, opener } = await setUpRotation(1);
    clock.advance(320_000);
    expect(opener.streams).toHaveLength(2);
  });

  it('it is rotated three minutes before its credentials expire', async () => {
    const all = await setUpRotation();
    all.session.sendText('x');
    const { clock, opener } = await setUpRotation();
    expect(opener.streams).toHaveLength(1);
    opener.latest.credentialsExpireAtMs = clock.nowMs() + 600_000;
    clock.advance(360_100);
    opener.latest.credentialsExpireAtMs = clock.nowMs() + 300_000;
    opener.latest.accept();
    clock.advance(64);
    expect(opener.streams).toHaveLength(2);
    clock.advance(120_100);
    expect(opener.streams).toHaveLength(3);
  });
});

describe('a rotation waits', () => {
  it('until the caller has heard the answer, and all of it is known to have been spoken', async () => {
    const { clock, opener, first, events } = await setUpRotation();
    clock.advance(360_000);
    opener.latest.accept();
    first.output(...announced('It is noon.'), ...audio(2_000, 'END_TURN'));
    clock.advance(2_100);
    expect(events.rotations).toEqual([]);
    first.output(...said('ASSISTANT', 'It is noon.'));
    clock.advance(250);
    expect(events.rotations).toHaveLength(1);
  });

  it('until the caller’s question is answered', async () => {
    const { clock, opener, first, events, say } = await setUpRotation();
    clock.advance(360_000 - 32);
    say(1_000);
    opener.latest.accept();
    say(1_000, 0);
    expect(events.rotations).toEqual([]);
    first.output(...exchange('What time is it?', 'Noon.'), ...said('ASSISTANT', 'Noon.'));
    say(1_000, 0);
    expect(events.rotations).toEqual([]);
    say(500, 0);
    expect(events.rotations).toHaveLength(1);
    expect(opener.latest.texts.slice(1)).toEqual(['USER What time is it?', 'ASSISTANT Noon.']);
  });

  it('until a tool has answered', async () => {
    const { clock, opener, first, events, session } = await setUpRotation();
    first.output(toolUse('t1'));
    clock.advance(361_000);
    opener.latest.accept();
    clock.advance(10_000);
    expect(events.rotations).toEqual([]);
    session.sendToolResult('t1', '{}');
    first.output(...announced('One moment.'), ...audio(600, 'END_TURN'));
    clock.advance(2_000);
    // What was said while the tool was at work is no answer to what it found.
    expect(events.rotations).toEqual([]);
    first.output(...announced('Noon.'), ...audio(600, 'END_TURN'));
    clock.advance(2_100);
    expect(events.rotations).toHaveLength(1);
  });

  it('and replaces a standby that has waited for half a minute', async () => {
    const { clock, opener, first, say } = await setUpRotation();
    first.output(...announced('A long story.'), ...audio(60_000, 'END_TURN'));
    clock.advance(300_000);
    first.output(...announced('And on.'), ...audio(150_000, 'END_TURN'));
    say(60_000, 0);
    const waiting = opener.latest.accept();
    say(30_100, 0);
    expect(waiting.end).toEqual({ kind: 'closed' });
    expect(waiting.sent.at(-2)?.name).toBe('promptEnd');
    expect(opener.streams).toHaveLength(3);
  });
});

describe('at seven minutes a stream is left, whatever is going on', () => {
  it('in the middle of an answer: what was spoken is kept, and the rest asked for', async () => {
    const { clock, opener, first, events } = await setUpRotation();
    first.output(...said('USER', 'Tell me a story.'));
    first.output(...announced('Once.'), ...audio(1_000, 'PARTIAL_TURN'));
    first.output(...said('ASSISTANT', 'Once.'), ...announced(LONG), ...audio(5_000));
    for (let i = 0; i < 85; i += 1) {
      clock.advance(5_000);
      if (opener.latest.progress === 'preparing') opener.latest.accept();
      if (first.end === undefined) first.output(...audio(5_000).slice(1));
    }
    expect(events.rotations).toMatchObject([{ forced: true }]);
    expect(events.lines.filter((line) => !line.startsWith('final')).slice(-2)).toEqual([
      'turn ended',
      'rotated by force',
    ]);
    expect(opener.latest.texts.slice(1, 3)).toEqual(['USER Tell me a story.', 'ASSISTANT Once.']);
    expect(opener.latest.texts.at(-1)).toMatch(/^USER! You were cut off/);
    first.end = undefined;
    first.output(...audio(500), ...said('ASSISTANT', 'a ghost'));
    expect(events.lines).not.toContain('final: a ghost');
    expect(events.lines.filter((line) => line === 'turn started')).toHaveLength(1);
  });

  it('in the middle of the caller’s speech: the next one is told the last three seconds of it', async () => {
    const { clock, opener, events, model, talk } = await setUpRotation();
    clock.advance(358_500 - 32);
    for (let i = 0; i < 30; i += 1) {
      talk(2_000);
      if (opener.latest.progress === 'preparing') opener.latest.accept();
    }
    talk(1_000);
    const sent = model.counters.get('audioFramesSent');
    expect(events.rotations).toEqual([]);
    talk(2_000);
    expect(events.rotations).toMatchObject([{ forced: true, gapMs: 32 }]);
    const again = model.counters.get('audioFramesSent') - sent - Math.floor(2_000 / 32);
    expect(again).toBeGreaterThanOrEqual(90);
    expect(again).toBeLessThanOrEqual(95);
  });

  it('though the next one is not up: the caller’s audio waits for it', async () => {
    const { clock, opener, events, talk, model } = await setUpRotation();
    clock.advance(357_000);
    talk(65_000);
    expect(opener.latest.progress).toBe('preparing');
    expect(hasBegun(opener.latest)).toBe(true);
    opener.latest.accept();
    talk(1_000);
    expect(events.rotations).toMatchObject([{ forced: true }]);
    expect(events.rotations[0]?.gapMs).toBeGreaterThan(500);
    expect(model.counters.get('reconnects')).toBe(0);
  });
});

describe('rule 8: a call in which nobody speaks', () => {
  it('changes streams after four minutes and a half without a word of the caller’s, spoken or typed', async () => {
    const { clock, opener, session, say, first } = await setUpRotation(0, {});
    clock.advance(60_000);
    say(1_000);
    say(1_000, 0);
    first.output(...exchange('Hello?', 'Hello.'), ...said('ASSISTANT', 'Hello.'));
    clock.advance(268_000);
    expect(opener.streams).toHaveLength(1);
    clock.advance(2_000);
    expect(opener.streams).toHaveLength(2);
    opener.latest.accept();
    clock.advance(4_000);
    session.sendText('Hello?');
    opener.latest.output(...exchange('Hello?', 'Hello.'), ...said('ASSISTANT', 'Hello.'));
    clock.advance(269_000);
    expect(opener.streams).toHaveLength(2);
    clock.advance(2_000);
    expect(opener.streams).toHaveLength(3);
  });
});

describe('a loss and a rotation at the same time', () => {
  it('a stream that is lost while the next one is up costs no pause at all', async () => {
    const { clock, opener, first, events } = await setUpRotation();
    clock.advance(359_000);
    first.output(...said('USER', 'What time is it?'));
    first.output(...announced(LONG), ...audio(5_000));
    clock.advance(1_100);
    opener.latest.accept();
    clock.advance(1_000);
    first.lose();
    expect(events.take().slice(-3)).toEqual(['interrupted', 'reconnecting 0 model_stream_broken', 'reconnected']);
    clock.advance(32);
    expect(opener.latest.texts.at(-1)).toBe('USER! What time is it?');
    expect(opener.streams).toHaveLength(2);
  });

  it('a standby that is lost is opened again, and nobody is told', async () => {
    const { clock, opener, events, model } = await setUpRotation();
    clock.advance(360_000);
    opener.latest.lose('ThrottlingException');
    clock.advance(900);
    expect(opener.streams).toHaveLength(2);
    clock.advance(1_200);
    opener.latest.accept();
    clock.advance(64);
    expect(events.lines).toEqual(['rotated']);
    expect(model.counters.get('nextStreamsLost')).toBe(1);
  });

  it('a tool that answers after a forced change is told of in words, and the model speaks of it', async () => {
    const { clock, opener, first, session, events } = await setUpRotation();
    first.output(...said('USER', 'What time is it?'), ...announced('Let me see.'));
    first.output(...audio(600, 'PARTIAL_TURN'), ...said('ASSISTANT', 'Let me see.'));
    first.output(toolUse('t1'));
    for (let i = 0; i < 86; i += 1) {
      clock.advance(5_000);
      if (opener.latest.progress === 'preparing') opener.latest.accept();
    }
    expect(events.rotations).toMatchObject([{ forced: true }]);
    session.sendToolResult('t1', '{"time":"noon"}');
    expect(opener.latest.texts.at(-1)).toBe('USER! Tell the caller what was found: {"time":"noon"}');
  });

  it('a session that is closed while a standby waits leaves nothing', async () => {
    const { clock, opener, session, events, ticker, first } = await setUpRotation();
    first.output(...announced('A story.'), ...audio(500_000, 'END_TURN'));
    clock.advance(361_000);
    opener.latest.accept();
    await session.close();
    expect(opener.streams.map(({ end }) => end)).toEqual([{ kind: 'closed' }, { kind: 'closed' }]);
    expect(events.ends).toEqual([{ kind: 'closed' }]);
    expect(clock.pendingTimers).toBe(0);
    expect(ticker.listenerCount).toBe(0);
  });
});
