/* oxlint-disable typescript/no-require-imports -- as in ../commands.ts: `require` is what tsx hooks into everywhere. */
import type * as callerModule from '../../smoke/caller';
import type { Caller, LoggedMessage } from '../../smoke/caller';
import { readSpeech } from '../bedrock/speech';
import { parseJson } from '../cli/json';
import { Interrupted, OpsError } from '../cli/ops-error';
import { readThrown } from '../cli/thrown';
import { inconclusive, refused, silent } from './inconclusive';

type CallerModule = typeof callerModule;

/** A call that is up, and what it took. All in ms. */
export interface WebRtcCall {
  readonly caller: Caller;
  readonly readyMs: number;
  /** From the bot being ready to its first sound. */
  readonly greetingMs: number;
  /** From our last word to the bot's answer. */
  readonly answerMs: number;
}

export interface WebRtcCallOptions {
  readonly baseUrl: string;
  /** Of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly apiKey: string | undefined;
  readonly signal: AbortSignal;
  /** What an interrupted command says. */
  readonly done: string;
  /** Until the bot is ready. Default 15 s. */
  readonly connectWithinMs?: number;
  /** Default: the one of smoke/, whose WebRTC is compiled for each processor and need not be there. */
  readonly loadCaller?: () => CallerModule;
}

const CONNECT_WITHIN_MS = 15_000;
const SPEAK_WITHIN_MS = 20_000;
const SPEECH_WITHIN_MS = 45_000;

const requireCaller = (): CallerModule => require('../../smoke/caller') as CallerModule;

/** Where a caller's media comes from: this machine alone for a bot on it, else whatever network leads to the bot. */
export function mediaAddress(baseUrl: string): string {
  const { hostname } = new URL(baseUrl);
  return /^(?:localhost|127(?:\.\d+){3})$/.test(hostname) ? '127.0.0.1' : '0.0.0.0';
}

/**
 * Calls the bot as Pipecat's client does: hears it greet, says something, hears it answer.
 * @throws OpsError `bot_failed` that says what did not come; `call_inconclusive` where that is no fault of the bot;
 * Interrupted
 */
export async function callOverWebRtc(options: WebRtcCallOptions): Promise<WebRtcCall> {
  const { baseUrl, headers = {}, apiKey, signal, connectWithinMs: connectTimeoutMs = CONNECT_WITHIN_MS } = options;
  const module = load(options.loadCaller ?? requireCaller);
  let caller: Caller | undefined;
  const hangUp = (): void => caller?.hangUp();
  signal.addEventListener('abort', hangUp, { once: true });
  try {
    caller = await module.Caller.connect({
      ...{ baseUrl, headers, connectTimeoutMs, bindAddress: mediaAddress(baseUrl) },
      ...(apiKey === undefined ? {} : { apiKey }),
    });
    if (signal.aborted) hangUp();
    return await converse(caller);
  } catch (error) {
    hangUp();
    if (signal.aborted) throw new Interrupted(options.done);
    throw await judge(error, baseUrl, module);
  } finally {
    signal.removeEventListener('abort', hangUp);
  }
}

/** @throws OpsError `call_inconclusive` where the library of WebRTC is not there, or not for this machine */
function load(loadCaller: () => CallerModule): CallerModule {
  try {
    return loadCaller();
  } catch (error) {
    const { message } = readThrown(error);
    throw inconclusive(`no call can be placed from here: ${message}`, 'npm ci brings what is missing.', error);
  }
}

/** What a failed call says: something of the bot, or of this machine and who called. */
async function judge(error: unknown, baseUrl: string, { RefusedError, NoPathError }: CallerModule): Promise<OpsError> {
  const { message, cause } = readThrown(error);
  if (error instanceof RefusedError) {
    const { code } = (parseJson(error.body) ?? {}) as { code?: unknown };
    return refused({ status: error.status, code: typeof code === 'string' ? code : undefined, text: message });
  }
  if (error instanceof NoPathError) {
    return inconclusive(
      `the bot answers, and no sound comes through: ${message}`,
      'Call from a network that lets UDP out. If there is one, and no call connects from it either, take the release back: npm run ops -- release rollback.',
      error,
    );
  }
  const { code } = readThrown(cause);
  if (code !== '') return silent(baseUrl, code, '');
  return new OpsError('bot_failed', `the call failed: ${message}`, '', error);
}

async function converse(caller: Caller): Promise<WebRtcCall> {
  let from = 0;
  const next = async (type: string, withinMs: number): Promise<LoggedMessage> => {
    const entry = await caller.waitForMessage((message) => message.type === type, withinMs, from);
    from = caller.messages.indexOf(entry) + 1;
    return entry;
  };
  const { beganMs, readyMs } = caller.timings;
  const greeting = await next('bot-started-speaking', SPEAK_WITHIN_MS);
  await next('bot-stopped-speaking', SPEECH_WITHIN_MS);
  const { endedMs } = await caller.say(readSpeech());
  const answer = await next('bot-started-speaking', SPEAK_WITHIN_MS);
  return {
    caller,
    readyMs: readyMs - beganMs,
    greetingMs: greeting.arrivedMs - readyMs,
    answerMs: answer.arrivedMs - endedMs,
  };
}
