import { bundledScenario, startFakeBedrock } from '../../fakes/bedrock';
import { startBot } from '../../processes';
import { callMixture, type Lane } from './mixture-call';

export interface MixturesOptions {
  readonly seed: number;
  /** Mixtures, each of a call of its own. */
  readonly count: number;
  /** The first of them: to repeat one that went wrong. */
  readonly from: number;
  /** Calls at the same time, each by a bot of its own. */
  readonly atOnce: number;
  /** Hears of each call that went wrong. */
  readonly onWrong?: (nth: number, problems: readonly string[]) => void;
}

export interface MixturesReport {
  readonly calls: number;
  readonly wrong: readonly { readonly nth: number; readonly problems: readonly string[] }[];
}

/** So soon a stream is followed by the next: every call goes over two or three. */
const ROTATE_SECONDS = '12';

/** Calls in which the service behaves in any of its ways, mixed by a seed; the same seed gives the same mixtures. */
export async function runMixtures(options: MixturesOptions): Promise<MixturesReport> {
  const { seed, count, from, atOnce, onWrong } = options;
  const wrong: { nth: number; problems: readonly string[] }[] = [];
  let next = from;
  const work = async (lane: Lane): Promise<void> => {
    while (next < from + count) {
      const nth = next++;
      const problems = await callMixture(lane, seed, nth);
      if (problems.length === 0) continue;
      wrong.push({ nth, problems });
      onWrong?.(nth, problems);
    }
  };
  const working: Promise<void>[] = [];
  const open: (() => Promise<unknown>)[] = [];
  try {
    // One after the other: that many processes that start at once would only wait for each other.
    while (working.length < Math.min(atOnce, count)) {
      const sandbox = await startFakeBedrock({ voice: 'tone', keepAudioOf: 0, scenario: bundledScenario() });
      open.push(() => sandbox.close());
      const bot = await startBot(sandbox.url, 4, { NOVA_SONIC_ROTATE_SECONDS: ROTATE_SECONDS });
      open.push(() => bot.stop());
      working.push(work({ botUrl: bot.url, sandbox }));
    }
    await Promise.all(working);
  } finally {
    await Promise.allSettled(working);
    for (const close of open.reverse()) await close();
  }
  return { calls: count, wrong };
}
