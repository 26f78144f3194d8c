import { readFileSync } from 'node:fs';
import { readThreads } from '../testbed/processes/cores';
import { startBot } from '../testbed/processes/started-bot';
import { span } from '../testbed/processes/worker';

/** From the start of the process until it answers `/health`, and what it weighs with no call. */
export interface StartResult {
  readonly start: number;
  readonly healthMs: number;
  /** Processor time until then: what the start costs whatever else the machine does. */
  readonly cpuMs: number;
  readonly idleMb: number;
}

/** Long enough for what is only done once the process serves. */
const IDLE_AFTER_MS = 5_000;

/** The first of `times` starts may find the files in no cache of the system's. */
export async function benchStart(times: number): Promise<StartResult[]> {
  const results: StartResult[] = [];
  for (let start = 1; start <= times; start += 1) {
    const startedMs = performance.now();
    // Nobody listens there: no model is needed for a start.
    const bot = await startBot('http://127.0.0.1:9', 10);
    try {
      await fetch(`${bot.url}/health`);
      const healthMs = performance.now() - startedMs;
      const { mainS, othersS } = readThreads(bot.pid);
      await span(IDLE_AFTER_MS);
      results.push({ start, healthMs, cpuMs: 1000 * (mainS + othersS), idleMb: residentMb(bot.pid) });
    } finally {
      await bot.stop();
    }
  }
  return results;
}

function residentMb(pid: number): number {
  const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) / 1024;
}
