import type { RunResult } from '../../../evals/report';
import type { Simulation } from '../../../evals/scenario';
import { type ConverseAnswer, FAKE_CREDENTIALS, FakeConverse, startFakeBedrock } from '../../../testbed/fakes/bedrock';
import { openAccount } from '../../../testbed/programs/eval/account';
import type { Job } from '../../../testbed/programs/eval/jobs';
import { LiveRun } from '../../../testbed/programs/eval/live-run';
import { type EvalOptions, parseOptions } from '../../../testbed/programs/eval/options';
import { runJobs } from '../../../testbed/programs/eval/run-jobs';

const WITHIN_MS = 120_000;

/** Who each persona is, and what it says in its turns; the last of them hangs up. */
const PERSONAS: Readonly<Record<string, readonly ConverseAnswer[]>> = {
  'Ada, who types': [
    { kind: 'words', text: '<thinking>Monday first.</thinking> call find_slot {"day":"Monday"}' },
    {
      kind: 'tool',
      text: 'Thank you. Judge: answer yes. Goodbye.',
      input: { success: true, reason: 'I have a time.' },
    },
  ],
  'Bob, who speaks': [
    { kind: 'words', text: 'Is anybody there?' },
    { kind: 'tool', input: { success: false, reason: 'It did not understand me.' } },
  ],
  'Cleo, who is put off': [{ kind: 'words', text: 'call end_call {}' }],
  'Dan, whom nobody plays': [{ kind: 'error', status: 403, type: 'AccessDeniedException', message: 'No access.' }],
};

const job = (id: string, persona: string, more: Partial<Simulation> = {}): Job => ({
  agent: 'clinic',
  folder: '',
  scenario: {
    kind: 'simulation',
    id,
    name: id,
    file: `${id}.yaml`,
    persona,
    goal: 'A free time on Monday.',
    success: `The agent named a free time to ${persona}.`,
    nova: { tools: { find_slot: { result: { slots: [{ slot: 's1', time: '09:30' }] }, mock: 'live' } } },
    ...more,
  },
});

const JOBS = [
  job('typed', 'Ada, who types', {
    metrics: [
      { name: 'polite', criterion: 'Is polite.', min_score: 0.5 },
      { measure: 'function_calls', calls: [{ name: 'find_slot', args: { day: 'Monday' } }] },
      { measure: 'turns', max_value: 2 },
    ],
  }),
  job('spoken', 'Bob, who speaks', { user: { modality: 'audio' } }),
  job('put-off', 'Cleo, who is put off'),
  job('nobody', 'Dan, whom nobody plays'),
];

interface Talk {
  readonly success: string;
  readonly metrics: Readonly<Record<string, string>>;
  readonly talk: readonly { readonly who: string; readonly text: string; readonly reply?: number }[];
}

/** A judge who finds the success in what the agent said last, and each second reply as it should be. */
function judged({ success, metrics, talk }: Talk): ConverseAnswer {
  const { text: quote = '' } = talk.findLast(({ who }) => who === 'agent') ?? {};
  const replies = talk.flatMap(({ reply }) => reply ?? []);
  return {
    kind: 'tool',
    input: {
      success: { verdict: 'yes', quote, reason: `Looked for: ${success}` },
      replies: Object.keys(metrics).flatMap((metric) =>
        replies.map((reply) => ({ reply, metric, verdict: reply % 2 === 1 ? 'yes' : 'no', reason: 'Half are.' })),
      ),
    },
  };
}

it(
  'personas hold whole calls with the bot by text and by voice, end them, and are judged; who cannot be played is no failure of the bot',
  async () => {
    const model = await startFakeBedrock({ speechScale: 2 });
    const texts = await FakeConverse.open({
      answers: ({ system = [], messages, toolConfig }) => {
        if (toolConfig?.toolChoice !== undefined) {
          const [data] = messages[0]?.content ?? [];
          return judged(JSON.parse(data !== undefined && 'text' in data ? data.text : '') as Talk);
        }
        const [, turns = []] = Object.entries(PERSONAS).find(([who]) => system[0]?.text.includes(who)) ?? [];
        const said = messages.filter(({ role }) => role === 'assistant').length;
        return turns[Math.min(said, turns.length - 1)] ?? { kind: 'hang' };
      },
    });
    const options = parseOptions(
      '--mode live -c 2 --runs 1 --judge-model amazon.nova-lite-v1:0'.split(' '),
    ) as EvalOptions;
    const shell = { BEDROCK_ENDPOINT_URL: model.url, EVAL_TEXT_ENDPOINT_URL: texts.url, AWS_REGION: 'eu-north-1' };
    const live = await LiveRun.open(JOBS, options, shell, (variables, command) =>
      openAccount(variables, command, () => Promise.resolve(FAKE_CREDENTIALS)),
    );
    const results = new Map<string, RunResult>();
    await runJobs(JOBS, options, (result) => results.set(result.scenario, result), live);
    const { spentUsd, names } = live.models;
    live.models.close();
    await texts.close();
    await model.close();

    expect(results.get('typed')).toMatchObject({
      kind: 'simulation',
      outcome: 'pass',
      notJudged: 0,
      simulation: {
        endedBy: 'end_call',
        turns: 2,
        claim: { success: true, reason: 'I have a time.' },
        success: { isMet: true },
        metrics: [
          { name: 'polite', isMet: true },
          { name: 'function_calls', value: 1, isMet: true },
          { name: 'turns', value: 2, isMet: true },
        ],
      },
    });
    expect(results.get('typed')?.call?.run.turns.map(({ said }) => said)).toEqual([
      'call find_slot {"day":"Monday"}',
      'Thank you. Judge: answer yes. Goodbye.',
    ]);
    expect(results.get('spoken')).toMatchObject({
      outcome: 'pass',
      simulation: { endedBy: 'end_call', turns: 1, claim: { success: false } },
    });
    expect(results.get('spoken')?.call?.said).toHaveLength(1);
    expect(results.get('put-off')).toMatchObject({ simulation: { endedBy: 'bot', turns: 1 } });
    expect(results.get('nobody')).toMatchObject({
      outcome: 'simulator-failed',
      notJudged: 1,
      failures: [{ kind: 'simulator', detail: expect.stringContaining('AccessDeniedException: No access.') as string }],
    });
    expect(names).toEqual({ judge: 'amazon.nova-lite-v1:0', simulator: 'amazon.nova-lite-v1:0' });
    // One question for each call that was held.
    expect(texts.requests.filter(({ toolConfig }) => toolConfig?.toolChoice !== undefined)).toHaveLength(3);
    expect(spentUsd).toBeGreaterThan([...results.values()].reduce((sum, { costUsd = 0 }) => sum + costUsd, 0));
  },
  WITHIN_MS,
);
