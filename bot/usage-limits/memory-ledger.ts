import type { UsageLedger, UsageLimits, Verdict } from './usage-ledger';

interface Day {
  calls: number;
  seconds: number;
  readonly callers: Map<string, number>;
}

/** Callers remembered in a day; beyond that the oldest are forgotten, so that a flood cannot fill the memory. */
const MAX_CALLERS = 50_000;

/** The usage of the current day by this process. Forgets a day when the next begins. */
export class MemoryLedger implements UsageLedger {
  readonly #limits: UsageLimits;
  #name = '';
  #day: Day = { calls: 0, seconds: 0, callers: new Map() };

  constructor(limits: UsageLimits) {
    this.#limits = limits;
  }

  begin(day: string, callerKey: string): Promise<Verdict> {
    const today = this.#of(day);
    const ofCaller = today.callers.get(callerKey) ?? 0;
    const { callsPerCaller, calls, minutes } = this.#limits;
    if (callsPerCaller !== undefined && ofCaller >= callsPerCaller) return Promise.resolve('caller-calls');
    if (calls !== undefined && today.calls >= calls) return Promise.resolve('calls');
    if (minutes !== undefined && today.seconds >= minutes * 60) return Promise.resolve('minutes');
    today.calls += 1;
    today.callers.delete(callerKey);
    today.callers.set(callerKey, ofCaller + 1);
    const oldest = today.callers.keys().next().value;
    if (today.callers.size > MAX_CALLERS && oldest !== undefined) today.callers.delete(oldest);
    return Promise.resolve('fits');
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

  addSeconds(day: string, seconds: number): Promise<void> {
    this.#of(day).seconds += seconds;
    return Promise.resolve();
  }

  close(): void {
    // Nothing but memory is held.
  }

  #of(day: string): Day {
    if (day !== this.#name) {
      this.#name = day;
      this.#day = { calls: 0, seconds: 0, callers: new Map() };
    }
    return this.#day;
  }
}
