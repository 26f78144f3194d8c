import { fromOutside, whyNotFromOutside } from '../../../evals/outside/from-outside';
import type { Scenario, Script, Simulation } from '../../../evals/scenario';

const of = (more: Partial<Script>): Script => ({
  kind: 'script',
  id: 'a/b',
  name: 'b',
  file: 'a.yaml',
  turns: [{ expect: [] }],
  ...more,
});
const turnsOf = (scenario: Scenario): Script['turns'] => (scenario.kind === 'script' ? scenario.turns : []);
const LIVE: NonNullable<Script['nova']> = { needs: 'live' };

describe('from outside', () => {
  it('judges what is heard, told and waited for, and names the rest with its reason', () => {
    const limits = { silence_max_ms: 2_500, answers_per_turn: 1, ended_by: 'caller' } as const;
    const unseen = { effects_total: { book: 1 }, log_has: ['x'], model_sees: ['y'], secrets_leaked: 0 };
    const { scenario: script, notJudged } = fromOutside(of({ nova: { expect: { ...limits, ...unseen } } }), false);
    expect(script.nova?.expect).toEqual(limits);
    expect(notJudged.map(({ what }) => what)).toEqual(Object.keys(unseen));
    expect(notJudged.every(({ why }) => why.length > 10)).toBe(true);
  });

  it("takes a scripted model's words and tools out of what another is held to, and keeps the rest in order", () => {
    const written = of({
      turns: [
        {
          user: 'What time is it?',
          nova: { model: [{ call: 'clock', args: {} }, { say: 'It is nine.' }] },
          expect: [
            { event: 'function_call', name: 'clock', within_ms: 1_000 },
            { event: 'response', text_contains: ['it is nine', 'sir'], text_excludes: 'clock', within_ms: 2_000 },
          ],
        },
      ],
      nova: { expect: { calls_total: { clock: 1 }, client_sees: ['It is nine.'], words_repeated: 0 } },
    });
    const { scenario: script, notJudged, isEmpty } = fromOutside(written, true);
    expect(turnsOf(script)[0]?.expect).toEqual([
      { event: 'response', text_contains: ['sir'], text_excludes: ['clock'], within_ms: 2_000 },
    ]);
    expect(script.nova?.expect).toEqual({ words_repeated: 0 });
    expect(notJudged.map(({ what }) => what)).toEqual([
      'function_call',
      'words of response',
      'calls_total',
      'client_sees',
    ]);
    expect(isEmpty).toBe(false);
  });

  it.each([
    [true, [{ event: 'function_call', name: 'clock', within_ms: 1_000 }], []],
    [false, [{ event: 'function_call', within_ms: 1_000 }], ['function_call by name', 'calls_total']],
  ])('holds a real model to tools by name where clients are told them: %s', (tellsTools, left, without) => {
    const turns = [{ user: 'Hi', expect: [{ event: 'function_call', name: 'clock', within_ms: 1_000 }] }] as const;
    const written = of({
      turns: [...turns] as unknown as Script['turns'],
      nova: { ...LIVE, expect: { calls_total: { clock: 1 } } },
    });
    const { scenario: script, notJudged } = fromOutside(written, tellsTools);
    expect(turnsOf(script)[0]?.expect).toEqual(left);
    expect(notJudged.map(({ what }) => what)).toEqual(without);
  });

  it('says where nothing is left', () => {
    expect(fromOutside(of({ nova: { expect: { log_has: ['x'] } } }), true).isEmpty).toBe(true);
  });

  it.each<[string | undefined, Partial<Script>]>([
    [undefined, { nova: LIVE }],
    [undefined, { nova: { tools: { clock: { result: 'x', mock: 'offline' } } } }],
    [
      'a deployed bot would carry out what is mocked: book',
      { nova: { tools: { book: { result: 'x', mock: 'live' } } } },
    ],
    ['needs a scripted model', { nova: { needs: 'offline' } }],
    ['needs the transport phone', { nova: { transport: 'phone' } }],
    ['needs a bot of its own, with MAX_CALLS', { nova: { bot: { MAX_CALLS: '1' } } }],
    ['only a stand-in breaks its streams', { turns: [{ expect: [], nova: { fault: { kind: 'rst-stream' } } }] }],
  ])('runs, or says why not: %s', (why, more) => expect(whyNotFromOutside(of(more), false)).toBe(why));

  it('a persona calls where a model plays it; tools are held against its metrics where clients are told them', () => {
    const persona: Simulation = {
      ...of({ nova: { expect: { log_has: ['x'], words_repeated: 0 } } }),
      kind: 'simulation',
      persona: 'x',
      goal: 'y',
      success: 'z',
      metrics: [
        { measure: 'function_calls', calls: [] },
        { measure: 'turns', max_value: 3 },
      ],
    };
    expect(whyNotFromOutside(persona, false)).toContain('--judge-model');
    expect(whyNotFromOutside(persona, true)).toBeUndefined();
    const hidden = fromOutside(persona, false);
    expect(hidden.scenario).toMatchObject({
      metrics: [{ measure: 'turns' }],
      nova: { expect: { words_repeated: 0 } },
    });
    expect(hidden.notJudged.map(({ what }) => what)).toEqual(['log_has', 'function_calls']);
    expect(fromOutside(persona, true).scenario).toMatchObject({ metrics: [{}, {}] });
  });
});
