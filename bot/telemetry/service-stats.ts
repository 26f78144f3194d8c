import type { Clock, Timer } from '../time/clock';
import type { Logger } from './logger';
import type { CallLoad, LoopLag } from './metrics';

/** How often a line is written: CloudWatch makes metrics of it, and autoscaling decides by the minute. */
const EVERY_MS = 60_000;
const BYTES_PER_MB = 1_048_576;

/**
 * Writes the line `service stats` once a minute: how full the process is and how well it runs. The infrastructure's
 * metric filters read these fields; see docs/infrastructure.md.
 * @returns a function that stops it; idempotent.
 */
export function logServiceStats(options: {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly load: () => CallLoad;
  readonly loopLag: () => LoopLag;
}): () => void {
  const { clock, logger } = options;
  let timer: Timer;
  const write = (): void => {
    const { activeCalls, maxCalls } = options.load();
    const eventLoopLagMs = options.loopLag().maxMs;
    const rssMb = Math.round(process.memoryUsage.rss() / BYTES_PER_MB);
    logger.info({ activeCalls, maxCalls, eventLoopLagMs, rssMb }, 'service stats');
    timer = clock.after(EVERY_MS, write);
  };
  timer = clock.after(EVERY_MS, write);
  return () => timer.cancel();
}
