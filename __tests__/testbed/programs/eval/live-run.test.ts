import type { Scenario, Script } from '../../../../evals/scenario';
import { FAKE_CREDENTIALS } from '../../../../testbed/fakes/bedrock';
import { openAccount } from '../../../../testbed/programs/eval/account';
import { exitCodeOfSeries } from '../../../../testbed/programs/eval/exit-code';
import type { Job } from '../../../../testbed/programs/eval/jobs';
import { LiveRun, seriesFor } from '../../../../testbed/programs/eval/live-run';
import { toldIn } from '../../../../testbed/programs/eval/model/live';
import { type EvalOptions, parseOptions } from '../../../../testbed/programs/eval/options';
import { PASSED } from './support/held-call';
import { WRITTEN_HEAD } from '../../../support/stream-head';

const options = (...argv: string[]): EvalOptions => parseOptions(['--mode', 'live', ...argv]) as EvalOptions;
const script = (rest: Partial<Script> = {}): Script => ({
  kind: 'script',
  id: 'a/b',
  name: 'b',
  file: 'a.yaml',
  turns: [{ user: 'Hello.', expect: [] }],
  ...rest,
});
const jobsOf = (count: number, scenario: Scenario = script()): Job[] =>
  Array.from({ length: count }, () => ({ agent: 'clinic', folder: '', scenario }));
const open = (jobs: readonly Job[], wanted: EvalOptions, provide = () => Promise.resolve(FAKE_CREDENTIALS)) =>
  LiveRun.open(jobs, wanted, { AWS_REGION: 'us-west-2', NOVA_SONIC_MODEL_ID: 'a.model' }, (shell, command) =>
    openAccount(shell, command, provide),
  );

