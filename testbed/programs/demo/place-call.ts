import type { RtviMessage } from '../../../bot/rtvi/messages';
import { Caller, nowMs, type LoggedMessage, type Said } from '../../../smoke/caller';
import { readRecording, type RecordingName } from '../../speech';
import type { Cleanup } from './cleanup';
import type { Listen, Narrator } from './narrator';
import { ANSWER_WITHIN_MS, LET_SPEAK_MS, SPOKEN_WITHIN_MS, STEPS, TYPED } from './steps';

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
  readonly typedMs: number;
  readonly toolCalls: number;
}

/**
 * The demo's call: listen to the greeting, speak with a recorded voice, cut the answer off with another recording,
 * listen to the answer to that, and type a question that needs a tool.
 * @throws Error that says what did not come when something expected does not happen in time
 */
export async function placeCall(baseUrl: string, narrator: Narrator, cleanup: Cleanup): Promise<PlacedCall> {
  const voice = new VoiceNow();
  let hearing: Listen = () => undefined;
  narrator.begin(nowMs(), { caller: () => voice.sound(nowMs()), bot: () => hearing() });
  narrator.step(STEPS.greeting);
  const caller = await Caller.connect({
    baseUrl,
    onMessage: ({ message: { type, data }, arrivedMs }) => narrator.take({ type, data, atMs: arrivedMs }),
  });
  await cleanup.add(() => caller.hangUp());
  hearing = () => caller.hearing;
  const messages = new Messages(caller);
  await messages.next('bot-started-speaking', ANSWER_WITHIN_MS);
  await messages.next('bot-stopped-speaking', SPOKEN_WITHIN_MS);

  narrator.step(STEPS.question);
  const first = await say(caller, '0880', voice);
  const { arrivedMs } = await messages.next('bot-started-speaking', ANSWER_WITHIN_MS);
  await until(arrivedMs + LET_SPEAK_MS);
  narrator.step(STEPS.bargeIn);
  const cutOff = say(caller, '0890', voice);
  await messages.next('bot-interrupted', ANSWER_WITHIN_MS);
  const bargeIn = await cutOff;
  await messages.next('bot-started-speaking', ANSWER_WITHIN_MS);
  await messages.next('bot-stopped-speaking', SPOKEN_WITHIN_MS);

  narrator.step(`${STEPS.tool} ("${TYPED}")`);
  const typedMs = nowMs();
  caller.sendText(TYPED);
  await messages.next('llm-function-call-stopped', ANSWER_WITHIN_MS);
  await messages.next('bot-started-speaking', ANSWER_WITHIN_MS);
  await messages.next('bot-stopped-speaking', SPOKEN_WITHIN_MS);
  const toolCalls = caller.messages.filter(({ message }) => message.type === 'llm-function-call-stopped').length;
  return { caller, first, bargeIn, typedMs, toolCalls };
}

/** The bot's messages, one after the other. */
class Messages {
  #from = 0;

  constructor(private readonly caller: Caller) {}

  async next(type: string, withinMs: number): Promise<LoggedMessage> {
    const entry = await this.caller.waitForMessage(
      (message: RtviMessage) => message.type === type,
      withinMs,
      this.#from,
    );
    this.#from = this.caller.messages.indexOf(entry) + 1;
    return entry;
  }
}

const METER_MS = 100;

/** What the recorded voice says at a moment, for a meter. */
class VoiceNow {
  #speech: { readonly pcm16k: Int16Array; readonly startedMs: number } | undefined;

  speaks(pcm16k: Int16Array, startedMs: number): void {
    this.#speech = { pcm16k, startedMs };
  }

  sound(atMs: number): Int16Array | undefined {
    if (this.#speech === undefined) return undefined;
    const { pcm16k, startedMs } = this.#speech;
    const from = Math.round((atMs - startedMs) * 16);
    return pcm16k.subarray(Math.max(0, from), Math.max(0, from + METER_MS * 16));
  }
}

async function say(caller: Caller, recording: RecordingName, voice: VoiceNow): Promise<Utterance> {
  const { samples } = readRecording(recording);
  voice.speaks(samples, nowMs());
  return { ...(await caller.say(samples)), pcm16k: samples };
}

/** The caller's own timing: people interrupt after a moment, and a moment is all that this waits for. */
function until(timeMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, timeMs - nowMs())));
}
