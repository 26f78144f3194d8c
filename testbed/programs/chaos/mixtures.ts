import { monitorEventLoopDelay } from 'node:perf_hooks';
import { bundledScenario, startFakeBedrock } from '../../fakes/bedrock';
import { metric, startBot } from '../../processes';
import { callMixture, type Lane, type MadeCall } from './mixture-call';

export interface MixturesOptions {
  readonly seed: number;
  /** Mixtures, each of a call of its own. */
  readonly count: number;
  /** The first of them: to repeat one that went wrong. */
  readonly from: number;
  /** Calls at the same time, each by a bot of its own. */
  readonly atOnce: number;
  /** A folder in which the bots keep their calls' streams, words included. */
  readonly recordings: string | undefined;
  /** Hears of each call that went wrong. */
  readonly onWrong?: (call: MixtureCall) => void;
}

/** What became of the call of one mixture. */
export interface MixtureCall extends MadeCall {
  readonly nth: number;
  /** How late this program or the bot was at the worst, while the call lasted. */
  readonly lateMs: number;
}

export interface MixturesReport {
  readonly calls: number;
  /** Questions that callers had to ask twice. */
  readonly askedTwice: number;
  readonly wrong: readonly MixtureCall[];
  /** Went wrong on a machine too slow to be judged by, and not when repeated alone, or as slowly. */
  readonly slow: readonly MixtureCall[];
}

/** So soon a stream is followed by the next: every call goes over two or three. */
const ROTATE_SECONDS = '12';
/** What is promised holds on a machine that lets nobody wait for longer: half of the 300 ms in which the bot must be quiet. */
const LATE_MS = 150;

/**
 * Calls in which the service behaves in any of its ways, mixed by a seed; the same seed gives the same mixtures. One that
 * goes wrong is repeated alone: only where the machine was slow does it count as right then.
 */
export async function runMixtures(options: MixturesOptions): Promise<MixturesReport> {
  const { seed, count, from, atOnce, recordings, onWrong } = options;
  const suspects: MixtureCall[] = [];
  let next = from;
  let askedTwice = 0;
  const call = async (lane: Lane, nth: number): Promise<MixtureCall> => {
    const made = { nth, ...(await watched(lane, () => callMixture(lane, seed, nth))) };
    if (made.problems.length > 0) onWrong?.(made);
    return made;
  };
  const work = async (lane: Lane): Promise<void> => {
    while (next < from + count) {
      const made = await call(lane, next++);
      askedTwice += made.askedTwice;
      if (made.problems.length > 0) suspects.push(made);
    }
  };
  const lanes: Lane[] = [];
  const working: Promise<void>[] = [];
  const open: (() => Promise<unknown>)[] = [];
  try {
    // One after the other: that many processes that start at once would only wait for each other.
    while (lanes.length < Math.min(atOnce, count)) {
      const sandbox = await startFakeBedrock({ voice: 'tone', keepAudioOf: 0, scenario: bundledScenario() });
      open.push(() => sandbox.close());
      const bot = await startBot(sandbox.url, 4, {
        NOVA_SONIC_ROTATE_SECONDS: ROTATE_SECONDS,
        ...(recordings === undefined ? {} : { MODEL_RECORDINGS_FOLDER: recordings, MODEL_RECORDINGS_TEXTS: 'kept' }),
      });
      open.push(() => bot.stop());
      const lane = { botUrl: bot.url, sandbox };
      lanes.push(lane);
      working.push(work(lane));
    }
    await Promise.all(working);
    const wrong: MixtureCall[] = [];
    const slow: MixtureCall[] = [];
    for (const first of suspects) {
      const again = lanes[0] === undefined ? first : await call(lanes[0], first.nth);
      const isFault = first.lateMs < LATE_MS || (again.problems.length > 0 && again.lateMs < LATE_MS);
      (isFault ? wrong : slow).push(first);
    }
    return { calls: count, askedTwice, wrong, slow };
  } finally {
    await Promise.allSettled(working);
    for (const close of open.reverse()) await close();
  }
}

/** Makes a call, and looks how late everybody was meanwhile. */
async function watched(
  { botUrl }: Lane,
  makeCall: () => Promise<MadeCall>,
): Promise<MadeCall & Pick<MixtureCall, 'lateMs'>> {
  const botLateMs = async (): Promise<number> =>
    1_000 * (await metric(botUrl, 'audio_beat_lateness_max_seconds').catch(() => 0));
  // It is the worst since it was last asked.
  await botLateMs();
  const ownDelay = monitorEventLoopDelay({ resolution: 10 });
  ownDelay.enable();
  const made = await makeCall();
  ownDelay.disable();
  return { ...made, lateMs: Math.round(Math.max(ownDelay.max / 1e6, await botLateMs())) };
}
