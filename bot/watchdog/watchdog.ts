import { url as debuggerUrl } from 'node:inspector';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Logger } from '../telemetry';

/** What ends a frozen process: a signal that nobody handles, so that the kernel acts on it without the main thread. */
const EXIT_SIGNAL = 'SIGALRM';

export interface WatchdogOptions {
  readonly logger: Pick<Logger, 'bindings' | 'error'>;
  readonly checkEveryMs?: number;
  /** So many checks in a row without a sign of the main thread, and the process ends. */
  readonly frozenAfterChecks?: number;
  /** The last line may take this long to be written; then the process ends without. */
  readonly writeWithinMs?: number;
}

/**
 * Watches the main thread from another one for as long as the process lives. Once the main thread has stood still for
 * 10 s, when nothing that runs on it can help, signals and health checks included, the process says so in one line on
 * standard output and ends by SIGALRM, which containers and shells report as exit code 142. A process with a debugger
 * is left alone: that stands still on purpose.
 */
export function startWatchdog(options: WatchdogOptions): void {
  const { logger, checkEveryMs = 1000, frozenAfterChecks = 10, writeWithinMs = 500 } = options;
  if (debuggerUrl() !== undefined) return;
  const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const line = { level: 'fatal', ...logger.bindings(), msg: 'the main thread stands still: the process ends' };
  const thread = new Worker(join(__dirname, 'watchdog-thread.cjs'), {
    name: 'watchdog',
    workerData: { beats, line, checkEveryMs, frozenAfterChecks, writeWithinMs, exitSignal: EXIT_SIGNAL },
    // It needs no variable, so it gets no secret.
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 },
  });
  thread.unref();
  thread.on('error', (error) => logger.error({ err: error }, 'the watchdog failed: a freeze will not be seen'));
  setInterval(() => Atomics.add(beats, 0, 1), checkEveryMs).unref();
}
