import type { Behaviours } from './behaviours';
import type { OutputEvents } from './output';
import type { UsageMeter } from './usage';

/** The first report comes so long after the prompt, asked for or not; the next ones at least so far apart. */
const FIRST_MS = 760;
const APART_MS = 250;

/** Decides when usage is told: at the ends of turns, or again and again whenever there is something to tell. */
export class UsageReports {
  readonly #output: OutputEvents;
  readonly #meter: UsageMeter;
  readonly #scattered: boolean;
  #nextMs: number;
  #told = false;

  constructor(output: OutputEvents, meter: UsageMeter, when: Behaviours['usage'], nowMs: number) {
    this.#output = output;
    this.#meter = meter;
    this.#scattered = when === 'scattered';
    this.#nextMs = nowMs + FIRST_MS;
  }

  /** `deaf`: the model takes note of nothing, which is told once. */
  tick(nowMs: number, deaf: boolean): void {
    if (deaf && this.#told) return;
    if (!this.#scattered || nowMs < this.#nextMs || !this.#meter.grown) return;
    this.#nextMs = nowMs + APART_MS;
    this.#report();
  }

  turnEnded(): void {
    if (!this.#scattered) this.#report();
  }

  #report(): void {
    this.#told = true;
    const { delta, total } = this.#meter.report();
    this.#output.usage(delta, total);
  }
}
