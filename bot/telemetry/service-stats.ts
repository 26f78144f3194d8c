import type { Clock, Timer } from '../time';
import type { LoopLag } from './event-loop';
import type { Telemetry } from './telemetry';

/** How often a line is written: CloudWatch makes metrics of it, and autoscaling decides by the minute. */
const EVERY_MS = 60_000;
const BYTES_PER_MB = 1_048_576;

/**
 * Once a minute records how full the process is and how well it runs, then flushes the minute's numbers to CloudWatch.
 * See docs/metrics.md.
 * @returns a function that flushes what is left and stops it; idempotent.
 */
export function reportServiceStats(options: {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly load: () => { readonly activeCalls: number; readonly maxCalls: number };
  readonly loopLag: () => LoopLag;
}): () => void {
  const { clock, telemetry } = options;
  let timer: Timer;
  let stopped = false;
  const report = (): void => {
    const { activeCalls, maxCalls } = options.load();
    const rssMb = Math.round(process.memoryUsage.rss() / BYTES_PER_MB);
    telemetry.record('serviceStats', { activeCalls, maxCalls, eventLoopLagMs: options.loopLag().maxMs, rssMb });
    telemetry.flush(clock.epochMs());
    timer = clock.after(EVERY_MS, report);
  };
  timer = clock.after(EVERY_MS, report);
  return () => {
    if (stopped) return;
    stopped = true;
    timer.cancel();
    telemetry.flush(clock.epochMs());
  };
}
