import { readdirSync, readFileSync } from 'node:fs';
import { type BotProcess, metric } from '../../processes';

/** The bot at one moment. */
export interface Sample {
  readonly minute: number;
  readonly rssMb: number;
  readonly heapMb: number;
  /** Open files and sockets, and threads; 0 where the system does not tell. */
  readonly handles: number;
  readonly threads: number;
  readonly calls: number;
  readonly rotations: number;
  readonly reconnects: number;
  /** Worst since the sample before. */
  readonly beatLateMs: number;
  readonly loopLagP99Ms: number;
}

/** Asks the bot's /metrics and, for what that cannot know, the system. */
export async function sampleBot(bot: BotProcess, minute: number): Promise<Sample> {
  const of = (name: string): Promise<number> => metric(bot.url, name);
  return {
    minute,
    rssMb: (await of('process_resident_memory_bytes')) / 1_048_576,
    heapMb: (await of('process_heap_used_bytes')) / 1_048_576,
    handles: openFiles(bot.pid),
    threads: threads(bot.pid),
    calls: await of('calls_active'),
    rotations: await of('model_events_total{event="rotations"}'),
    reconnects: await of('model_events_total{event="reconnects"}'),
    beatLateMs: 1000 * (await of('audio_beat_lateness_max_seconds')),
    loopLagP99Ms: 1000 * (await of('event_loop_lag_p99_seconds')),
  };
}

/** Linux only. */
function openFiles(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

function threads(pid: number): number {
  try {
    return Number(/^Threads:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** How a figure went on once everything was warm: means of the first and the last third of the samples. */
export interface Trend {
  readonly figure: 'rssMb' | 'heapMb' | 'handles' | 'threads';
  readonly early: number;
  readonly late: number;
  /** What it may have grown by and still be called flat. */
  readonly allowed: number;
  readonly isFlat: boolean;
}

/** Memory may settle a little later than the calls do; handles may differ by those of a call that is just changing streams. */
const ALLOWED = {
  rssMb: (early: number) => Math.max(8, early * 0.06),
  heapMb: (early: number) => Math.max(6, early * 0.25),
  handles: () => 4,
  threads: () => 1,
} as const;

/** @param samples those after the first minutes */
export function trendsOf(samples: readonly Sample[]): Trend[] {
  const third = Math.max(1, Math.floor(samples.length / 3));
  return (['rssMb', 'heapMb', 'handles', 'threads'] as const).map((figure) => {
    const early = mean(samples.slice(0, third).map((sample) => sample[figure]));
    const late = mean(samples.slice(-third).map((sample) => sample[figure]));
    const allowed = ALLOWED[figure](early);
    return { figure, early, late, allowed, isFlat: late - early <= allowed };
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
