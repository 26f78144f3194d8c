import type { EcsTask } from '../ecs';
import type { CostLimits, Spent } from '../usage-limits';
import type { Admission } from './admission';
import type { UnansweredStarts } from './unanswered-starts';

interface TaskAdmissionOptions {
  readonly unanswered: UnansweredStarts;
  readonly costs: CostLimits | undefined;
  readonly task: EcsTask | undefined;
}

/** Admission by the limits on starts and, where there are any, on cost, and by ECS, where the process is a task of it. */
export class TaskAdmission implements Admission {
  readonly #unanswered: UnansweredStarts;
  readonly #costs: CostLimits | undefined;
  readonly #task: EcsTask | undefined;

  constructor(options: TaskAdmissionOptions) {
    this.#unanswered = options.unanswered;
    this.#costs = options.costs;
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

  begun(callId: string): void {
    this.#unanswered.settled(callId);
    this.#costs?.begun(callId);
  }

  spent(callId: string, spent: Spent): void {
    this.#costs?.spent(callId, spent);
  }

  released(callId: string): void {
    this.#unanswered.settled(callId);
    this.#costs?.ended(callId);
    this.#task?.protection.release(callId);
  }

  /** After the last call: reports what is left to the ledger, and gives protection back. Idempotent, bounded, never rejects. */
  async close(): Promise<void> {
    await this.#costs?.close();
    await this.#task?.close();
  }
}