describe('live calls', () => {
  it('are not begun without credentials, and it says what to type', async () => {
    const nobody = () => Promise.reject(new Error('Could not load credentials from any providers'));
    await expect(open(jobsOf(1), options('clinic'), nobody)).rejects.toThrow(
      /there are no credentials\. Type:\n {2}AWS_PROFILE=YOUR_PROFILE AWS_REGION=\S+ npm run eval -- --mode live clinic --budget-usd 2$/,
    );
  });

  it('are not begun without a judge where one is needed', async () => {
    const criterion = script({ turns: [{ expect: [{ event: 'response', within_ms: 1, eval: 'Is kind.' }] }] });
    await expect(open(jobsOf(2, criterion), options())).rejects.toThrow(/2 of the scenarios .*\n.*--judge-model /);
    await expect(open(jobsOf(2, criterion), options('--judge-model', 'm'))).resolves.toBeInstanceOf(LiveRun);
  });

  it('are not begun where they cost more than the budget', async () => {
    await expect(open(jobsOf(50), options())).rejects.toThrow(
      /^150 calls cost about 2\.10 USD, more than the budget of 2\.00\..*\n {2}npm run eval -- --mode live --budget-usd 4\.5$/,
    );
    await expect(open(jobsOf(50), options('--runs', '1'))).resolves.toBeInstanceOf(LiveRun);
  });

  it('stop at the budget, whatever is under way', async () => {
    const { models } = await open(jobsOf(1), options('--budget-usd', '0.07'));
    const mayBegin = (): boolean => models.mayBegin(script());
    expect([mayBegin(), mayBegin(), mayBegin()]).toEqual([true, true, false]);
    models.settle(script(), { ...PASSED, costUsd: 0.001 });
    expect(mayBegin()).toBe(true);
    models.settle(script(), PASSED);
    expect(models.spentUsd).toBeCloseTo(0.031);
    expect(mayBegin()).toBe(false);
  });

  it('of a persona set more money aside, and are not begun without a judge', async () => {
    const persona: Scenario = { ...script(), kind: 'simulation', persona: 'x', goal: 'y', success: 'z' };
    await expect(open(jobsOf(1, persona), options())).rejects.toThrow(/1 of the scenarios .*\n.*--judge-model /);
    const { models } = await open(jobsOf(1, persona), options('--judge-model', 'm', '--budget-usd', '0.31'));
    expect(models.names).toEqual({ judge: 'm', simulator: 'm' });
    expect([models.mayBegin(persona), models.mayBegin(persona), models.mayBegin(persona)]).toEqual([true, true, false]);
    expect(models.refusal.failures[0]?.detail).toContain('0.00 USD are spent');
    const other = await open(jobsOf(1), options('--judge-model', 'm', '--simulator-model', 'n'));
    expect(other.models.names).toEqual({ judge: 'm', simulator: 'n' });
  });

  it("have the account's credentials and region, and calls of five minutes at most", async () => {
    const { account } = await open(jobsOf(1), options());
    expect(account).toMatchObject({ region: 'us-west-2', textEndpoint: undefined });
    expect(account.variables).toEqual({
      AWS_REGION: 'us-west-2',
      NOVA_SONIC_MODEL_ID: 'a.model',
      AWS_ACCESS_KEY_ID: FAKE_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: FAKE_CREDENTIALS.secretAccessKey,
      MAX_CALL_MINUTES: '5',
    });
  });

  it.each<[Partial<Script>, string[], { runs: number; pass: number }]>([
    [{}, [], { runs: 3, pass: 3 }],
    [{ nova: { runs: 5, pass: 4 } }, [], { runs: 5, pass: 4 }],
    [{ runs: 2 }, [], { runs: 2, pass: 2 }],
    [{ nova: { runs: 5, pass: 4 } }, ['--runs', '2'], { runs: 2, pass: 2 }],
    [{}, ['--runs', '4', '--pass', '1'], { runs: 4, pass: 1 }],
  ])('%j with %j is a series', (rest, argv, series) => {
    expect(seriesFor(script(rest), options(...argv))).toEqual(series);
  });

  it('of a persona are run once, or as its file says, and must all pass', () => {
    const persona: Scenario = { ...script(), kind: 'simulation', persona: 'x', goal: 'y', success: 'z' };
    expect(seriesFor(persona, options())).toEqual({ runs: 1, pass: 1 });
    expect(seriesFor({ ...persona, runs: 3 }, options())).toEqual({ runs: 3, pass: 3 });
  });

  it('end as their series do', () => {
    const series = { agent: 'a', scenario: 'b', runs: 20, pass: 20, passed: 20, failed: 0, errors: 0 } as const;
    expect(exitCodeOfSeries([{ ...series, verdict: 'pass' }])).toBe(0);
    expect(exitCodeOfSeries([{ ...series, verdict: 'inconclusive' }])).toBe(3);
    expect(exitCodeOfSeries([{ ...series, verdict: 'pass', errors: 3 }])).toBe(3);
    expect(
      exitCodeOfSeries([
        { ...series, verdict: 'inconclusive' },
        { ...series, verdict: 'fail' },
      ]),
    ).toBe(1);
    expect(exitCodeOfSeries([])).toBe(3);
  });
});

it('what a model was told is read from the recording of its stream', () => {
  const block = (contentName: string, rest: object) => ({ contentStart: { contentName, ...rest } });
  const result = { type: 'TOOL', toolResultInputConfiguration: { toolUseId: 'tool-1' } };
  const told = toldIn({
    head: { ...WRITTEN_HEAD, source: 'live' },
    lines: [
      { t: 0, dir: 'in', event: block('a', { type: 'TEXT', role: 'SYSTEM', interactive: false }) },
      { t: 0, dir: 'in', event: { textInput: { contentName: 'a', content: 'Be kind.' } } },
      { t: 9, dir: 'out', event: { toolUse: { toolUseId: 'tool-1', content: '{}' } } },
      { t: 20, dir: 'in', event: block('b', result) },
      { t: 21, dir: 'in', event: { toolResult: { contentName: 'b', content: '{"a":1}' } } },
    ],
  });
  expect(told).toMatchObject({
    texts: [{ role: 'SYSTEM', interactive: false, text: 'Be kind.' }],
    toolResults: [{ toolUseId: 'tool-1', content: '{"a":1}' }],
    toolUses: [{ toolUseId: 'tool-1', atMs: 9, answeredAtMs: 21 }],
  });
});
