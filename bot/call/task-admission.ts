import type { EcsTask } from '../ecs';
import type { CostLimits } from '../usage-limits';
import type { Admission } from './admission';

/** Admission by the limits on cost, where there are any, and by ECS, where the process is a task of it. */
export class TaskAdmission implements Admission {
  readonly #costs: CostLimits | undefined;
  readonly #task: EcsTask | undefined;

  constructor(options: { costs: CostLimits | undefined; task: EcsTask | undefined }) {
    this.#costs = options.costs;
    this.#task = options.task;
  }

  get standingDown(): boolean {
    return this.#task?.outdated ?? false;
  }

  /** Costs first: a refused call needs no protection. */
  async admit(callId: string, caller: string | undefined): Promise<void> {
    await this.#costs?.admit(callId, caller);
    await this.#task?.protection.hold(callId);
  }

  begun(callId: string): void {
    this.#costs?.begun(callId);
  }

  withdrawn(callId: string): void {
    this.#costs?.withdrawn(callId);
  }

  released(callId: string): void {
    this.#costs?.ended(callId);
    this.#task?.protection.release(callId);
  }

  /** After the last call: reports what is left to the ledger, and gives protection back. Idempotent, bounded, never rejects. */
  async close(): Promise<void> {
    await this.#costs?.close();
    await this.#task?.close();
  }
}
