import pino from 'pino';
import type { SonicLimits } from '../../../../bot/sonic/limits';
import { SonicModel } from '../../../../bot/sonic/model';
import type { OutputEvent } from '../../../../bot/sonic/protocol/parse-output';
import { Ticker } from '../../../../bot/time/ticker';
import { FakeClock } from '../../../support/fake-clock';
import { say as hear } from '../../../support/say';
import { FakeStreamOpener, type FakeModelStream } from '../../../support/fake-model-streams';
import { RecordingSpeechEvents } from '../../../support/recording-speech-events';
import { NO_USAGE } from './support/conversation-setup';
import { SESSION } from '../support/session-settings';

const at = { completionId: 'c1', contentId: 'k' };
const text = (role: 'USER' | 'ASSISTANT', stage: 'speculative' | 'final', words: string): OutputEvent[] => [
  { kind: 'block-start', ...at, type: 'TEXT', role, stage },
  { kind: 'text', ...at, text: words },
  { kind: 'block-end', ...at, type: 'TEXT', stopReason: 'PARTIAL_TURN' },
];
const audio = (ms: number, stopReason?: string): OutputEvent[] => [
  { kind: 'block-start', ...at, type: 'AUDIO', role: 'ASSISTANT', stage: 'final' },
  { kind: 'audio', ...at, base64: Buffer.alloc(ms * 48).toString('base64') },
  ...(stopReason === undefined ? [] : [{ kind: 'block-end', ...at, type: 'AUDIO', stopReason } as const]),
];
const exchange = (question: string, answer: string): OutputEvent[] => [
  ...text('USER', 'final', question),
  ...text('ASSISTANT', 'speculative', answer),
  ...audio(1_000, 'END_TURN'),
];

/** Takes longer to say than any audio here. */
const LONG = 'There was a bot that told a story. '.repeat(300).trim();

/** A conversation with a stream that is up; `jitter` 0 rotates at six minutes sharp. */
async function setUp(jitter = 0, limits: Partial<SonicLimits> = { rotateQuietMs: Infinity }) {
  const clock = new FakeClock();
  const opener = new FakeStreamOpener();
  const ticker = new Ticker({ periodMs: 32, clock, onListenerError: (error) => expect(error).toBeUndefined() });
  const model = new SonicModel({
    client: { streams: () => opener },
    modelId: 'amazon.nova-2-sonic-v1:0',
    ticker,
    logger: pino({ level: 'silent' }),
    clock,
    limits,
    random: () => jitter,
  });
  const events = new RecordingSpeechEvents(clock);
  const opening = model.open(SESSION, events, new AbortController().signal);
  opener.latest.accept();
  const session = await opening;
  events.hearing.session = session;
  clock.advance(32);
  const say = (ms: number, amplitude = 9_000): void => {
    for (let done = 0; done < ms; done += 20) {
      hear(
        session,
        Int16Array.from({ length: 320 }, (_, i) => Math.round(amplitude * Math.sin(i / 5))),
      );
      clock.advance(20);
    }
  };
  /** As people do: with short pauses between words. */
  const talk = (ms: number): void => {
    for (let done = 0; done < ms; done += 1_000) {
      say(700);
      say(300, 0);
    }
  };
  return { clock, opener, ticker, model, events, session, say, talk, first: opener.latest };
}

const hasBegun = (stream: FakeModelStream): boolean => stream.sent.some(({ body }) => body['type'] === 'AUDIO');

