import type { Script } from '../../../../evals/scenario';
import { whyNotIn } from '../../../../testbed/programs/eval/why-not';

const script = (turn: Partial<Script['turns'][number]>, nova: Script['nova'] = {}) => ({
  agent: 'nobody',
  scenario: { kind: 'script', id: 'a/b', name: 'b', file: 'a', turns: [{ expect: [], ...turn }], nova } as Script,
});
const words = {
  nova: { model: [{ say: 'It is nine.' }] },
  expect: [{ event: 'response', within_ms: 1, text_contains: 'it is nine' } as const],
};

it('a persona speaks with a real model only', () => {
  const persona = {
    kind: 'simulation',
    id: 'a/b',
    name: 'b',
    file: 'a',
    persona: 'x',
    goal: 'y',
    success: 'z',
  } as const;
  const reasons = (['offline', 'replay', 'live'] as const).map((mode) =>
    whyNotIn(mode, { agent: 'nobody', scenario: persona }),
  );
  expect(reasons).toEqual([expect.stringContaining('real model'), expect.stringContaining('real model'), undefined]);
});

it.each<[string, ReturnType<typeof script>, string | undefined, string | undefined, string | undefined]>([
  ['is plain', script({}), undefined, 'has no recording', undefined],
  ['needs a model', script({}, { needs: 'live' }), 'a real model', 'a real model', undefined],
  ['needs a recording', script({}, { needs: 'replay' }), 'a recording', 'has no recording', undefined],
  ['needs a script', script({}, { needs: 'offline' }), undefined, 'a scripted model', 'a scripted model'],
  ['has no model', script({}, { expect: { refused: 'busy' } }), undefined, 'no model', 'no model'],
  [
    'breaks a stream',
    script({ nova: { fault: { kind: 'rst-stream' } } }),
    undefined,
    'has no recording',
    'only a stand-in',
  ],
  ['expects its own words', script(words), undefined, 'has no recording', 'words of its script'],
  ['shows an image', script({ image: 'a.png' }), 'an image', 'an image', 'an image'],
  ['waits for a marker', script({ expect: [{ event: 'llm_marker', within_ms: 1 }] }), 'no bot', 'no bot', 'no bot'],
  ['does, and is meant for it', script(words, { runs: 3 }), undefined, 'has no recording', undefined],
])('a scenario that %s', (_what, job, ...reasons) => {
  for (const [at, mode] of (['offline', 'replay', 'live'] as const).entries()) {
    const reason = reasons[at];
    if (reason === undefined) expect(whyNotIn(mode, job)).toBeUndefined();
    else expect(whyNotIn(mode, job)).toContain(reason);
  }
});
