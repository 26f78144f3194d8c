import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted, OpsError } from '../cli/ops-error';
import type { TaskProcess } from './task-process';

const ASK_EVERY_MS = 100;
const ANSWER_WITHIN_MS = 2_000;

/** What a page of the bot answered; status 0 is no answer at all. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: unknown;
}

export async function ask(
  url: string,
  signal: AbortSignal,
  method = 'GET',
  headers: Record<string, string> = {},
): Promise<HttpAnswer> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
    const response = await fetch(url, { method, headers, signal: limit });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : undefined };
  } catch {
    return { status: 0, body: undefined };
  }
}

/**
 * Asks until the answer has this status; resolves with it.
 * @throws OpsError `bot_failed` when the bot ends first or it takes too long; Interrupted
 */
export async function askUntil(
  url: string,
  status: number,
  { bot, withinMs, signal }: { bot: TaskProcess; withinMs: number; signal: AbortSignal },
): Promise<HttpAnswer> {
  const until = performance.now() + withinMs;
  for (;;) {
    const answer = await ask(url, signal);
    if (answer.status === status) return answer;
    if (signal.aborted) throw new Interrupted(STOPPED);
    const path = new URL(url).pathname;
    if (bot.hasExited) throw new OpsError('bot_failed', `the bot ended before ${path} answered ${status}: ${why(bot)}`);
    if (performance.now() > until) {
      const last = answer.status === 0 ? 'nothing' : String(answer.status);
      throw new OpsError('bot_failed', `${path} answered ${last} for ${withinMs / 1000} s, not ${status}: ${why(bot)}`);
    }
    await sleep(ASK_EVERY_MS);
  }
}

/** What an interrupted rehearsal says. */
export const STOPPED = 'The bot was stopped; nothing was changed.';

function why(bot: TaskProcess): string {
  return bot.complaints.at(-1) ?? 'it gave no reason';
}
