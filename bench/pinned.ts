import path from 'node:path';
import type { RecorderCounts } from '../smoke/caller';
import { TEST_ONLY_CERT_FILE } from '../testbed/fakes/bedrock';
import { pinToCore, readCore, readThreads } from '../testbed/processes/cores';
import { readMetrics, startBot } from '../testbed/processes/started-bot';
import { type Load, span, Worker } from '../testbed/processes/worker';

/** The bot alone on the first core; on the second all others, the bench included. */
const BOT_CORE = 0;
const OTHERS_CORE = 1;
/** With the sentence of 3.3 s and the answer of 4.2 s: the caller speaks 35 % of the time, the bot 45 %, nobody 20 %. */
const CYCLE_MS = 9_400;
const REPLY = 'It is most kind of you to say so, and I shall think of it, dear madam.';
/** Calls come in and the compiler is done in so long. */
const SETTLE_MS = 8_000;
/** Clean is a run whose beat is at most so late at p99, and with less taken by others: else it says nothing of the bot. */
const CLEAN_P99_MS = 20;
const CLEAN_STEAL_PERCENT = 1;
const CLEAN_FOREIGN_PERCENT = 3;

/** A build to measure: its name, and the program that Node runs. */
export interface Build {
  readonly name: string;
  readonly program: string;
}

/** One run. Percentages are of one core. */
export interface PinnedResult {
  readonly build: string;
  /** Taken, and refused because those were late. */
  readonly calls: number;
  readonly refused: number;
  readonly cpuPercent: number;
  readonly cpuPercentPerCall: number;
  readonly mainThreadPercent: number;
  /** Until the last call of each beat was served; the worst ten seconds. */
  readonly beatP50Ms: number;
  readonly beatP99Ms: number;
  readonly beatMaxMs: number;
  /** Beats of a thousand that were served more than 60 ms late, by the bot's own clock. */
  readonly botLatePerMille: number;
  /** Packets of a thousand that callers had more than 60 ms late; with a bot in time that is the callers' own doing. */
  readonly heardLatePerMille: number;
  readonly callersLagP99Ms: number;
  readonly callersLagMaxMs: number;
  readonly callersSpokePercent: number;
  readonly botSpokePercent: number;
  /** What callers said that was not answered within 20 s. */
  readonly unanswered: number;
  readonly mbPerCall: number;
  /** On the bot's core: what the hypervisor took, and other programs of this machine. */
  readonly stealPercent: number;
  readonly foreignPercent: number;
  readonly verdict: 'clean' | 'late' | 'disturbed';
}

/** Every number of calls with every build, `repeats` times in turn, so that the machine's mood is the same for all. */
export async function benchPinned(
  builds: readonly Build[],
  calls: readonly number[],
  seconds: number,
  repeats: number,
  mayRefuse: boolean,
): Promise<PinnedResult[]> {
  const results: PinnedResult[] = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    for (const count of calls)
      for (const build of builds) results.push(await runPinned(build, count, seconds, mayRefuse));
  }
  return results;
}

/** The largest number of calls up to which every undisturbed run was clean; 0 where none was. */
export function cleanUpTo(results: readonly PinnedResult[]): number {
  const told = results.filter(({ verdict }) => verdict !== 'disturbed');
  const firstLate = Math.min(...told.filter(({ verdict }) => verdict === 'late').map(({ calls }) => calls));
  return Math.max(0, ...told.filter(({ calls }) => calls < firstLate).map(({ calls }) => calls));
}

/** What became of more calls than fit, in a line a run. */
export function refusalsOf(results: readonly PinnedResult[]): readonly string[] {
  return results.map(({ calls, refused, verdict, beatP99Ms, botLatePerMille }) => {
    const offered = `${calls + refused} calls offered, ${refused} refused`;
    const late = `p99 ${beatP99Ms.toFixed(1)} ms, ${botLatePerMille.toFixed(1)} of a thousand beats over 60 ms late`;
    return `${offered}; the ${calls} that were in: ${verdict} (${late})`;
  });
}

