import { Beat } from '../../../smoke/caller';
import { metric, span, startBot, Worker } from '../../processes';
import { seeded } from '../../random';
import { sampleBot, trendsOf, type Sample, type Trend } from './sample';
import { Talkers } from './talker';

export interface SoakOptions {
  readonly minutes: number;
  readonly calls: number;
  /** What is not counted: caches fill, code is compiled, pools grow. */
  readonly settleMinutes: number;
  readonly seed: number;
  readonly onSample?: (sample: Sample) => void;
}

export interface SoakReport {
  readonly minutes: number;
  readonly calls: number;
  readonly callsPlaced: number;
  readonly turns: number;
  readonly samples: readonly Sample[];
  readonly trends: readonly Trend[];
  /** What is still there after the last call. */
  readonly left: { readonly calls: number; readonly handles: number };
  readonly failures: readonly string[];
}

const SAMPLE_EVERY_MS = 10_000;
/** Half of the lines have a caller for the whole time, the others a new one after about so long. */
const SHORT_CALL_MS = 90_000;
const EMPTY_WITHIN_MS = 60_000;

/** Conversations for a long time: memory and handles must stay where they are, and every turn be answered. */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const sandbox = await Worker.startBedrock();
  const url = await sandbox.ask<string>('start');
  const bot = await startBot(url, options.calls + 4, { MAX_CALL_MINUTES: String(Math.ceil(options.minutes) + 10) });
  const talkers = new Talkers({ baseUrl: bot.url, beat: new Beat(), random: seeded(options.seed) });
  const samples: Sample[] = [];
  const failures: string[] = [];
  try {
    const { handles: handlesBefore } = await sampleBot(bot, 0);
    const beganMs = performance.now();
    const elapsedMinutes = (): number => (performance.now() - beganMs) / 60_000;
    const lines = Array.from({ length: options.calls }, (_, i) => talkers.line(i % 2 === 0 ? Infinity : SHORT_CALL_MS));
    while (elapsedMinutes() < options.minutes) {
      await span(Math.min(SAMPLE_EVERY_MS, (options.minutes - elapsedMinutes()) * 60_000));
      const sample = await sampleBot(bot, elapsedMinutes());
      samples.push(sample);
      options.onSample?.(sample);
    }
    talkers.stop();
    await Promise.all(lines);
    const trends = trendsOf(samples.filter(({ minute }) => minute >= options.settleMinutes));
    const emptyByMs = performance.now() + EMPTY_WITHIN_MS;
    while ((await metric(bot.url, 'calls_active')) > 0 && performance.now() < emptyByMs) await span(500);
    await span(2_000);
    const left = await sampleBot(bot, elapsedMinutes());
    const { calls: callsPlaced, turns, failures: broken } = talkers.result;
    failures.push(...broken.map((why) => `a call broke: ${why}`));
    for (const { figure, early, late, isFlat } of trends) {
      if (!isFlat) failures.push(`${figure} grew from ${early.toFixed(1)} to ${late.toFixed(1)}`);
    }
    if (left.calls > 0) failures.push(`${left.calls} calls are left`);
    if (left.handles - handlesBefore > 8) failures.push(`${left.handles - handlesBefore} handles more than before`);
    const uncaught = await metric(bot.url, 'process_failures_total');
    if (uncaught > 0) failures.push(`${uncaught} uncaught exceptions`);
    const violations = await sandbox.ask<readonly unknown[]>('violations');
    if (violations.length > 0) failures.push(`the model refused ${violations.length} events`);
    return {
      minutes: options.minutes,
      calls: options.calls,
      callsPlaced,
      turns,
      samples,
      trends,
      left: { calls: left.calls, handles: left.handles - handlesBefore },
      failures,
    };
  } finally {
    talkers.stop();
    await bot.stop();
    await sandbox.stop();
  }
}
