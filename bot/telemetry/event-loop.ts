import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Event-loop lateness over the last seconds, in ms. */
export interface LoopLag {
  readonly meanMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** How often the loop is probed; a probe costs microseconds. */
const RESOLUTION_MS = 20;
/** Lag is told of the last full window, or of the present one while there is none yet. */
const WINDOW_MS = 10_000;
const NANOSECONDS_PER_MS = 1e6;

/** Watches how late the event loop runs: audio is late when it is. */
export interface EventLoopMonitor {
  readonly lag: LoopLag;
  /** Idempotent. */
  stop(): void;
}

/** Starts watching; does not keep the process alive. */
export function monitorEventLoop(windowMs: number = WINDOW_MS): EventLoopMonitor {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let lastWindow: LoopLag | undefined;
  const read = (): LoopLag => {
    if (histogram.count === 0) return { meanMs: 0, p99Ms: 0, maxMs: 0 };
    // The histogram holds the time between probes, of which the resolution is no lag.
    const lateMs = (ns: number): number => Math.max(0, Math.round(ns / NANOSECONDS_PER_MS - RESOLUTION_MS));
    return {
      meanMs: lateMs(histogram.mean),
      p99Ms: lateMs(histogram.percentile(99)),
      maxMs: lateMs(histogram.max),
    };
  };
  const window = setInterval(() => {
    lastWindow = read();
    histogram.reset();
  }, windowMs);
  window.unref();
  return {
    get lag() {
      const present = read();
      if (lastWindow === undefined) return present;
      return present.maxMs > lastWindow.maxMs ? present : lastWindow;
    },
    stop() {
      clearInterval(window);
      histogram.disable();
    },
  };
}