describe('before a stream’s eight minutes are over', () => {
  it('the standby is opened ahead, told nothing yet, and promoted as soon as all is calm', async () => {
    const { clock, opener, events, first } = await setUp();
    first.output(...exchange('My name is Ada.', 'Hello, Ada.'), ...text('ASSISTANT', 'final', 'Hello, Ada.'));
    clock.advance(359_000);
    expect(opener.streams).toHaveLength(1);
    clock.advance(1_000);
    expect(opener.streams).toHaveLength(2);
    expect(hasBegun(opener.latest)).toBe(false);
    expect(first.end).toBeUndefined();
    opener.latest.accept();
    clock.advance(64);
    expect(opener.latest.texts).toEqual([
      'SYSTEM You are a kind voice agent.',
      'USER My name is Ada.',
      'ASSISTANT Hello, Ada.',
    ]);
    clock.advance(2_000);
    expect(first.end).toEqual({ kind: 'closed' });
    expect(first.sent.at(-1)?.name).toBe('sessionEnd');
    expect(events.rotations).toMatchObject([{ forced: false, gapMs: 32 }]);
    expect(events.errors).toEqual([]);
  });

  it('goes on for an hour without a loss', async () => {
    const { clock, opener, events, session } = await setUp();
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
    const { clock, opener } = await setUp(1);
    clock.advance(320_000);
    expect(opener.streams).toHaveLength(2);
  });

  it('it is rotated three minutes before its credentials expire', async () => {
    const all = await setUp();
    all.session.sendText('x');
    const { clock, opener } = await setUp();
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
    const { clock, opener, first, events } = await setUp();
    clock.advance(360_000);
    opener.latest.accept();
    first.output(...text('ASSISTANT', 'speculative', 'It is noon.'), ...audio(2_000, 'END_TURN'));
    clock.advance(2_100);
    expect(events.rotations).toEqual([]);
    first.output(...text('ASSISTANT', 'final', 'It is noon.'));
    clock.advance(250);
    expect(events.rotations).toHaveLength(1);
  });

  it('until the caller’s question is answered', async () => {
    const { clock, opener, first, events, say } = await setUp();
    clock.advance(360_000 - 32);
    say(1_000);
    opener.latest.accept();
    say(1_000, 0);
    expect(events.rotations).toEqual([]);
    first.output(...exchange('What time is it?', 'Noon.'), ...text('ASSISTANT', 'final', 'Noon.'));
    say(1_000, 0);
    expect(events.rotations).toEqual([]);
    say(500, 0);
    expect(events.rotations).toHaveLength(1);
    expect(opener.latest.texts.slice(1)).toEqual(['USER What time is it?', 'ASSISTANT Noon.']);
  });

  it('until a tool has answered', async () => {
    const { clock, opener, first, events, session } = await setUp();
    first.output({ kind: 'tool-use', ...at, toolUseId: 't1', name: 'get_time', json: '{}' });
    clock.advance(361_000);
    opener.latest.accept();
    clock.advance(10_000);
    expect(events.rotations).toEqual([]);
    session.sendToolResult('t1', '{}');
    first.output(...text('ASSISTANT', 'speculative', 'One moment.'), ...audio(600, 'END_TURN'));
    clock.advance(2_000);
    // What was said while the tool was at work is no answer to what it found.
    expect(events.rotations).toEqual([]);
    first.output(...text('ASSISTANT', 'speculative', 'Noon.'), ...audio(600, 'END_TURN'));
    clock.advance(2_100);
    expect(events.rotations).toHaveLength(1);
  });

  it('and replaces a standby that has waited for half a minute', async () => {
    const { clock, opener, first, say } = await setUp();
    first.output(...text('ASSISTANT', 'speculative', 'A long story.'), ...audio(60_000, 'END_TURN'));
    clock.advance(300_000);
    first.output(...text('ASSISTANT', 'speculative', 'And on.'), ...audio(150_000, 'END_TURN'));
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
    const { clock, opener, first, events } = await setUp();
    first.output(...text('USER', 'final', 'Tell me a story.'));
    first.output(...text('ASSISTANT', 'speculative', 'Once.'), ...audio(1_000, 'PARTIAL_TURN'));
    first.output(...text('ASSISTANT', 'final', 'Once.'), ...text('ASSISTANT', 'speculative', LONG), ...audio(5_000));
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
    first.output(...audio(500), ...text('ASSISTANT', 'final', 'a ghost'));
    expect(events.lines).not.toContain('final: a ghost');
    expect(events.lines.filter((line) => line === 'turn started')).toHaveLength(1);
  });

  it('in the middle of the caller’s speech: the next one is told the last three seconds of it', async () => {
    const { clock, opener, events, model, talk } = await setUp();
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
    const { clock, opener, events, talk, model } = await setUp();
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
    const { clock, opener, session, say, first } = await setUp(0, {});
    clock.advance(60_000);
    say(1_000);
    say(1_000, 0);
    first.output(...exchange('Hello?', 'Hello.'), ...text('ASSISTANT', 'final', 'Hello.'));
    clock.advance(268_000);
    expect(opener.streams).toHaveLength(1);
    clock.advance(2_000);
    expect(opener.streams).toHaveLength(2);
    opener.latest.accept();
    clock.advance(4_000);
    session.sendText('Hello?');
    opener.latest.output(...exchange('Hello?', 'Hello.'), ...text('ASSISTANT', 'final', 'Hello.'));
    clock.advance(269_000);
    expect(opener.streams).toHaveLength(2);
    clock.advance(2_000);
    expect(opener.streams).toHaveLength(3);
  });
});

