import type { EcsTask } from '../ecs';
import type { BotError } from '../errors';
import type { CostLimits, Spent } from '../usage-limits';
import type { Admission } from './admission';
import type { UnansweredStarts } from './unanswered-starts';

interface TaskAdmissionOptions {
  readonly unanswered: UnansweredStarts;
  readonly costs: CostLimits | undefined;
  /** Limits of some calls, which whoever takes those has them admitted by; what they use counts here as well. */
  readonly others?: readonly CostLimits[];
  readonly task: EcsTask | undefined;
}

/** Admission by the limits on starts and, where there are any, on cost, and by ECS, where the process is a task of it. */
export class TaskAdmission implements Admission {
  readonly #unanswered: UnansweredStarts;
  readonly #costs: CostLimits | undefined;
  readonly #counting: readonly CostLimits[];
  readonly #task: EcsTask | undefined;

  constructor(options: TaskAdmissionOptions) {
    this.#unanswered = options.unanswered;
    this.#costs = options.costs;
    this.#counting = [...(options.costs === undefined ? [] : [options.costs]), ...(options.others ?? [])];
    this.#task = options.task;
  }

  get standingDown(): boolean {
    return this.#task?.outdated ?? false;
  }

  get isDaySpent(): boolean | undefined {
    return this.#costs?.isDaySpent;
  }

  /** Protection last: a refused call needs none. A start whose caller is not known is nobody's. */
  async admit(callId: string, caller: string | undefined): Promise<void> {
    if (caller !== undefined) this.#unanswered.admit(callId, caller);
    await this.#costs?.admit(callId, caller);
    await this.#task?.protection.hold(callId);
  }

  refusalFor(caller: string): BotError | undefined {
    return this.#costs?.refusalFor(caller);
  }

  begun(callId: string): void {
    this.#unanswered.settled(callId);
    for (const limits of this.#counting) limits.begun(callId);
  }

  spent(callId: string, spent: Spent): void {
    for (const limits of this.#counting) limits.spent(callId, spent);
  }

  released(callId: string): void {
    this.#unanswered.settled(callId);
    for (const limits of this.#counting) limits.ended(callId);
    this.#task?.protection.release(callId);
  }

  /** After the last call: reports what is left to the ledger, and gives protection back. Idempotent, bounded, never rejects. */
  async close(): Promise<void> {
    for (const limits of this.#counting) await limits.close();
    await this.#task?.close();
  }
}
