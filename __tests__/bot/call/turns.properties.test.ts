import fc from 'fast-check';
import { whoseTurn, wakeAtMs, type TurnEvent } from '../../../bot/call/turns/state';
import { PlayedCall, VARIANTS } from './support/played-call';
import { TurnsAlone } from './support/turns-alone';

/** The same cases each time; another number tries others. */
const SEED = 2_026;
const AUDIO: TurnEvent = { kind: 'audio', pcm24k: new Int16Array(480) };
const events: fc.Arbitrary<TurnEvent> = fc.oneof(
  fc.constantFrom<TurnEvent>(
    { kind: 'client-ready' },
    { kind: 'opened' },
    { kind: 'caller-started' },
    { kind: 'words', text: 'And?' },
    { kind: 'turn-started' },
    { kind: 'sentence', text: 'Well.' },
    AUDIO,
    { kind: 'turn-ended', isBroken: false },
    { kind: 'tool-used' },
    { kind: 'tool-answered' },
    { kind: 'reconnecting' },
    { kind: 'asked-again' },
    { kind: 'reconnected' },
    { kind: 'audible', sound: 'answer', voicedAtMs: 0 },
    { kind: 'starved' },
    { kind: 'drained' },
    { kind: 'nearly-over' },
  ),
  fc.record({ kind: fc.constant('muted' as const), muted: fc.boolean() }),
  fc.record({ kind: fc.constant('interrupted' as const), by: fc.constantFrom('caller' as const, 'stream' as const) }),
  fc.constantFrom<TurnEvent>(
    { kind: 'typed', text: 'Hm?', wish: 'aloud' },
    { kind: 'typed', text: 'Hm?', wish: 'in-text' },
  ),
);
const steps = fc.array(fc.tuple(events, fc.integer({ min: 0, max: 4_000 })), { maxLength: 40 });

/** Any order of events, each some time after the one before; the caller stops speaking as callers do. */
function play(sequence: readonly (readonly [TurnEvent, number])[], check: (turns: TurnsAlone) => void): TurnsAlone {
  const turns = new TurnsAlone();
  turns.send({ kind: 'connected' });
  for (const [event, thenMs] of sequence) {
    turns.send(event);
    check(turns);
    turns.advance(thenMs);
    check(turns);
    if (turns.state.caller.kind === 'speaking') turns.send({ kind: 'caller-stopped', voicedAtMs: turns.nowMs });
  }
  return turns;
}

describe('turns, whatever comes in whatever order', () => {
  it('R10: let no silence of ours last longer than 2.5 s', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        play(sequence, ({ state, nowMs }) => {
          if (whoseTurn(state) === 'bot') expect((wakeAtMs(state) ?? Infinity) - nowMs).toBeLessThanOrEqual(2_500);
        });
      }),
      { numRuns: 150, seed: SEED },
    );
  });

  it('have a way out of every state: a caller who is gone is let go, once', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const turns = play(sequence, () => undefined);
        // What another owner ends in time: streams are reached again or given up, and playback comes to its end.
        turns.send({ kind: 'opened' }, { kind: 'reconnected' }, { kind: 'drained' });
        turns.advance(1_200_000);
        expect(turns.state.model.kind).toBe('closing');
        expect(turns.of('hang-up')).toHaveLength(1);
        expect(wakeAtMs(turns.state)).toBeUndefined();
      }),
      { numRuns: 100, seed: SEED },
    );
  });

  it('let nothing through but an answer that has begun, and owe one answer at most', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const turns = play(sequence, ({ state }) => {
          expect(state.tools).toBeGreaterThanOrEqual(0);
        });
        const { kind } = turns.state.model;
        const before = turns.of('play').length;
        turns.send(AUDIO);
        if (kind !== 'answering' && kind !== 'closing') expect(turns.of('play')).toHaveLength(before);
        turns.send({ kind: 'turn-started' }, { kind: 'turn-ended', isBroken: false });
        expect(turns.state.model.kind).not.toBe('answer-owed');
      }),
      { numRuns: 100, seed: SEED },
    );
  });
});

describe('a call with a model of either dialect, whatever barge-ins come', () => {
  const rounds = fc.array(
    fc.record({
      sentences: fc.array(fc.integer({ min: 1_200, max: 2_000 }), { minLength: 1, maxLength: 3 }),
      heardMs: fc.integer({ min: 0, max: 6_000 }),
      barge: fc.constantFrom(...VARIANTS, 'none' as const),
    }),
    { minLength: 1, maxLength: 3 },
  );

  it('talks over nobody for 300 ms, counts each sentence once, and remembers nothing that was not heard', async () => {
    await fc.assert(
      fc.asyncProperty(rounds, fc.boolean(), async (plan, isLive) => {
        const call = await PlayedCall.start(isLive);
        for (const round of plan) await call.play(round);
        expect(call.talkedOver).toEqual([]);
        const remembered = await call.remembered();
        for (const { text, heardMs, lastsMs } of call.sentences) {
          expect(remembered.split(text).length).toBeLessThanOrEqual(2);
          if (remembered.includes(text)) expect(heardMs).toBeGreaterThanOrEqual(lastsMs - 300);
          else expect(heardMs).toBeLessThan(lastsMs);
        }
        expect(call.questionsAtOnce).toBeLessThanOrEqual(1);
        await call.close();
      }),
      { numRuns: 25, seed: SEED },
    );
  });
});
