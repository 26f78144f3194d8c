/* oxlint-disable typescript/no-require-imports -- as in ../commands.ts: `require` is what tsx hooks into everywhere. */
import type { PaidModels } from '../../evals/live';
import type * as outsideModule from '../../evals/outside';
import { type RunResult, withoutRun } from '../../evals/report';
import type { Scenario } from '../../evals/scenario';
import { stopIfAsked } from '../cli/ops-error';
import type { Evaluated } from './report-on';

/** A scenario that a deployed bot is called by. */
export interface CallJob {
  readonly agent: string;
  readonly scenario: Scenario;
  /** Where its file is: `audio:` is named from here. */
  readonly folder: string;
}

export interface CallAllOptions {
  readonly caller: { run(agent: string, scenario: Scenario, folder: string): Promise<RunResult> };
  readonly models: Pick<PaidModels, 'judge' | 'mayBegin' | 'refusal' | 'settle'>;
  /** Calls at once. */
  readonly concurrency: number;
  readonly tellsTools: boolean;
  readonly signal: AbortSignal;
  /** Hears what is being done, a line each. */
  readonly progress: (line: string) => void;
}

const NO_JUDGE = { what: 'eval', why: 'criteria in words need a judge: --judge-model' };
const STOPPED = 'The calls were hung up; nothing is left behind.';

/**
 * Calls by all scenarios, so many at once, a simulation as often as it says. A bot that takes no more calls while some of ours are up
 * is called with fewer at once from there on: how many it takes is no fault of what it says.
 * @returns in the order of the jobs
 * @throws OpsError when it is asked to stop
 */
export async function callAll(jobs: readonly CallJob[], options: CallAllOptions): Promise<readonly Evaluated[]> {
  const { concurrency, progress, signal } = options;
  const all = jobs.flatMap((job) => Array.from({ length: runsOf(job.scenario) }, () => job));
  const evaluated: Evaluated[] = [];
  const queue = all.map((job, at) => ({ job, at }));
  let callers = Math.min(concurrency, queue.length);
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      stopIfAsked(signal, STOPPED);
      const one = await callBy(next.job, options);
      stopIfAsked(signal, STOPPED);
      if (one.result.failures[0]?.kind !== 'full' || callers === 1) {
        evaluated[next.at] = one;
        continue;
      }
      queue.unshift(next);
      callers -= 1;
      progress(`the bot takes no more calls: going on with ${callers} at once`);
      return;
    }
  };
  const worked = await Promise.allSettled(Array.from({ length: callers }, work));
  const stopped = worked.find((one) => one.status === 'rejected');
  if (stopped !== undefined) throw stopped.reason;
  // What a full bot left, after the others had ended.
  callers = 1;
  await work();
  return evaluated;
}

const runsOf = (scenario: Scenario): number => (scenario.kind === 'simulation' ? (scenario.runs ?? 1) : 1);

async function callBy(
  { agent, scenario: whole, folder }: CallJob,
  { caller, models, tellsTools, progress }: CallAllOptions,
): Promise<Evaluated> {
  const { fromOutside, whyNotFromOutside } = require('../../evals/outside') as typeof outsideModule;
  const why = whyNotFromOutside(whole, models.judge !== undefined);
  const { scenario, notJudged, isEmpty } = fromOutside(whole, tellsTools);
  if (why !== undefined || isEmpty) {
    const reason = why ?? 'nothing of it can be judged from outside';
    return { result: withoutRun(agent, scenario, { outcome: 'not-run', reason }), notJudged: [] };
  }
  if (!models.mayBegin(scenario)) return { result: withoutRun(agent, scenario, models.refusal), notJudged: [] };
  progress(`${agent}: ${scenario.id}…`);
  const result = await caller.run(agent, scenario, folder);
  models.settle(scenario, result);
  const unjudged = models.judge === undefined ? Array.from({ length: result.notJudged }, () => NO_JUDGE) : [];
  const left = [...notJudged, ...unjudged];
  return { result: { ...result, notJudged: notJudged.length + result.notJudged }, notJudged: left };
}