async function runPinned(build: Build, offered: number, seconds: number, mayRefuse: boolean): Promise<PinnedResult> {
  pinToCore(process.pid, OTHERS_CORE);
  const sandbox = await Worker.startBedrock();
  const callers = await Worker.start(path.join(__dirname, 'callers-worker.ts'));
  const url = await sandbox.ask<string>('startLifelike', { reply: REPLY });
  const environment = {
    NODE_EXTRA_CA_CERTS: TEST_ONLY_CERT_FILE,
    ...(mayRefuse ? { BUSY_AT_LATENESS_MS: undefined } : {}),
  };
  const bot = await startBot(url, offered, environment, { program: build.program });
  try {
    pinToCore(bot.pid, BOT_CORE);
    const empty = await readMetrics(bot.url);
    const connecting = { baseUrl: bot.url, count: offered, record: false, mayBeRefused: mayRefuse };
    const refused = await callers.ask<number>('connect', connecting);
    const calls = offered - refused;
    await callers.ask('talkLifelike', { cycleMs: CYCLE_MS });
    await span(CYCLE_MS + SETTLE_MS);
    const read = async () => ({
      counts: await callers.ask<RecorderCounts[]>('counts'),
      spoken: await callers.ask<{ callersMs: number; botMs: number; unanswered: number }>('spoken'),
      metrics: await readMetrics(bot.url),
      threads: readThreads(bot.pid),
      core: readCore(BOT_CORE),
      atMs: performance.now(),
    });
    await callers.ask('measureLoad');
    const before = await read();
    const beat = { p50: 0, p99: 0, max: 0 };
    for (let left = seconds; left > 0; left -= 10) {
      await span(Math.min(10, left) * 1000);
      const metrics = await readMetrics(bot.url);
      beat.p50 = Math.max(beat.p50, 1000 * metrics('audio_beat_lateness_p50_seconds'));
      beat.max = Math.max(beat.max, 1000 * metrics('audio_beat_lateness_max_seconds'));
      beat.p99 = Math.max(beat.p99, 1000 * metrics('audio_beat_lateness_p99_seconds'));
    }
    const after = await read();
    const callersLoad = await callers.ask<Load>('load');
    const wallS = (after.atMs - before.atMs) / 1000;
    const packets = (key: 'packets' | 'late'): number =>
      after.counts.reduce((sum, counts, i) => sum + counts[key] - (before.counts[i]?.[key] ?? 0), 0);
    const share = (secondsOfCore: number): number => (100 * secondsOfCore) / wallS;
    const main = share(after.threads.mainS - before.threads.mainS);
    const cpu = main + share(after.threads.othersS - before.threads.othersS);
    const beats = (wallS * 1000) / 20;
    const lateBeats = after.metrics('audio_beats_late_total') - before.metrics('audio_beats_late_total');
    const stealPercent = share(after.core.stolenS - before.core.stolenS);
    const foreignPercent = Math.max(0, share(after.core.busyS - before.core.busyS) - cpu);
    const isDisturbed = stealPercent >= CLEAN_STEAL_PERCENT || foreignPercent >= CLEAN_FOREIGN_PERCENT;
    const isClean = lateBeats === 0 && beat.p99 <= CLEAN_P99_MS;
    return {
      build: build.name,
      calls,
      refused,
      cpuPercent: cpu,
      cpuPercentPerCall: cpu / calls,
      mainThreadPercent: main,
      beatP50Ms: beat.p50,
      beatP99Ms: beat.p99,
      beatMaxMs: beat.max,
      botLatePerMille: (1000 * lateBeats) / beats,
      heardLatePerMille: (1000 * packets('late')) / packets('packets'),
      callersLagP99Ms: callersLoad.p99LagMs,
      callersLagMaxMs: callersLoad.worstLagMs,
      callersSpokePercent: share((after.spoken.callersMs - before.spoken.callersMs) / 1000 / calls),
      botSpokePercent: share((after.spoken.botMs - before.spoken.botMs) / 1000 / calls),
      unanswered: after.spoken.unanswered - before.spoken.unanswered,
      mbPerCall:
        (after.metrics('process_resident_memory_bytes') - empty('process_resident_memory_bytes')) / 1_048_576 / calls,
      stealPercent,
      foreignPercent,
      verdict: isClean ? 'clean' : isDisturbed ? 'disturbed' : 'late',
    };
  } finally {
    await callers.stop();
    await bot.stop();
    await sandbox.stop();
  }
}
