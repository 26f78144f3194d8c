import { type CallEvent, judgeTurn, type Verdict } from '../../../evals/expect';
import { isWithin } from '../../../evals/expect/judge-turn';
import type { Expectation } from '../../../evals/scenario';

type Asked = Partial<Expectation> & Pick<Expectation, 'event'>;

/** The verdicts on a turn sent at 1000 that ended at 2000, asked at `nowMs`. */
function judge(
  expected: readonly Asked[],
  events: readonly CallEvent[],
  nowMs: number,
  isOver = false,
): readonly Verdict[] {
  const full = expected.map((asked) => ({ within_ms: 5_000, ...asked }));
  return judgeTurn(full, events, { sentMs: 1_000, speechEndMs: 2_000 }, nowMs, isOver);
}
const outcomes = (...asked: Parameters<typeof judge>): string[] => judge(...asked).map(({ outcome }) => outcome);
const why = (verdict: Verdict | undefined): string => (verdict?.outcome === 'failed' ? verdict.why : '');

const response = (text: string, atMs: number): CallEvent => ({ name: 'response', atMs, text });
const call = (name: string, args: Record<string, unknown>, atMs: number): CallEvent => ({
  name: 'function_call',
  atMs,
  call: { name, args },
});

describe("a turn's expectations", () => {
  it('are met in their order, whatever lies between', () => {
    const events = [
      response('One moment.', 1_100),
      call('find_slot', { day: 'Monday' }, 1_200),
      response('Nine thirty.', 1_900),
    ];
    expect(outcomes([{ event: 'function_call' }, { event: 'response' }], events, 2_000)).toEqual(['passed', 'passed']);
    expect(outcomes([{ event: 'response' }, { event: 'function_call' }], events, 2_000)).toEqual(['passed', 'passed']);
    expect(outcomes([{ event: 'function_call' }, { event: 'function_call' }], events, 2_000)).toEqual([
      'passed',
      'pending',
    ]);
  });

  it('wait until their time is over, and say what was late', () => {
    const expected = [{ event: 'bot_started_speaking', within_ms: 500 } as const];
    expect(judge(expected, [], 1_500)).toEqual([{ outcome: 'pending', untilMs: 1_500 }]);
    expect(why(judge(expected, [], 1_501)[0])).toBe('no bot_started_speaking within 500 ms');
    const late = [{ name: 'bot_started_speaking', atMs: 1_730 }] as const;
    expect(why(judge(expected, late, 2_000)[0])).toBe('bot_started_speaking came after 730 ms, not within 500 ms');
  });

  it('count from the end of speech where they say so', () => {
    const expected = [{ event: 'response', within_ms: 500, nova: { from: 'speech_end' } } as const];
    expect(outcomes(expected, [response('Yes.', 2_400)], 2_500)).toEqual(['passed']);
  });

  it('after one that failed have failed, too', () => {
    const verdicts = judge(
      [{ event: 'function_call', within_ms: 100 }, { event: 'response' }],
      [response('Hi.', 1_050)],
      3_000,
    );
    expect(verdicts.map(why)).toEqual(['no function_call within 100 ms', 'what was to come before it has not']);
  });

  it('join words, and try again with each piece', () => {
    const expected = [{ event: 'response', text_contains: 'nine thirty is free' } as const];
    expect(outcomes(expected, [response('Nine', 1_100), response('thirty  is', 1_200)], 1_300)).toEqual(['pending']);
    expect(
      outcomes(expected, [response('Nine', 1_100), response('thirty  is', 1_200), response('free.', 1_300)], 1_300),
    ).toEqual(['passed']);
    expect(why(judge(expected, [response('At ten.', 1_100)], 1_200, true)[0])).toBe(
      'response did not say "nine thirty is free": "At ten."',
    );
  });

  it('see words that must not be said, also after those that had to be', () => {
    const expected = [{ event: 'response', text_contains: 'free', text_excludes: ['ten', 'eleven'] } as const];
    expect(outcomes(expected, [response('It is free.', 1_100)], 1_200)).toEqual(['passed']);
    expect(why(judge(expected, [response('It is free.', 1_100), response('So is ten.', 1_300)], 1_400)[0])).toBe(
      'said "ten", which must not be said: "It is free. So is ten."',
    );
  });

  it('of calls take them in any order, each once, by a part of their arguments', () => {
    const expected = [{ event: 'function_call', calls: ['a', { name: 'b', args: { x: { y: 1 } } }, 'a'] } as const];
    const events = [call('b', { x: { y: 1, z: 2 }, w: 3 }, 1_100), call('a', {}, 1_200)];
    expect(outcomes(expected, events, 1_300)).toEqual(['pending']);
    expect(outcomes(expected, [...events, call('a', {}, 1_300)], 1_300)).toEqual(['passed']);
    expect(why(judge(expected, events, 1_300, true)[0])).toBe(
      'function_call: expected a, b({"x":{"y":1}}), a, saw b({"x":{"y":1,"z":2},"w":3}), a({})',
    );
  });

  it('of absence hold until something comes, and do not keep others waiting', () => {
    const expected = [{ event: 'user_transcription', absent: true, within_ms: 500 }, { event: 'response' }] as const;
    expect(outcomes(expected, [response('Hi.', 1_100)], 1_200)).toEqual(['pending', 'passed']);
    expect(outcomes(expected, [response('Hi.', 1_100)], 1_500)).toEqual(['passed', 'passed']);
    const heard = { name: 'user_transcription', atMs: 1_300, text: 'mm-hm' } as const;
    expect(why(judge(expected, [heard], 1_300)[0])).toBe(
      'user_transcription came after 300 ms, and must not within 500 ms',
    );
    expect(outcomes(expected, [{ ...heard, atMs: 1_600 }], 1_700)).toEqual(['passed', 'pending']);
  });

  it('that check from the start of the turn take what came before, but nothing twice', () => {
    const events = [response('A joke.', 1_100), call('delegate', {}, 1_200), response('Done.', 1_300)];
    const back = { event: 'response', check_from: 'turn_start' } as const;
    expect(judge([{ event: 'function_call' }, back, back], events, 1_400)).toMatchObject([
      { outcome: 'passed', matched: 'delegate({})' },
      { outcome: 'passed', matched: 'A joke.' },
      { outcome: 'passed', matched: 'Done.' },
    ]);
    expect(outcomes([{ event: 'function_call' }, back, back, back], events, 1_400).at(-1)).toBe('pending');
  });

  it('of no other response let the one that came be spoken to its end', () => {
    const expected = [{ event: 'response' }, { event: 'response', absent: true, within_ms: 900 }] as const;
    const reply = [response('One.', 1_100), response('Two.', 1_200)];
    expect(outcomes(expected, reply, 2_000)).toEqual(['passed', 'passed']);
    const other = [...reply, { name: 'llm_started', atMs: 1_300 } as const, response('Again.', 1_400)];
    expect(judge(expected, other, 1_500)[1]).toMatchObject({ outcome: 'failed', kind: 'unexpected_event' });
  });

  it('say how they failed by the names of Pipecat', () => {
    const kind = (asked: Asked, ...events: CallEvent[]): unknown =>
      judge([asked], events, 7_000).map((verdict) =>
        verdict.outcome === 'failed' ? verdict.kind : verdict.outcome,
      )[0];
    expect(kind({ event: 'response' })).toBe('timeout');
    expect(kind({ event: 'response', text_contains: 'x' }, response('Hi.', 1_100))).toBe('text_mismatch');
    expect(kind({ event: 'response', text_excludes: 'hi' }, response('Hi.', 1_100))).toBe('text_present');
    expect(kind({ event: 'response', eval: 'x' }, response('', 1_100))).toBe('no_content');
    expect(kind({ event: 'function_call', name: 'b' }, call('a', {}, 1_100))).toBe('missing_function_call');
    expect(kind({ event: 'function_call', name: 'a', args: { x: 1 } }, call('a', {}, 1_100))).toBe(
      'function_args_mismatch',
    );
    expect(judge([{ event: 'response' }], [], 1_100, true)).toMatchObject([{ kind: 'bot_ended' }]);
  });

  it('that ask for a judgement are not judged here; without words they have failed', () => {
    const expected = [{ event: 'response', eval: 'is polite' } as const];
    expect(judge(expected, [response('Good day.', 1_100)], 1_200)).toEqual([
      { outcome: 'not-judged', atMs: 1_100, criterion: 'is polite', text: 'Good day.' },
    ]);
    expect(why(judge(expected, [response('', 1_100)], 1_200, true)[0])).toBe('response had no words');
    expect(
      judge([{ event: 'function_call', eval: 'a weekday' }], [call('a', { day: 'Monday' }, 1_100)], 1_200),
    ).toMatchObject([{ outcome: 'not-judged', text: 'a({"day":"Monday"})' }]);
  });
});

it.each([
  [{}, { a: 1 }, true],
  [{ a: [1, { b: 2 }] }, { a: [1, { b: 2, c: 3 }] }, true],
  [{ a: [1] }, { a: [1, 2] }, false],
  [{ a: null }, { a: null }, true],
  [{ a: {} }, { a: [] }, false],
  [[], {}, false],
])('%j within %j: %s', (part, whole, holds) => {
  expect(isWithin(part, whole)).toBe(holds);
});
