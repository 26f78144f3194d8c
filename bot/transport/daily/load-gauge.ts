import type { Clock, Timer } from '../../time/clock';

const EVERY_MS = 500;
/** Of each new sample: about 2 s of memory, so that a build in the background of a second does not refuse calls. */
const WEIGHT = 0.25;

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

/**
 * How much of the machine is in use, measured: one call too many and the audio of all comes seconds late, so a call is
 * refused before.
 */
export class LoadGauge {
  readonly #clock: Clock;
  readonly #read: () => CpuTimes;
  readonly #worstPingMs: () => number;
  readonly #limits: LoadLimits;
  #last: CpuTimes;
  #busyShare = 0;
  #timer: Timer | undefined;

  constructor(options: { clock: Clock; read: () => CpuTimes; worstPingMs: () => number; limits: LoadLimits }) {
    this.#clock = options.clock;
    this.#read = options.read;
    this.#worstPingMs = options.worstPingMs;
    this.#limits = options.limits;
    this.#last = options.read();
    this.#arm();
  }

  /** 0–1. */
  get busyShare(): number {
    return this.#busyShare;
  }

  /** Why one more call would hurt those that there are; undefined when it would not. */
  get overload(): string | undefined {
    if (this.#busyShare > this.#limits.busyShare) return `processors are ${Math.round(100 * this.#busyShare)} % busy`;
    const pingMs = this.#worstPingMs();
    return pingMs > this.#limits.pingMs ? `pages take ${Math.round(pingMs)} ms to answer` : undefined;
  }

  /** Idempotent. */
  stop(): void {
    this.#timer?.cancel();
  }

  #arm(): void {
    this.#timer = this.#clock.after(EVERY_MS, () => {
      const now = this.#read();
      const totalMs = now.totalMs - this.#last.totalMs;
      if (totalMs > 0) {
        const share = Math.min(1, Math.max(0, (now.busyMs - this.#last.busyMs) / totalMs));
        this.#busyShare += WEIGHT * (share - this.#busyShare);
      }
      this.#last = now;
      this.#arm();
    });
  }
}
