import type { Clock, Timer } from '../time/clock';
import type { EmfRecorder } from './emf';
import { logEvent } from './events';
import type { Logger } from './logger';
import type { CallLoad, LoopLag } from './metrics';

/** How often a line is written: CloudWatch makes metrics of it, and autoscaling decides by the minute. */
const EVERY_MS = 60_000;
const BYTES_PER_MB = 1_048_576;

/**
 * Writes the line `service stats` once a minute: how full the process is and how well it runs; and where CloudWatch
 * wants numbers, the minute's numbers. See docs/metrics.md.
 * @returns a function that writes what is left and stops it; idempotent.
 */
export function logServiceStats(options: {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly load: () => CallLoad;
  readonly loopLag: () => LoopLag;
  readonly emf?: EmfRecorder;
}): () => void {
  const { clock, logger, emf } = options;
  let timer: Timer;
  let stopped = false;
  const send = (): void => {
    for (const line of emf?.take(clock.epochMs()) ?? []) logEvent(logger, 'metrics', line);
  };
  const write = (): void => {
    const { activeCalls, maxCalls } = options.load();
    const eventLoopLagMs = options.loopLag().maxMs;
    const rssMb = Math.round(process.memoryUsage.rss() / BYTES_PER_MB);
    logEvent(logger, 'serviceStats', { activeCalls, maxCalls, eventLoopLagMs, rssMb });
    emf?.add('activeCalls', activeCalls);
    emf?.add('maxCalls', maxCalls);
    emf?.add('eventLoopLagMs', eventLoopLagMs);
    emf?.add('rssMb', rssMb);
    send();
    timer = clock.after(EVERY_MS, write);
  };
  timer = clock.after(EVERY_MS, write);
  return () => {
    if (stopped) return;
    stopped = true;
    timer.cancel();
    send();
  };
}
