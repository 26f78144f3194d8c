import path from 'node:path';
import { cpus } from 'node:os';
import type { RecorderCounts } from '../smoke/caller';
import { metric, readMetrics, startBot } from '../testbed/processes/started-bot';
import { type Load, span, Worker } from '../testbed/processes/worker';

/** The cost of the whole bot with `calls` conversations, half of the time spoken by the caller, half by the bot. */
export interface WholeResult {
  readonly calls: number;
  readonly cpuPercent: number;
  readonly cpuPercentPerCall: number;
  readonly mbPerCall: number;
  /** Packets that came more than 60 ms late or not at all, of a thousand. */
  readonly latePerMille: number;
  readonly lostPerMille: number;
  readonly worstBeatLatenessMs: number;
  readonly turns: number;
  /** What the other side of the measurement took of the same machine, in % of a core. */
  readonly callersCpuPercent: number;
  readonly sandboxCpuPercent: number;
  /** The callers' own worst lateness: what they heard late up to here may be their doing. */
  readonly callersWorstLagMs: number;
  readonly cores: number;
}

export async function benchWhole(calls: number, seconds: number): Promise<WholeResult> {
  const sandbox = await Worker.startBedrock();
  const callers = await Worker.start(path.join(__dirname, 'callers-worker.ts'));
  const bot = await startBot(await sandbox.ask<string>('start'), calls);
  try {
    const emptyBytes = await metric(bot.url, 'process_resident_memory_bytes');
    await callers.ask('connect', { baseUrl: bot.url, count: calls, record: false });
    await callers.ask('talk');
    await span(5_000);
    const before = await callers.ask<RecorderCounts[]>('counts');
    const turnsBefore = await callers.ask<number>('turns');
    await callers.ask('measureLoad');
    await sandbox.ask('measureLoad');
    const figuresBefore = await readMetrics(bot.url);
    const startedMs = performance.now();
    await span(seconds * 1000);
    const figures = await readMetrics(bot.url);
    const wallSeconds = (performance.now() - startedMs) / 1000;
    const callersLoad = await callers.ask<Load>('load');
    const sandboxLoad = await sandbox.ask<Load>('load');
    const after = await callers.ask<RecorderCounts[]>('counts');
    const turns = (await callers.ask<number>('turns')) - turnsBefore;
    await callers.ask('stopTalking');
    const total = (key: 'packets' | 'late' | 'missing'): number =>
      after.reduce((sum, counts, i) => sum + counts[key] - (before[i]?.[key] ?? 0), 0);
    const cpuSeconds = figures('process_cpu_seconds_total') - figuresBefore('process_cpu_seconds_total');
    const cpuPercent = (100 * cpuSeconds) / wallSeconds;
    return {
      calls,
      cpuPercent,
      cpuPercentPerCall: cpuPercent / calls,
      mbPerCall: (figures('process_resident_memory_bytes') - emptyBytes) / 1_048_576 / calls,
      latePerMille: (1000 * total('late')) / total('packets'),
      lostPerMille: (1000 * total('missing')) / total('packets'),
      worstBeatLatenessMs: 1000 * figures('audio_beat_lateness_max_seconds'),
      turns,
      callersCpuPercent: callersLoad.cpuPercent,
      sandboxCpuPercent: sandboxLoad.cpuPercent,
      callersWorstLagMs: callersLoad.worstLagMs,
      cores: cpus().length,
    };
  } finally {
    await callers.ask('hangUp');
    await callers.stop();
    await bot.stop();
    await sandbox.stop();
  }
}
