import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted, OpsError } from '../cli/ops-error';
import { ask, type AskOptions } from '../http/ask';
import type { TaskProcess } from './task-process';

const ASK_EVERY_MS = 100;
const ANSWER_WITHIN_MS = 2_000;

/** What an interrupted rehearsal says. */
export const STOPPED = 'The bot was stopped; nothing was changed.';

/** The status that a page of the bot answers; 0 is no answer at all. @throws Interrupted */
export async function askStatus(url: string, options: Omit<AskOptions, 'withinMs' | 'done'>): Promise<number> {
  // A draining bot redirects new calls to its peers first.
  const answer = await ask(url, { ...options, withinMs: ANSWER_WITHIN_MS, done: STOPPED, followsRedirects: true });
  return typeof answer === 'string' ? 0 : answer.status;
}

/**
 * Asks until the answer has this status.
 * @throws OpsError `bot_failed` when the bot ends first or it takes too long; Interrupted
 */
export async function askUntil(
  url: string,
  wanted: number,
  { bot, withinMs, signal }: { bot: TaskProcess; withinMs: number; signal: AbortSignal },
): Promise<void> {
  const until = performance.now() + withinMs;
  for (;;) {
    const status = await askStatus(url, { signal });
    if (status === wanted) return;
    if (signal.aborted) throw new Interrupted(STOPPED);
    const path = new URL(url).pathname;
    if (bot.hasExited) throw new OpsError('bot_failed', `the bot ended before ${path} answered ${wanted}: ${why(bot)}`);
    if (performance.now() > until) {
      const last = status === 0 ? 'nothing' : String(status);
      throw new OpsError('bot_failed', `${path} answered ${last} for ${withinMs / 1000} s, not ${wanted}: ${why(bot)}`);
    }
    await sleep(ASK_EVERY_MS);
  }
}

function why(bot: TaskProcess): string {
  return bot.complaints.at(-1) ?? 'it gave no reason';
}
