import path from 'node:path';
import { Budget, type Series } from '../../../evals/live';
import { ConverseJudge, VerdictFile } from '../../../evals/judge';
import type { RunResult } from '../../../evals/report';
import type { Scenario } from '../../../evals/scenario';
import { type Account, openAccount } from './account';
import type { Job } from './jobs';
import type { EvalOptions } from './options';

/** What a call of a scenario is expected to cost, with half again as much talk as most have, and the most that is set aside for one. */
const EXPECTED_USD = 0.014;
const RESERVED_USD = 0.03;
/** A judge's tokens are counted as a large model's, whichever it is: dollars for a million. */
const JUDGE_USD = { input: 3, output: 15 };
const RUNS = 3;
const VERDICTS = path.join(__dirname, '../../../out/eval-verdicts.jsonl');

/** An account, a judge and money for live calls. */
export class LiveRun {
  readonly account: Account;
  readonly judge: ConverseJudge | undefined;
  readonly #budget: Budget;

  private constructor(account: Account, judge: ConverseJudge | undefined, budgetUsd: number) {
    this.account = account;
    this.judge = judge;
    this.#budget = new Budget(budgetUsd);
  }

  /** @throws Error with what to type, where there is no account, no judge, or too little money */
  static async open(
    jobs: readonly Job[],
    options: EvalOptions,
    shell: NodeJS.ProcessEnv,
    accountOf: typeof openAccount = openAccount,
  ): Promise<LiveRun> {
    const command = `npm run eval -- --mode live${options.agents.map((agent) => ` ${agent}`).join('')}`;
    const account = await accountOf(shell, `${command} --budget-usd ${options.budgetUsd}`);
    const criteria = jobs.filter(({ scenario }) => hasCriteria(scenario)).length;
    if (criteria > 0 && options.judgeModel === undefined) {
      throw new Error(
        `${criteria} of the scenarios have criteria (eval:) that a judge must judge. Name a text model of your account:\n  ${command} --judge-model amazon.nova-lite-v1:0`,
      );
    }
    const calls = jobs.reduce((sum, { scenario }) => sum + seriesFor(scenario, options).runs, 0) * options.repeat;
    const expected = calls * EXPECTED_USD;
    if (expected > options.budgetUsd) {
      const enough = (Math.ceil(calls * RESERVED_USD * 10) / 10).toFixed(1);
      throw new Error(
        `${calls} calls cost about ${expected.toFixed(2)} USD, more than the budget of ${options.budgetUsd.toFixed(2)}. Fewer runs (--runs), fewer scenarios (-s), or:\n  ${command} --budget-usd ${enough}`,
      );
    }
    const { region, credentials, judgeEndpoint } = account;
    const judge =
      options.judgeModel === undefined
        ? undefined
        : new ConverseJudge({
            modelId: options.judgeModel,
            region,
            credentials,
            endpoint: judgeEndpoint,
            // Those of a stand-in are no model's.
            known: options.keepsVerdicts && judgeEndpoint === undefined ? VerdictFile.open(VERDICTS) : undefined,
          });
    return new LiveRun(account, judge, options.budgetUsd);
  }

  /** What was spent up to now, the judge's share counted high. */
  get spentUsd(): number {
    const { input, output } = this.judge?.used ?? { input: 0, output: 0 };
    return this.#budget.spentUsd + (input * JUDGE_USD.input + output * JUDGE_USD.output) / 1_000_000;
  }

  /** Whether there is money for one more call beside those that are held; it is set aside. */
  mayBegin(): boolean {
    return this.#budget.reserve(RESERVED_USD, this.spentUsd - this.#budget.spentUsd);
  }

  /** A call is over. One that does not say what it cost is taken to have cost all that was set aside. */
  settle({ costUsd = RESERVED_USD }: RunResult): void {
    this.#budget.settle(RESERVED_USD, costUsd);
  }

  close(): void {
    this.judge?.close();
  }
}

/** How often a scenario is run, and must pass. */
export function seriesFor({ nova, runs: written }: Scenario, { runs: asked, pass }: EvalOptions): Series {
  const runs = asked ?? nova?.runs ?? written ?? RUNS;
  return { runs, pass: Math.min(runs, pass ?? nova?.pass ?? runs) };
}

function hasCriteria(scenario: Scenario): boolean {
  return scenario.kind === 'script' && scenario.turns.some((turn) => turn.expect.some((one) => one.eval !== undefined));
}
