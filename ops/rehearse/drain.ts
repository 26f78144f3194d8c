import { HEALTH_PATH } from '../../contract/http';
import type { Caller } from '../../smoke/caller';
import { Interrupted } from '../cli/ops-error';
import type { Finding } from '../cli/report';
import type { TaskProcess, Exit } from './task-process';
import { askStatus, askUntil, STOPPED } from './http';

export interface DrainOptions {
  readonly bot: TaskProcess;
  readonly baseUrl: string;
  /** The call that is up, if one is. */
  readonly caller: Caller | undefined;
  /** Stay on the line until the bot says goodbye, instead of hanging up. */
  readonly stays: boolean;
  /** ECS sends SIGKILL after so long. */
  readonly stopTimeoutMs: number;
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
}

const REFUSE_WITHIN_MS = 3_000;

/** Ends the bot as ECS does, with a call on the line, and watches it let the call end. @throws OpsError; Interrupted */
export async function drain(options: DrainOptions): Promise<Finding[]> {
  const { bot, baseUrl, caller, stays, stopTimeoutMs, headers, signal } = options;
  const beganMs = performance.now();
  bot.signal('SIGTERM');
  const findings: Finding[] = [];
  if (caller !== undefined) {
    await askUntil(`${baseUrl}/ready`, 503, { bot, withinMs: REFUSE_WITHIN_MS, signal });
    const health = await askStatus(`${baseUrl}${HEALTH_PATH}`, { signal });
    const start = await askStatus(`${baseUrl}/start`, {
      signal,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
    });
    findings.push(
      isSo(health === 200, 'still healthy', `${HEALTH_PATH} answers ${health} while the call goes on`),
      isSo(start === 503, 'no new calls', `/ready answers 503, and a new call gets ${start}`),
    );
    if (!stays) caller.hangUp();
  }
  const lastCallMs = stays ? undefined : performance.now();
  const exit = await exitWithin(bot, stopTimeoutMs - (performance.now() - beganMs), signal);
  if (exit === undefined) {
    bot.signal('SIGKILL');
    const text = `not out ${stopTimeoutMs / 1000} s after SIGTERM: ECS would have killed it here`;
    return [...findings, { status: 'failed', code: 'bot_failed', subject: 'drain', text, fix: 'Lower DRAIN_SECONDS.' }];
  }
  const tookMs = Math.round(performance.now() - beganMs);
  if (caller !== undefined && stays) {
    const end = await caller.ended;
    findings.push(
      isSo(end === 'bot-left', 'goodbye', end === 'bot-left' ? 'the bot ended the call itself' : `the call was ${end}`),
    );
  }
  const afterCall =
    lastCallMs === undefined ? '' : `, ${Math.round(performance.now() - lastCallMs)} ms after the last call ended`;
  const how = exit.signal === null ? `exit code ${exit.code ?? 'none'}` : exit.signal;
  const out = isSo(exit.code === 0, 'drain', `out ${tookMs} ms after SIGTERM${afterCall}, ${how}`);
  return [...findings, { ...out, data: { drainMs: tookMs, exitCode: exit.code } }];
}

/** How it ended, or undefined when it has not in time. @throws Interrupted */
async function exitWithin(bot: TaskProcess, ms: number, signal: AbortSignal): Promise<Exit | undefined> {
  let timer: NodeJS.Timeout | undefined;
  let stop: () => void = () => undefined;
  try {
    return await new Promise<Exit | undefined>((resolve, reject) => {
      timer = setTimeout(() => resolve(undefined), ms);
      stop = () => reject(new Interrupted(STOPPED));
      signal.addEventListener('abort', stop, { once: true });
      bot.exited.then(resolve, reject);
      if (signal.aborted) stop();
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

function isSo(good: boolean, subject: string, text: string): Finding {
  return good ? { status: 'ok', subject, text } : { status: 'failed', code: 'bot_failed', subject, text };
}