describe('S1: a rotation of which the service refuses the history', () => {
  const REFUSALS = [
    ['ValidationException', 'Chat history is over max limit. Trim chat history and try again.'],
    ['ValidationException', 'First message in chat history should not be Assistant.'],
    ['ValidationException', 'Invalid input request, please fix your input and try again.'],
  ] as const;
  /** Messages of history that the latest stream was told, without prompt and typed text. */
  const told = ({ texts }: FakeModelStream): readonly string[] => texts.slice(1).filter((line) => !line.includes('!'));
  const bytes = (lines: readonly string[]): number => lines.join('').replaceAll(/USER |ASSISTANT /g, '').length;

  /** A call with much to tell, at the moment when its next stream takes over. */
  async function rotated() {
    const all = await setUp();
    for (let i = 0; i < 30; i += 1) {
      all.first.output(...exchange(`Question ${i}. ${'Please. '.repeat(20)}`, `Answer ${i}.`));
      all.clock.advance(6_000);
    }
    all.clock.advance(180_000);
    all.opener.latest.accept();
    all.clock.advance(64);
    return all;
  }

  it.each(REFUSALS)('S1: %s "%s": the good old stream carries the call on, and nobody notices', async (name, why) => {
    const { clock, opener, events, first, say } = await rotated();
    expect(hasBegun(opener.latest)).toBe(true);
    expect(first.end).toBeUndefined();
    const heard = first.audioEvents;
    say(320);
    opener.latest.lose(name, why);
    clock.advance(320);
    expect(events.errors).toEqual([]);
    expect(events.lines).not.toContain('interrupted');
    // What was said while the other one listened, and what is said now.
    expect(first.audioEvents - heard).toBeGreaterThanOrEqual(10);
    first.output(...exchange('What time is it?', 'Noon.'));
    expect(events.lines.slice(-4)).toEqual(['turn started', 'speculative: Noon.', 'audio', 'turn ended']);
  });

  it('S1: half as much is told with each refusal, then nothing, and no history twice', async () => {
    const { clock, opener, events, first } = await rotated();
    const sizes: number[] = [];
    for (let next = opener.latest; told(next).length > 0; next = opener.latest) {
      sizes.push(bytes(told(next)));
      next.lose('ValidationException', REFUSALS[0][1]);
      expect(first.end).toBeUndefined();
      clock.advance(2_100);
      opener.latest.accept();
      clock.advance(64);
      expect(opener.latest).not.toBe(next);
    }
    expect(sizes.length).toBeGreaterThanOrEqual(3);
    for (const [index, size] of sizes.entries())
      if (index > 0) expect(size).toBeLessThanOrEqual((sizes[index - 1] ?? 0) / 2);
    clock.advance(2_500);
    expect(first.end).toEqual({ kind: 'closed' });
    expect(events.errors).toEqual([]);
  });

  it('S1: what was typed meanwhile is asked of the old stream', async () => {
    const { clock, opener, first, session } = await rotated();
    session.sendText('What time is it?');
    expect(opener.latest.texts.at(-1)).toBe('USER! What time is it?');
    opener.latest.lose('ValidationException', REFUSALS[2][1]);
    clock.advance(320);
    expect(first.texts.at(-1)).toBe('USER! What time is it?');
  });

  it('S1: the old stream is left when the new one has shown that it took the history', async () => {
    const { opener, first } = await rotated();
    opener.latest.output({ kind: 'usage', usage: NO_USAGE });
    expect(first.end).toBeUndefined();
    opener.latest.output(...text('USER', 'final', 'And now?'));
    expect(first.end).toEqual({ kind: 'closed' });
  });

  it('S1: both are closed with the call, and the old one may end of itself', async () => {
    const all = await rotated();
    await all.session.close();
    expect(all.opener.streams.filter(({ end }) => end === undefined)).toEqual([]);
    const { first, opener, events, clock } = await rotated();
    first.lose();
    clock.advance(64);
    expect(events.errors).toEqual([]);
    expect(opener.latest.end).toBeUndefined();
  });
});

describe('a loss and a rotation at the same time', () => {
  it('a stream that is lost while the next one is up costs no pause at all', async () => {
    const { clock, opener, first, events } = await setUp();
    clock.advance(359_000);
    first.output(...text('USER', 'final', 'What time is it?'));
    first.output(...text('ASSISTANT', 'speculative', LONG), ...audio(5_000));
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
    const { clock, opener, events, model } = await setUp();
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
    const { clock, opener, first, session, events } = await setUp();
    first.output(...text('USER', 'final', 'What time is it?'), ...text('ASSISTANT', 'speculative', 'Let me see.'));
    first.output(...audio(600, 'PARTIAL_TURN'), ...text('ASSISTANT', 'final', 'Let me see.'));
    first.output({ kind: 'tool-use', ...at, toolUseId: 't1', name: 'get_time', json: '{}' });
    for (let i = 0; i < 86; i += 1) {
      clock.advance(5_000);
      if (opener.latest.progress === 'preparing') opener.latest.accept();
    }
    expect(events.rotations).toMatchObject([{ forced: true }]);
    session.sendToolResult('t1', '{"time":"noon"}');
    expect(opener.latest.texts.at(-1)).toBe('USER! Tell the caller what was found: {"time":"noon"}');
  });

  it('a session that is closed while a standby waits leaves nothing', async () => {
    const { clock, opener, session, events, ticker, first } = await setUp();
    first.output(...text('ASSISTANT', 'speculative', 'A story.'), ...audio(500_000, 'END_TURN'));
    clock.advance(361_000);
    opener.latest.accept();
    await session.close();
    expect(opener.streams.map(({ end }) => end)).toEqual([{ kind: 'closed' }, { kind: 'closed' }]);
    expect(events.ends).toEqual([{ kind: 'closed' }]);
    expect(clock.pendingTimers).toBe(0);
    expect(ticker.listenerCount).toBe(0);
  });
});
