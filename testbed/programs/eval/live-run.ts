import path from 'node:path';
import { VerdictFile } from '../../../evals/judge';
import { criteriaOf, PaidModels, type Series, textModelsUsd } from '../../../evals/live';
import type { Scenario } from '../../../evals/scenario';
import { type Account, openAccount } from './account';
import type { Job } from './jobs';
import type { EvalOptions } from './options';

/** What a call of a scenario is expected to cost, with half again as much talk as most have, and the most that is set aside for one. */
const EXPECTED_USD = 0.014;
const RESERVED_USD = 0.03;
/** Where a file says nothing; of a simulation as in Pipecat. */
const RUNS = { script: 3, simulation: 1 } as const;
const VERDICTS = path.join(__dirname, '../../../out/eval-verdicts.jsonl');

/** An account, and models and money for live calls. */
export class LiveRun {
  readonly account: Account;
  readonly models: PaidModels;

  private constructor(account: Account, models: PaidModels) {
    this.account = account;
    this.models = models;
  }

  /** @throws Error with what to type, where there is no account, no judge, or too little money */
  static async open(
    jobs: readonly Job[],
    options: EvalOptions,
    shell: NodeJS.ProcessEnv,
    accountOf: typeof openAccount = openAccount,
  ): Promise<LiveRun> {
    const { judgeModel, simulatorModel, budgetUsd, repeat } = options;
    const command = `npm run eval -- --mode live${options.agents.map((agent) => ` ${agent}`).join('')}`;
    const account = await accountOf(shell, `${command} --budget-usd ${budgetUsd}`);
    const criteria = jobs.filter(({ scenario }) => criteriaOf(scenario) > 0).length;
    if (criteria > 0 && judgeModel === undefined) {
      throw new Error(
        `${criteria} of the scenarios have criteria (eval:, success:) that a judge must judge. Name a text model of your account:\n  ${command} --judge-model amazon.nova-lite-v1:0`,
      );
    }
    const sum = (of: (job: Job) => number): number => jobs.reduce((total, job) => total + of(job), 0) * repeat;
    const runs = ({ scenario }: Job): number => seriesFor(scenario, options).runs;
    const calls = sum(runs);
    const texts = sum((job) => runs(job) * textModelsUsd(job.scenario));
    const expected = calls * EXPECTED_USD + texts;
    if (expected > budgetUsd) {
      const enough = (Math.ceil((calls * RESERVED_USD + texts) * 10) / 10).toFixed(1);
      throw new Error(
        `${calls} calls cost about ${expected.toFixed(2)} USD, more than the budget of ${budgetUsd.toFixed(2)}. Fewer runs (--runs), fewer scenarios (-s), or:\n  ${command} --budget-usd ${enough}`,
      );
    }
    const { region, credentials, textEndpoint: endpoint } = account;
    const models = new PaidModels({
      judgeModel,
      simulatorModel,
      region,
      credentials,
      endpoint,
      budgetUsd,
      callUsd: RESERVED_USD,
      // Those of a stand-in are no model's.
      known: options.keepsVerdicts && endpoint === undefined ? VerdictFile.open(VERDICTS) : undefined,
    });
    return new LiveRun(account, models);
  }
}

/** How often a scenario is run, and must pass. */
export function seriesFor({ kind, nova, runs: written }: Scenario, { runs: asked, pass }: EvalOptions): Series {
  const runs = asked ?? nova?.runs ?? written ?? RUNS[kind];
  return { runs, pass: Math.min(runs, pass ?? nova?.pass ?? runs) };
}
