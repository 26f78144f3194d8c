import { once } from 'node:events';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { waitedMs } from '../../processes';
import { isRight, type Figure } from './measure';

/** What a call's figures say: of a fault, or only of a machine that had no time for it. */
export type Verdict = 'right' | 'wrong' | 'machine-was-busy';

/** Watches, beside the call, for how long this machine keeps the bot waiting for a processor, or a thread that does nothing. */
export class MachineWatch {
  readonly #botPid: number;
  readonly #waitedBeforeMs: number;
  readonly #worker = new Worker(path.join(__dirname, 'stall-worker.mjs'), { execArgv: [] });

  constructor(botPid: number) {
    this.#botPid = botPid;
    this.#waitedBeforeMs = waitedMs(botPid);
  }

  /** Ends the watch. @returns how long the one that waited longer was kept waiting since, all in all, in ms */
  async stop(): Promise<number> {
    const answer = once(this.#worker, 'message');
    this.#worker.postMessage('stop');
    const [stalledMs] = (await answer) as [number];
    await this.#worker.terminate();
    return Math.max(stalledMs, waitedMs(this.#botPid) - this.#waitedBeforeMs);
  }
}

/** A figure that is wrong by more than the machine's own stalls account for is a fault of the bot. */
export function verdict(figures: readonly Figure[], stalledMs: number): Verdict {
  const wrong = figures.filter((figure) => !isRight(figure));
  if (wrong.length === 0) return 'right';
  return wrong.every((figure) => lostMs(figure) <= stalledMs) ? 'machine-was-busy' : 'wrong';
}

/** For how long the machine must have stood still to be the reason; Infinity where it cannot be. */
function lostMs({ value, unit, limit, stallMsEach = unit === 'ms' ? 1 : Infinity }: Figure): number {
  return 'atMost' in limit ? (value - limit.atMost) * stallMsEach : Infinity;
}
