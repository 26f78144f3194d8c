/** The callers of a bench, all in one process of their own. */
import { Beat, Caller, nowMs, RefusedError } from '../smoke/caller';
import { firstSoundAfter, lastSoundBeforeQuiet, tone } from '../testbed/speech/audio-analysis';
import { readRecording } from '../testbed/speech/recordings';
import { serve, span } from '../testbed/processes/worker';
import { textLasting } from './speech';

const ANSWER_WITHIN_MS = 20_000;
/** Of full scale, −40 dB: where the voice is cut off at −15 dB, the codec's noise reaches −44 dB in the packet after. */
const VOICE_RMS = 0.01;

let callers: Caller[] = [];

/** The one caller of the latency bench. */
function only(): Caller {
  const [caller] = callers;
  if (caller === undefined) throw new Error('nobody is connected');
  return caller;
}

/** When the caller's first packet was sent, and when the bot's word that it is interrupted and its last sound arrived. */
export interface BargeIn {
  readonly spokeMs: number;
  readonly cutMs: number;
  readonly silentMs: number;
}

interface Connecting {
  readonly baseUrl: string;
  readonly count: number;
  readonly record: boolean;
  readonly mayBeRefused?: boolean;
}

let talking = false;
const talks: Promise<void>[] = [];

serve({
  /** Connects `count` callers, one after the other; returns how many the bot refused, where it may. */
  async connect({ baseUrl, count, record, mayBeRefused = false }: Connecting) {
    const beat = new Beat();
    let refused = 0;
    for (let i = 0; i < count; i += 1) {
      try {
        callers.push(await Caller.connect({ baseUrl, record, beat }));
      } catch (error) {
        if (!mayBeRefused || !(error instanceof RefusedError)) throw error;
        refused += 1;
      }
    }
    await Promise.all(callers.map((caller) => caller.waitForMessage('bot-stopped-speaking', ANSWER_WITHIN_MS)));
    return refused;
  },
  /** Has every caller hold a conversation: speak for three seconds, listen to the answer, speak again. */
  talk() {
    talking = true;
    const { samples } = readRecording('0930');
    for (const [i, caller] of callers.entries()) talks.push(converse(caller, samples, i * 137));
  },
  /** Has every caller talk as people do: he speaks a sentence of 3.3 s and hears one of 4.2 s, each `cycleMs`. */
  talkLifelike({ cycleMs }: { cycleMs: number }) {
    talking = true;
    const { samples } = readRecording('0930');
    for (const [i, caller] of callers.entries())
      talks.push(converse(caller, samples, (i * cycleMs) / callers.length, cycleMs));
  },
  /** How long callers and bot have spoken until now, all of them together. */
  spoken() {
    return { callersMs: saidMs, botMs: callers.reduce((sum, caller) => sum + botSpokeMs(caller), 0), unanswered };
  },
  async stopTalking() {
    talking = false;
    await Promise.all(talks.splice(0));
  },
  /** What was wrong with what they heard. */
  counts() {
    return callers.map(({ counts }) => counts);
  },
  /** The sum of heard turns: proof that the conversations took place. */
  turns() {
    const isTurn = ({ message }: { message: { type: string } }): boolean => message.type === 'bot-stopped-speaking';
    return callers.reduce((sum, caller) => sum + caller.messages.filter(isTurn).length, 0);
  },
  /** Short tones, and when the first packet of each was sent. */
  async beep({ times }: { times: number }) {
    const caller = only();
    const sentMs: number[] = [];
    for (let i = 0; i < times; i += 1) {
      const { startedMs } = await caller.say(tone(800, 40, 16_000, 0.7));
      sentMs.push(startedMs);
      await span(600 + 37 * (i % 5));
    }
    return sentMs;
  },
  /** Types, and waits for the answer; returns when it was asked and when its first sound arrived. */
  async ask({ times }: { times: number }) {
    const caller = only();
    const answers: { askedMs: number; heardMs: number }[] = [];
    for (let i = 0; i < times; i += 1) {
      const from = caller.messages.length;
      const askedMs = nowMs();
      const { mark } = caller;
      caller.sendText('Say exactly: "Yes."');
      await caller.waitForMessage('bot-stopped-speaking', ANSWER_WITHIN_MS, from);
      await span(300);
      answers.push({ askedMs, heardMs: clockOf(caller, firstSoundAfter(caller.heard, mark)) });
    }
    return answers;
  },
  /**
   * Cuts long answers off by voice, each in a call of its own: within one the model tells of every barge-in at the same
   * distance from the bot's beat, because its caller's is as steady.
   */
  async bargeIn({ baseUrl, times }: { baseUrl: string; times: number }) {
    const cuts: BargeIn[] = [];
    for (let i = 0; i < times; i += 1) {
      const caller = await Caller.connect({ baseUrl });
      try {
        await caller.waitForMessage('bot-stopped-speaking', ANSWER_WITHIN_MS);
        cuts.push(await cutOff(caller, 700 + 53 * (i % 7)));
      } finally {
        caller.hangUp();
      }
    }
    return cuts;
  },
  hangUp() {
    for (const caller of callers) caller.hangUp();
    callers = [];
  },
});

