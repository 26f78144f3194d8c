import { Caller, type LoggedMessage } from '../../smoke/caller';
import { readSpeech } from '../bedrock/speech';
import { Interrupted, OpsError } from '../cli/ops-error';
import { readThrown } from '../cli/thrown';
import { keyNeeded } from './key-needed';

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
}

const CONNECT_WITHIN_MS = 15_000;
const SPEAK_WITHIN_MS = 20_000;
const SPEECH_WITHIN_MS = 45_000;

/**
 * Calls the bot as Pipecat's client does: hears it greet, says something, hears it answer.
 * @throws OpsError `bot_failed` that says what did not come; Interrupted
 */
export async function callOverWebRtc(options: WebRtcCallOptions): Promise<WebRtcCall> {
  const { baseUrl, headers = {}, apiKey, signal } = options;
  let caller: Caller | undefined;
  const hangUp = (): void => caller?.hangUp();
  signal.addEventListener('abort', hangUp, { once: true });
  try {
    const key = apiKey === undefined ? {} : { apiKey };
    caller = await Caller.connect({ baseUrl, headers, connectTimeoutMs: CONNECT_WITHIN_MS, ...key });
    if (signal.aborted) hangUp();
    return await converse(caller);
  } catch (error) {
    hangUp();
    if (signal.aborted) throw new Interrupted(options.done);
    const { message } = readThrown(error);
    throw new OpsError('bot_failed', `the call failed: ${message}`, keyNeeded(message), error);
  } finally {
    signal.removeEventListener('abort', hangUp);
  }
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
