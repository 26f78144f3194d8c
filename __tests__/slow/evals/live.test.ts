import type { RunResult } from '../../../evals/report';
import type { Script } from '../../../evals/scenario';
import { FAKE_CREDENTIALS, FakeConverse, startFakeBedrock } from '../../../testbed/fakes/bedrock';
import { openAccount } from '../../../testbed/programs/eval/account';
import type { Job } from '../../../testbed/programs/eval/jobs';
import { LiveRun } from '../../../testbed/programs/eval/live-run';
import { type EvalOptions, parseOptions } from '../../../testbed/programs/eval/options';
import { runJobs } from '../../../testbed/programs/eval/run-jobs';

const WITHIN_MS = 120_000;

/** A greeting that a judge judges by `criterion`. */
const job = (id: string, criterion: string, runs: number): Job => {
  const scenario: Script = {
    kind: 'script',
    id,
    name: id,
    file: `${id}.yaml`,
    turns: [{ expect: [{ event: 'response', within_ms: 20_000, text_contains: 'Riverside', eval: criterion }] }],
    nova: { variables: { patient: 'Ada' }, runs, expect: { model_sees: ['Ada'], ended_by: 'caller' } },
  };
  return { agent: 'clinic', folder: '', scenario };
};

it(
  'holds calls with the model of an account, judges them, and keeps to the budget',
  async () => {
    // Both are the account's: a model that speaks by its own rules, and a judge that cannot say anything the second time.
    const model = await startFakeBedrock({ speechScale: 2 });
    const yes = { verdict: 'yes', quote: 'Riverside Clinic', reason: 'It says so.' };
    const judge = await FakeConverse.open({
      answers: [
        { kind: 'tool', input: yes },
        { kind: 'words', text: 'Perhaps.' },
      ],
    });
    const options = parseOptions([
      '--mode',
      'live',
      '-c',
      '1',
      '--judge-model',
      'amazon.nova-lite-v1:0',
    ]) as EvalOptions;
    const jobs = [job('named', 'Says the name of the clinic.', 2), job('kind', 'Is kind.', 1)];
    const shell = { BEDROCK_ENDPOINT_URL: model.url, EVAL_TEXT_ENDPOINT_URL: judge.url, AWS_REGION: 'eu-north-1' };
    const live = await LiveRun.open(jobs, options, shell, (variables, command) =>
      openAccount(variables, command, () => Promise.resolve(FAKE_CREDENTIALS)),
    );
    const results: RunResult[] = [];
    await runJobs(jobs, options, (result) => results.push(result), live);
    const { spentUsd } = live.models;
    live.models.close();
    await judge.close();
    await model.close();

    expect(results.map(({ scenario, outcome, notJudged }) => [scenario, outcome, notJudged])).toEqual([
      ['named', 'pass', 0],
      ['named', 'pass', 0],
      ['kind', 'judge-failed', 1],
    ]);
    expect(results[2]?.failures[0]?.detail).toMatch(/^the answer is not a verdict.*Is kind\.$/);
    expect(judge.requests).toHaveLength(3);
    expect(results[0]?.recorded).toMatchObject({ source: 'stand-in' });
    expect(results[0]?.costUsd).toBeGreaterThan(0);
    expect(spentUsd).toBeGreaterThan(results.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0));
  },
  WITHIN_MS,
);
