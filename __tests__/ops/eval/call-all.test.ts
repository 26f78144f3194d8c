import { PaidModels } from '../../../evals/live';
import { type RunResult, withoutRun } from '../../../evals/report';
import type { Scenario, Script } from '../../../evals/scenario';
import { callAll, type CallJob } from '../../../ops/eval/call-all';

const script = (id: string, more: Partial<Script> = {}): CallJob => ({
  agent: 'clinic',
  folder: '',
  scenario: {
    kind: 'script',
    id,
    name: id,
    file: 'a.yaml',
    turns: [{ user: 'Hi', expect: [{ event: 'response', within_ms: 1, eval: 'Is kind.' }] }],
    ...more,
  },
});
const JOBS = ['a', 'b', 'c', 'd'].map((id) => script(id));

/** A deployed bot that takes so many calls at once; a call lasts until all that are under way have been looked at. */
function botOf(lines: number) {
  let up = 0;
  const seen = { most: 0, called: [] as string[] };
  const run = async (agent: string, scenario: Scenario): Promise<RunResult> => {
    if (up >= lines) {
      const failures = [{ kind: 'full', turn: undefined, detail: 'All lines are busy.' }];
      return withoutRun(agent, scenario, { outcome: 'error', failures });
    }
    up += 1;
    seen.most = Math.max(seen.most, up);
    seen.called.push(scenario.id);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    up -= 1;
    return withoutRun(agent, scenario, { outcome: 'pass', notJudged: 1 });
  };
  return { seen, caller: { run } };
}

const modelsOf = (judgeModel?: string, budgetUsd = 1): PaidModels =>
  new PaidModels({ judgeModel, simulatorModel: undefined, budgetUsd, region: 'eu-north-1' });

async function called(jobs: readonly CallJob[], lines: number, concurrency: number, models = modelsOf()) {
  const { seen, caller } = botOf(lines);
  const told: string[] = [];
  const evaluated = await callAll(jobs, {
    caller,
    models,
    concurrency,
    tellsTools: false,
    signal: new AbortController().signal,
    progress: (line) => told.push(line),
  });
  const outcomes = evaluated.map(({ result }) => `${result.scenario} ${result.outcome}`);
  return { seen, outcomes, told: told.filter((line) => line.includes('at once')), evaluated };
}

it('calls so many at once as it may, and tells of all in their order', async () => {
  const { seen, outcomes, told } = await called(JOBS, 9, 3);
  expect([seen.most, outcomes, told]).toEqual([3, ['a pass', 'b pass', 'c pass', 'd pass'], []]);
});

it('a bot that is full is called with fewer at once, and that is told and no failure', async () => {
  const { seen, outcomes, told } = await called(JOBS, 1, 3);
  expect([seen.most, outcomes]).toEqual([1, ['a pass', 'b pass', 'c pass', 'd pass']]);
  expect(told).toEqual([
    'the bot takes no more calls: going on with 2 at once',
    'the bot takes no more calls: going on with 1 at once',
  ]);
});

it('a bot that takes not even one call could not be held', async () => {
  expect((await called(JOBS.slice(0, 2), 0, 2)).outcomes).toEqual(['a error', 'b error']);
});

it('criteria without a judge are named with what would judge them', async () => {
  const { evaluated } = await called(JOBS.slice(0, 1), 1, 1);
  expect(evaluated[0]).toMatchObject({ result: { notJudged: 1 }, notJudged: [{ what: 'eval' }] });
  const judged = await called(JOBS.slice(0, 1), 1, 1, modelsOf('m'));
  expect(judged.evaluated[0]?.notJudged).toEqual([]);
});

it('a persona calls as often as its file says, within the money there is', async () => {
  const { scenario, ...job } = script('p', { runs: 3 });
  const persona: CallJob = {
    ...job,
    scenario: { ...scenario, kind: 'simulation', persona: 'x', goal: 'y', success: 'z', max_turns: 10 },
  };
  expect((await called([persona], 1, 1)).outcomes).toEqual(['p not-run', 'p not-run', 'p not-run']);
  expect((await called([persona], 3, 3, modelsOf('m', 0.17))).outcomes).toEqual(['p pass', 'p pass', 'p error']);
});
