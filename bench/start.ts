import { readFileSync } from 'node:fs';
import { readThreads } from '../testbed/processes/cores';
import { startBot } from '../testbed/processes/started-bot';
import { span } from '../testbed/processes/worker';
import { quantiles } from './quantiles';

/** From the start of the process until it answers `/health`, and what it weighs with no call. */
export interface StartResult {
  readonly start: number;
  readonly healthMs: number;
  /** Processor time until then: what the start costs whatever else the machine does. */
  readonly cpuMs: number;
  readonly idleMb: number;
  /** Of that, files: of node itself, above all, which other processes of the same node share. */
  readonly filesMb: number;
}

/** What an empty bot may weigh, and until when it must have answered: with its files in the system's cache, and read from the disk. */
const GOAL = { idleMb: 90, healthMs: 400, firstHealthMs: 600 };

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
      results.push({ start, healthMs, cpuMs: 1000 * (mainS + othersS), ...memoryOf(bot.pid) });
    } finally {
      await bot.stop();
    }
  }
  return results;
}

/** Medians beside the goals. */
export function startVerdict(results: readonly StartResult[]): string {
  const median = (of: (result: StartResult) => number): string => quantiles(results.map(of)).p50.toFixed(0);
  const [first] = results;
  return [
    `Node ${process.versions.node}: resident ${median(({ idleMb }) => idleMb)} MB (goal ${GOAL.idleMb}),`,
    `/health ${median(({ healthMs }) => healthMs)} ms (goal ${GOAL.healthMs});`,
    `the first start ${first?.healthMs.toFixed(0)} ms (goal ${GOAL.firstHealthMs})`,
  ].join(' ');
}

function memoryOf(pid: number): Pick<StartResult, 'idleMb' | 'filesMb'> {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mb = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
  return { idleMb: mb('VmRSS'), filesMb: mb('RssFile') };
}
