import type { RtviMessage } from '../../../bot/rtvi/messages';
import { Caller, nowMs, type LoggedMessage, type Said } from '../../../smoke/caller';
import { readRecording, type RecordingName } from '../../speech';

export const TYPED = 'What time is it in Paris?';

/** A model may think, call a tool and speak for a while; longer than this is a fault. */
const ANSWER_WITHIN_MS = 20_000;
const SPOKEN_WITHIN_MS = 60_000;
/** How long the bot may speak before it is cut off. */
const LET_SPEAK_MS = 2_500;

/** Something said by a recording, and when. */
export interface Utterance extends Said {
  readonly pcm16k: Int16Array;
}

/** A call as its caller lived through it. Times are ms since 1970. */
export interface PlacedCall {
  readonly caller: Caller;
  readonly first: Utterance;
  /** Said while the bot spoke. */
  readonly bargeIn: Utterance;
  readonly interruptedMs: number;
  readonly typedMs: number;
  readonly toolCalls: number;
}

/**
 * The demo's call: listen to the greeting, speak with a recorded voice, cut the answer off with another recording,
 * listen to the answer to that, and type a question that needs a tool.
 * @throws Error that says what did not come when something expected does not happen in time
 */
export async function placeCall(baseUrl: string): Promise<PlacedCall> {
  const caller = await Caller.connect({ baseUrl });
  let from = 0;
  const next = async (type: string, withinMs: number): Promise<LoggedMessage> => {
    const entry = await caller.waitForMessage((message: RtviMessage) => message.type === type, withinMs, from);
    from = caller.messages.indexOf(entry) + 1;
    return entry;
  };
  await next('bot-started-speaking', ANSWER_WITHIN_MS);
  await next('bot-stopped-speaking', SPOKEN_WITHIN_MS);

  const first = await say(caller, '0880');
  const { arrivedMs } = await next('bot-started-speaking', ANSWER_WITHIN_MS);
  await until(arrivedMs + LET_SPEAK_MS);
  const cutOff = say(caller, '0890');
  const { arrivedMs: interruptedMs } = await next('bot-interrupted', ANSWER_WITHIN_MS);
  const bargeIn = await cutOff;
  await next('bot-started-speaking', ANSWER_WITHIN_MS);
  await next('bot-stopped-speaking', SPOKEN_WITHIN_MS);

  const typedMs = nowMs();
  caller.sendText(TYPED);
  await next('llm-function-call-stopped', ANSWER_WITHIN_MS);
  await next('bot-started-speaking', ANSWER_WITHIN_MS);
  await next('bot-stopped-speaking', SPOKEN_WITHIN_MS);
  const toolCalls = caller.messages.filter(({ message }) => message.type === 'llm-function-call-stopped').length;
  return { caller, first, bargeIn, interruptedMs, typedMs, toolCalls };
}

async function say(caller: Caller, recording: RecordingName): Promise<Utterance> {
  const { samples } = readRecording(recording);
  return { ...(await caller.say(samples)), pcm16k: samples };
}

/** The caller's own timing: people interrupt after a moment, and a moment is all that this waits for. */
function until(timeMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, timeMs - nowMs())));
}
