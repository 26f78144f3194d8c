import fc from 'fast-check';
import { type CallEvent, collect, NOTHING_COLLECTED } from '../../../bot/records/collect';
import type { Collected, Said } from '../../../bot/records/collected';
import { FakeClock } from '../../support/fake-clock';
import { Listener } from '../../support/listener';

const bot = (text: string, startMs: number, endMs: number, more: Partial<Said & { by: 'bot' }> = {}): CallEvent => ({
  kind: 'said',
  said: { by: 'bot', agent: 'a', via: 'voice', startMs, endMs, isCut: false, text, isSecret: false, ...more },
});
const caller = (text: string | undefined, atMs: number): CallEvent => ({
  kind: 'said',
  said: { by: 'caller', via: 'voice', atMs, text, isSecret: false },
});
const voice = (isHeard: boolean, atMs: number): CallEvent => ({ kind: 'voice', isHeard, atMs });
const turnEnded = (atMs: number): CallEvent => ({
  kind: 'recorded',
  event: 'turnEnded',
  fields: { lastedMs: 1, interrupted: false },
  atMs,
});
const after = (...events: readonly CallEvent[]): Collected => events.reduce(collect, NOTHING_COLLECTED);
const texts = ({ turns }: Collected) => turns.map(({ by, text }) => `${by}: ${text ?? '-'}`);

describe('the turns of a record', () => {
  it('join what is heard of one answer, and what is said in one go', () => {
    const state = after(
      bot('One.', 0, 900),
      bot('Two.', 900, 2_000),
      voice(true, 2_500),
      caller('Yes', 3_100),
      voice(false, 3_900),
      caller('please.', 4_000),
      turnEnded(4_100),
      bot('Good.', 4_500, 5_000),
    );
    expect(texts(state)).toEqual(['bot: One. Two.', 'caller: Yes please.', 'bot: Good.']);
    expect(state.turns[1]).toMatchObject({ startMs: 2_500, endMs: 3_900 });
  });

  it('tell answers apart that nobody spoke between', () => {
    const state = after(bot('One.', 0, 900), turnEnded(900), bot('Two.', 1_500, 2_000));
    expect(texts(state)).toEqual(['bot: One.', 'bot: Two.']);
  });

  it('have what was cut off in the turn that it was cut off in, though its end is told first', () => {
    const state = after(
      bot('One.', 0, 900),
      turnEnded(1_500),
      bot('Two and', 900, 1_500, { isCut: true }),
      bot('Sorry?', 2_500, 3_000),
    );
    expect(texts(state)).toEqual(['bot: One. Two and', 'bot: Sorry?']);
    expect(state.turns[0]).toMatchObject({ isCut: true, endMs: 1_500 });
  });

  it('forget a cough that had no words', () => {
    const state = after(
      voice(true, 100),
      voice(false, 300),
      voice(true, 9_000),
      voice(false, 9_500),
      caller('Hm.', 9_900),
    );
    expect(state.turns[0]).toMatchObject({ startMs: 9_000, endMs: 9_500 });
  });

  it('tell who spoke after a handoff', () => {
    const state = after(bot('One.', 0, 900), bot('Two.', 900, 1_500, { agent: 'b' }));
    expect(state.turns.map(({ agent }) => agent)).toEqual(['a', 'b']);
  });

  it('are bounded, words and turns, and what finds no room is counted', () => {
    const long = 'x'.repeat(300 * 1024);
    const state = after(caller(long, 1), caller(long, 9_000));
    expect(state.turns.map(({ text }) => text?.length)).toEqual([long.length, undefined]);
    expect(state.dropped.turns).toBe(1);
    const many = Array.from({ length: 4_001 }, (_, at) => bot('x', at, at, { via: 'text' }));
    expect(after(...many)).toMatchObject({ turns: { length: 4_000 }, dropped: { turns: 1, events: 0 } });
  });

  it('lose no word and keep their order, whatever happens', () => {
    const step = fc.record({
      what: fc.constantFrom('bot', 'caller', 'started', 'stopped', 'ended'),
      forMs: fc.nat({ max: 6_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let atMs = 0;
        const said: string[] = [];
        let state = NOTHING_COLLECTED;
        for (const [index, { what, forMs }] of steps.entries()) {
          const startMs = atMs;
          atMs += forMs;
          if (what === 'bot' || what === 'caller') said.push(`w${index}`);
          const event = {
            bot: bot(`w${index}`, startMs, atMs),
            caller: caller(`w${index}`, atMs),
            started: voice(true, atMs),
            stopped: voice(false, startMs),
            ended: turnEnded(atMs),
          }[what];
          state = collect(state, event);
        }
        expect(state.turns.flatMap(({ text = '' }) => text.split(' '))).toEqual(said);
        for (const turn of state.turns) {
          expect(turn.startMs).toBeLessThanOrEqual(turn.endMs);
          expect(turn.endMs).toBeLessThanOrEqual(atMs);
        }
      }),
    );
  });
});

describe('what is heard of a sentence that is cut off', () => {
  it('ends with a whole word, and its times are within the call', () => {
    const sentence = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 12 });
    const msOf = fc.integer({ min: 20, max: 4_000 });
    fc.assert(
      fc.property(sentence, msOf, msOf, fc.constantFrom('caller', 'stream'), (words, lastsMs, heardMs, by) => {
        const clock = new FakeClock();
        const listener = new Listener(() => undefined, clock);
        const text = words.join(' ');
        const startMs = clock.nowMs();
        listener.sentence(text);
        listener.audio(new Int16Array(lastsMs * 24).fill(1));
        clock.advance(heardMs);
        listener.interrupted(by);
        const endMs = clock.nowMs();
        for (const piece of listener.said) {
          expect(text.startsWith(piece.text)).toBe(true);
          expect([undefined, ' ']).toContain(text[piece.text.length]);
          expect(piece.isCut).toBe(piece.text !== text);
          expect(piece.startMs).toBeGreaterThanOrEqual(startMs);
          expect(piece.endMs).toBeLessThanOrEqual(endMs);
          expect(piece.startMs).toBeLessThanOrEqual(piece.endMs);
        }
        expect(listener.said.length).toBeLessThanOrEqual(1);
        listener.close();
      }),
      { numRuns: 60 },
    );
  });
});

