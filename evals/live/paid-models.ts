import { ConverseJudge, type ConverseJudgeOptions } from '../judge';
import type { RunAbout, RunResult } from '../report';
import type { Scenario } from '../scenario';
import { TextModel } from '../text-model';
import { Budget } from './budget';
import { textModelsUsd, tokensUsd } from './prices';

export interface PaidModelsOptions extends Omit<ConverseJudgeOptions, 'modelId'> {
  /** Undefined: nothing is judged in words, and no persona is played. */
  readonly judgeModel: string | undefined;
  /** Who plays personas; undefined: the judge's. */
  readonly simulatorModel: string | undefined;
  readonly budgetUsd: number;
  /** Of the same budget, for the model that is called; undefined: it is paid elsewhere. */
  readonly callUsd?: number;
}

/** A judge, a player of personas, and the money for them, of which that for a call is set aside before it is begun. */
export class PaidModels {
  readonly judge: ConverseJudge | undefined;
  readonly simulator: TextModel | undefined;
  readonly #budget: Budget;
  readonly #callUsd: number;

  constructor({ judgeModel, simulatorModel, budgetUsd, callUsd = 0, known, ...client }: PaidModelsOptions) {
    this.#budget = new Budget(budgetUsd);
    this.#callUsd = callUsd;
    if (judgeModel === undefined) return;
    this.judge = new ConverseJudge({ ...client, modelId: judgeModel, known });
    this.simulator = new TextModel({ ...client, modelId: simulatorModel ?? judgeModel });
  }

  /** What was spent up to now, the tokens of text models counted high. */
  get spentUsd(): number {
    return this.#budget.spentUsd + this.#textUsd;
  }

  /** Whether there is money for one more run of this scenario beside those that are under way; it is set aside. */
  mayBegin(scenario: Scenario): boolean {
    return this.#budget.reserve(this.#reservedUsd(scenario), this.#textUsd);
  }

  /** A run is over. One that does not say what its call cost is taken to have cost all that was set aside for it. */
  settle(scenario: Scenario, { costUsd = this.#callUsd }: Pick<RunResult, 'costUsd'>): void {
    this.#budget.settle(this.#reservedUsd(scenario), costUsd);
  }

  /** Their ids, as reports say them. */
  get names(): Pick<RunAbout, 'judge' | 'simulator'> {
    if (this.judge === undefined || this.simulator === undefined) return {};
    return { judge: this.judge.model.id, simulator: this.simulator.id };
  }

  /** Why a run is not begun, as its result says it. */
  get refusal(): Pick<RunResult, 'failures' | 'outcome'> {
    const detail = `not begun, as it may cost more than is left of the budget: ${this.spentUsd.toFixed(2)} USD are spent`;
    return { outcome: 'error', failures: [{ kind: 'budget', turn: undefined, detail }] };
  }

  /** Idempotent. */
  close(): void {
    this.judge?.close();
    this.simulator?.close();
  }

  get #textUsd(): number {
    const all = [this.judge?.used, this.simulator?.used];
    return all.reduce((sum, used) => sum + (used === undefined ? 0 : tokensUsd(used)), 0);
  }

  #reservedUsd(scenario: Scenario): number {
    return this.#callUsd + (this.judge === undefined ? 0 : textModelsUsd(scenario));
  }
}