/** The clock's time of a moment in what was heard. */
function clockOf(caller: Caller, heardMs: number | undefined): number {
  return heardMs === undefined ? Infinity : (caller.arrivalOf(heardMs) ?? Infinity);
}

/** Has the bot begin to speak at length, and speaks over it after so long. */
async function cutOff(caller: Caller, afterMs: number): Promise<BargeIn> {
  const { samples } = readRecording('0930');
  const from = caller.messages.length;
  caller.sendText(textLasting(15_000));
  await caller.waitForMessage('bot-started-speaking', ANSWER_WITHIN_MS, from);
  await span(afterMs);
  const { mark } = caller;
  const said = caller.say(samples.subarray(0, 16_000));
  const cut = await caller.waitForMessage('bot-interrupted', ANSWER_WITHIN_MS, from);
  // He goes on for longer than the quiet that is looked for, and is answered later.
  const { startedMs } = await said;
  const endMs = lastSoundBeforeQuiet(caller.heard, mark, 300, VOICE_RMS);
  const silentMs = endMs === undefined ? undefined : caller.arrivalOfEnd(endMs);
  return { spokeMs: startedMs, cutMs: cut.arrivedMs, silentMs: silentMs ?? Infinity };
}

let saidMs = 0;
let unanswered = 0;

/** Between the messages that tell of its speech. */
function botSpokeMs({ messages }: Caller): number {
  let sum = 0;
  let startedMs: number | undefined;
  for (const { message, arrivedMs } of messages) {
    if (message.type === 'bot-started-speaking') startedMs = arrivedMs;
    if (message.type !== 'bot-stopped-speaking' || startedMs === undefined) continue;
    sum += arrivedMs - startedMs;
    startedMs = undefined;
  }
  return startedMs === undefined ? sum : sum + nowMs() - startedMs;
}

/** @param cycleMs how long it is from the start of a sentence to that of the next, at least */
async function converse(caller: Caller, speech: Int16Array, delayMs: number, cycleMs = 0): Promise<void> {
  await span(delayMs);
  while (talking) {
    const nextMs = nowMs() + cycleMs;
    const from = caller.messages.length;
    await caller.say(speech);
    saidMs += (speech.length * 1000) / 16_000;
    try {
      await caller.waitForMessage('bot-started-speaking', ANSWER_WITHIN_MS, from);
      await caller.waitForMessage('bot-stopped-speaking', ANSWER_WITHIN_MS, from);
    } catch {
      // On a machine that is too busy words are garbled; the caller speaks again.
      unanswered += 1;
    }
    await span(Math.max(0, nextMs - nowMs()));
  }
}
