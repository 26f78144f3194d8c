import type { Caller } from '../../../smoke/caller';
import type { FuzzBot } from './fuzz-bot';
import { Random } from './random';
import { Finding, type OpenTarget, type Target } from './target';

/** What came of one target. */
export interface TargetReport {
  readonly target: string;
  readonly inputs: number;
  readonly perSecond: number;
  /** What was wrong, if anything, and the inputs among which the cause is. */
  readonly finding?: { readonly what: string; readonly from: number; readonly to: number };
}

interface Span {
  readonly seed: number;
  readonly seconds: number;
  readonly from: number;
  /** Stops after so many inputs, where only some are to be made again. */
  readonly count: number;
}

const LOOK_EVERY_MS = 250;
const ANSWER_WITHIN_MS = 15_000;

/**
 * Attacks one target for some seconds, beside a neighbour who is in a call. The bot must live, answer its health check,
 * and serve the neighbour, and then a caller who comes after.
 */
export async function runTarget(
  bot: FuzzBot,
  target: Target,
  { seed, seconds, from, count }: Span,
): Promise<TargetReport> {
  let index = from;
  let healthyUntil = from;
  let inputs = 0;
  let elapsedS = 0;
  const report = (finding?: string): TargetReport => ({
    target: target.name,
    inputs,
    perSecond: inputs / Math.max(elapsedS, 0.001),
    ...(finding === undefined ? {} : { finding: { what: finding, from: healthyUntil, to: index } }),
  });
  let open: OpenTarget | undefined;
  try {
    const neighbour = await within('a good call is not served before it', bot.call());
    open = await target.open(bot);
    const startedMs = performance.now();
    let lookedMs = startedMs;
    while (performance.now() - startedMs < seconds * 1000 && inputs < count) {
      await withinLife(bot, open.send(Random.ofInput(seed, target.name, index)));
      inputs += 1;
      index += 1;
      elapsedS = (performance.now() - startedMs) / 1000;
      if (performance.now() - lookedMs < LOOK_EVERY_MS) continue;
      await judgeHealth(bot);
      lookedMs = performance.now();
      healthyUntil = index;
    }
    await judgeHealth(bot);
    await open.judge?.();
    await judgeNeighbour(neighbour);
    neighbour.hangUp();
    const after = await within('a good call is not served after it', bot.call());
    after.hangUp();
    return report();
  } catch (error) {
    if (error instanceof Finding) return report(error.message);
    if (bot.hasExited) return report('the process has ended');
    if (!(await bot.isHealthy())) return report('the process is frozen');
    throw error;
  } finally {
    await open?.close().catch(() => undefined); // Of a bot that is gone, perhaps.
  }
}

async function judgeHealth(bot: FuzzBot): Promise<void> {
  if (bot.hasExited) throw new Finding('the process has ended');
  if (!(await bot.isHealthy())) throw new Finding('the process is frozen');
}

async function judgeNeighbour(neighbour: Caller): Promise<void> {
  const from = neighbour.messages.length;
  neighbour.sendText('Are you still there?');
  await within('the neighbour is not answered', neighbour.waitForMessage('bot-llm-text', ANSWER_WITHIN_MS, from));
}

async function within<T>(otherwise: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new Finding(`${otherwise}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Waits for an input, but not for one to a bot that is gone: a frozen bot answers nothing. */
async function withinLife(bot: FuzzBot, input: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Finding('an input is not taken')), ANSWER_WITHIN_MS);
  });
  try {
    await Promise.race([input, late]);
  } catch (error) {
    await judgeHealth(bot);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
