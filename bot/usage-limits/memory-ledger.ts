import {
  addAmounts,
  type Amounts,
  limitReached,
  NOTHING,
  type UsageLedger,
  type UsageLimits,
  type Verdict,
} from './usage-ledger';

interface Day {
  calls: number;
  used: Amounts;
  readonly callers: Map<string, number>;
}

/** Callers remembered in a day; beyond that the oldest are forgotten, so that a flood cannot fill the memory. */
const MAX_CALLERS = 50_000;

/** The usage of the current day by this process. Forgets a day when the next begins. */
export class MemoryLedger implements UsageLedger {
  readonly #limits: UsageLimits;
  #name = '';
  #day: Day = { calls: 0, used: NOTHING, callers: new Map() };

  constructor(limits: UsageLimits) {
    this.#limits = limits;
  }

  begin(day: string, callerKey: string): Promise<Verdict> {
    const verdict = this.verdict(day, callerKey);
    if (verdict !== 'fits') return Promise.resolve(verdict);
    const today = this.#of(day);
    const ofCaller = today.callers.get(callerKey) ?? 0;
    today.calls += 1;
    today.callers.delete(callerKey);
    today.callers.set(callerKey, ofCaller + 1);
    const oldest = today.callers.keys().next().value;
    if (today.callers.size > MAX_CALLERS && oldest !== undefined) today.callers.delete(oldest);
    return Promise.resolve('fits');
  }

  /** What `begin` would say; nothing is counted. */
  verdict(day: string, callerKey: string): Verdict {
    const today = this.#of(day);
    const { callsPerCaller, calls } = this.#limits;
    if (callsPerCaller !== undefined && (today.callers.get(callerKey) ?? 0) >= callsPerCaller) return 'caller-calls';
    if (calls !== undefined && today.calls >= calls) return 'calls';
    return limitReached(today.used, this.#limits) ?? 'fits';
  }

  giveBack(day: string, callerKey: string): Promise<void> {
    const today = this.#of(day);
    const ofCaller = today.callers.get(callerKey);
    if (ofCaller !== undefined) {
      today.callers.set(callerKey, ofCaller - 1);
      today.calls -= 1;
    }
    return Promise.resolve();
  }

  add(day: string, amounts: Amounts): Promise<Amounts> {
    const today = this.#of(day);
    today.used = addAmounts(today.used, amounts);
    return Promise.resolve(today.used);
  }

  close(): void {
    // Nothing but memory is held.
  }

  #of(day: string): Day {
    if (day !== this.#name) {
      this.#name = day;
      this.#day = { calls: 0, used: NOTHING, callers: new Map() };
    }
    return this.#day;
  }
}