describe('what else a record has', () => {
  const recorded = (event: 'modelRotated' | 'modelReconnected'): CallEvent =>
    event === 'modelRotated'
      ? { kind: 'recorded', event, fields: { gapMs: 12.4, ageMs: 1, forced: false }, atMs: 5.2 }
      : { kind: 'recorded', event, fields: { gapMs: 12.4 }, atMs: 5.2 };

  it('is what happened to the call', () => {
    const state = after(
      recorded('modelRotated'),
      recorded('modelReconnected'),
      { kind: 'recorded', event: 'callTransferred', fields: { to: 'desk', outcome: 'busy' }, atMs: 7 },
      { kind: 'recorded', event: 'audioDropped', fields: { direction: 'out', frames: 3 }, atMs: 8 },
      { kind: 'recorded', event: 'callGreeted', fields: { waitMs: 8 }, atMs: 8 },
    );
    expect(state).toMatchObject({
      rotations: [{ atMs: 5, gapMs: 12 }],
      reconnects: [{ atMs: 5, gapMs: 12 }],
      transfers: [{ atMs: 7, to: 'desk', outcome: 'busy' }],
      framesDroppedOut: 3,
    });
  });

  it('is bounded, and what finds no room is counted', () => {
    const state = after(...Array.from({ length: 1_002 }, () => recorded('modelRotated')));
    expect([state.rotations.length, state.dropped.events]).toEqual([1_000, 2]);
  });

  it('says that a wait was for a tool, where one was at work in it', () => {
    const waits = (startMs: number | undefined, isForTool: boolean, atMs: number): CallEvent => ({
      kind: 'waits',
      startMs,
      isForTool,
      atMs,
    });
    const state = after(
      waits(100, false, 200),
      waits(100, true, 900),
      waits(100, false, 2_000),
      waits(undefined, false, 2_400),
      waits(3_000, false, 3_100),
      waits(undefined, false, 4_000),
    );
    expect(state.waits).toEqual([{ startMs: 100, durationMs: 2_300, for: 'tool' }]);
  });
});
