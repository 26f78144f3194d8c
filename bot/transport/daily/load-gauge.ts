import type { Clock, Timer } from '../../time';

const EVERY_MS = 500;
/** Weight of each new sample: about 2 s of memory, so that a second of other work does not refuse calls. */
const WEIGHT = 0.25;
/** A call's largest share of a processor, see docs/performance.md; counted as used until it can be measured. */
const CALL_TAKES_OF_PROCESSOR = 0.15;
/** After this time an admitted call is in its room, and in the measurement. */
const MEASURED_AFTER_MS = 4_000;

export interface LoadLimits {
  /** Share of all processors that may be busy, 0–1; 1 is no limit. */
  readonly busyShare: number;
  /** How long a page may take to answer a ping: pages on a machine at its end take seconds. */
  readonly pingMs: number;
}

/** Processor time of the machine, or of the container if that is what is limited, since some moment. */
export interface CpuTimes {
  readonly busyMs: number;
  /** What there was to be had in that time. */
  readonly totalMs: number;
}

type LoadGaugeOptions = { clock: Clock; read: () => CpuTimes; worstPingMs: () => number; limits: LoadLimits };

/** Measures how busy the machine is, so that calls are refused before one too many delays the audio of all. */
export class LoadGauge {
  readonly #options: LoadGaugeOptions;
  /** When the calls that are too young to be measured were admitted. */
  #youngCallsMs: number[] = [];
  #last: CpuTimes;
  #lastReadMs: number;
  #busyShare = 0;
  #processors = 1;
  #timer: Timer | undefined;

  constructor(options: LoadGaugeOptions) {
    this.#options = options;
    this.#last = options.read();
    this.#lastReadMs = options.clock.nowMs();
    this.#arm();
  }

  /** 0–1. */
  get busyShare(): number {
    return this.#busyShare;
  }

  /** Why one more call would hurt those that there are; undefined when it would not. */
  get overload(): string | undefined {
    const expected = (this.#countYoung() * CALL_TAKES_OF_PROCESSOR) / this.#processors;
    const share = Math.min(1, this.#busyShare + expected);
    if (share > this.#options.limits.busyShare) return `processors are ${Math.round(100 * share)} % busy`;
    const pingMs = this.#options.worstPingMs();
    return pingMs > this.#options.limits.pingMs ? `pages take ${Math.round(pingMs)} ms to answer` : undefined;
  }

  /** One more call was admitted: many at once would all pass before the first of them can be measured. */
  admitted(): void {
    this.#youngCallsMs.push(this.#options.clock.nowMs());
  }

  /** Idempotent. */
  stop(): void {
    this.#timer?.cancel();
  }

  #countYoung(): number {
    const sinceMs = this.#options.clock.nowMs() - MEASURED_AFTER_MS;
    this.#youngCallsMs = this.#youngCallsMs.filter((atMs) => atMs > sinceMs);
    return this.#youngCallsMs.length;
  }

  #arm(): void {
    this.#timer = this.#options.clock.after(EVERY_MS, () => {
      const now = this.#options.read();
      const nowMs = this.#options.clock.nowMs();
      const totalMs = now.totalMs - this.#last.totalMs;
      if (totalMs > 0) {
        this.#processors = totalMs / Math.max(1, nowMs - this.#lastReadMs);
        const share = Math.min(1, Math.max(0, (now.busyMs - this.#last.busyMs) / totalMs));
        this.#busyShare += WEIGHT * (share - this.#busyShare);
      }
      this.#last = now;
      this.#lastReadMs = nowMs;
      this.#arm();
    });
  }
}
