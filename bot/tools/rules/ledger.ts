import type { ToolAnswer } from '../tool-answer';
import { Confirmation } from './confirmation';

/** More runs than any call needs: a model that loops over many turns stops there. */
const MAX_PER_CALL = 40;

/** What a call remembers of its tools, over all its streams and agents: made with the call, and gone with it. */
export class ToolLedger {
  readonly confirmation = new Confirmation();
  readonly #once = new Map<string, Promise<ToolAnswer>>();
  #runs = 0;

  /** Counts a run. False: the call has had all that it may have. */
  count(): boolean {
    this.#runs += 1;
    return this.#runs <= MAX_PER_CALL;
  }

  /** The first answer to `request`, which may still be on its way. */
  firstAnswer(request: string): Promise<ToolAnswer> | undefined {
    return this.#once.get(request);
  }

  /** Runs what may run once. Forgotten again where the answer says that nothing was done. */
  async runOnce(request: string, run: () => Promise<ToolAnswer>): Promise<ToolAnswer> {
    const running = run();
    this.#once.set(request, running);
    const answer = await running;
    if (!answer.mayHaveRun) this.#once.delete(request);
    return answer;
  }
}
