import { nowMs, type Recording } from '../../../smoke/caller';
import type { FakeCall, FakeTwilio } from '../../fakes/twilio';
import { connectBots } from '../../processes';
import { firstSoundAfter, lastSoundBeforeQuiet, readRecording, type RecordingName } from '../../speech';
import type { DemoCall } from './call';
import type { Narrator } from './narrator';
import { COLLEAGUE, deskScenario, GREETING } from './phone-desk';
import { phoneFigures, phoneModelFigures, type PhoneTimes, type PhoneUtterance } from './phone-measure';
import { ANSWER_WITHIN_MS, LET_SPEAK_MS, PHONE_STEPS, SPOKEN_WITHIN_MS } from './steps';
import type { Surroundings } from './surroundings';

const QUIET_MS = 500;
const KEYS = '42#';
const NEVER = Number.POSITIVE_INFINITY;

/**
 * The demo's telephone call, through the stand-in for Twilio: greeting, a recorded question, another that cuts the answer
 * short, keys, and the wish to speak to a person, who is dialled and heard.
 * @throws Error that says what did not come when something expected does not happen in time
 */
export async function placePhoneCall(
  baseUrl: string,
  twilio: FakeTwilio,
  { narrator, cleanup, session }: Surroundings,
): Promise<DemoCall> {
  connectBots(twilio, [baseUrl]);
  twilio.callee(COLLEAGUE, { kind: 'answers' });
  const beganMs = nowMs();
  narrator.begin(beganMs, { caller: () => undefined, bot: () => undefined });
  narrator.step(PHONE_STEPS.greeting);
  const call = twilio.ring();
  await cleanup.add(() => call.hangUp());
  const times = await converse(call, () => colleagueOf(twilio), narrator);
  const { heard } = call;
  const model = await session();
  const { startedMs, first, bargeIn, pressedMs, keysAnsweredMs, askedMs, connectedMs } = times;
  const soundAfter = (fromMs: number): number => firstSoundAfter(heard, fromMs) ?? NEVER;
  return {
    way: 'telephone',
    beganMs,
    said: [first, bargeIn, times.wish].map(recordingOf),
    heard,
    modelHeard: model?.heardPcm16k(),
    lines: narrator.scene.lines,
    spans: [
      { fromMs: startedMs, toMs: soundAfter(startedMs), about: 'greeted' },
      { fromMs: first.endedMs, toMs: soundAfter(first.endedMs), about: 'answered' },
      {
        fromMs: bargeIn.startedMs,
        toMs: lastSoundBeforeQuiet(heard, bargeIn.startedMs, QUIET_MS) ?? NEVER,
        about: 'silent',
      },
      { fromMs: pressedMs, toMs: keysAnsweredMs, about: 'keys answered' },
      { fromMs: askedMs, toMs: connectedMs, about: 'connected' },
    ],
    figures: [
      ...phoneFigures(call, times, twilio.errors.length),
      ...(model === undefined ? [] : phoneModelFigures(times, model)),
    ],
    hangUp: async () => {
      call.hangUp();
      await call.ended;
    },
  };
}

async function converse(
  call: FakeCall,
  dialledColleague: () => Promise<FakeCall>,
  narrator: Narrator,
): Promise<PhoneTimes> {
  const teller = new Teller(call, narrator);
  const started = await call.waitFor('stream-started');
  await teller.botSays(GREETING, started.atMs);

  narrator.step(PHONE_STEPS.question);
  const first = await teller.callerSays('0880');
  const answer = await call.waitFor('audio', { after: first.eventsBefore, timeoutMs: ANSWER_WITHIN_MS });
  await until(answer.atMs + LET_SPEAK_MS);
  narrator.step(PHONE_STEPS.bargeIn);
  const cutOff = teller.callerSays('0890');
  const clear = await call.waitFor('clear', { after: answer, timeoutMs: ANSWER_WITHIN_MS });
  teller.botSaid(`${replyTo('0880')}— (cut off)`, answer.atMs, clear.atMs);
  const bargeIn = await cutOff;
  await teller.botSays(replyTo('0890'), bargeIn.endedMs);

  narrator.step(PHONE_STEPS.keys);
  const pressedMs = nowMs();
  narrator.take({ type: 'user-transcription', data: { text: `${KEYS} (keys)` }, atMs: pressedMs });
  await call.press(KEYS);
  const keysAnsweredMs = await teller.botSays('(says which keys were pressed)', pressedMs);

  narrator.step(PHONE_STEPS.transfer);
  const wish = await teller.callerSays('0930');
  narrator.take({ type: 'llm-function-call-in-progress', data: { function_name: 'a transfer' }, atMs: wish.endedMs });
  const colleague = await dialledColleague();
  const connectedMs = nowMs();
  const { sound } = wish;
  await colleague.speak(sound);
  await call.speak(sound);
  await colleague.quiet(QUIET_MS);
  const { heard: colleagueHeard } = colleague;
  colleague.hangUp();
  await call.ended;
  return {
    startedMs: started.atMs,
    first,
    answer,
    bargeIn,
    clear,
    pressedMs,
    keysAnsweredMs,
    wish,
    askedMs: wish.endedMs,
    connectedMs,
    colleagueHeard,
  };
}

/** Writes down what is said: a telephone has no client that would tell. */
class Teller {
  readonly #call: FakeCall;
  readonly #narrator: Narrator;
  #segment = 0;

  constructor(call: FakeCall, narrator: Narrator) {
    this.#call = call;
    this.#narrator = narrator;
  }

  async callerSays(name: RecordingName): Promise<PhoneUtterance & { readonly eventsBefore: number }> {
    const sound = readRecording(name);
    const eventsBefore = this.#call.events.length - 1;
    this.#narrator.now('caller speaks');
    const { startedMs, endedMs } = await this.#call.speak(sound);
    this.#narrator.take({ type: 'user-transcription', data: { text: wordsOf(name) }, atMs: startedMs });
    return { startedMs, endedMs, sound, eventsBefore };
  }

  /** The next that the bot says after `fromMs`, to its end. @returns when it began */
  async botSays(text: string, fromMs: number): Promise<number> {
    const { atMs } = await this.#call.waitFor('audio', {
      fits: (event) => event.atMs >= fromMs,
      timeoutMs: ANSWER_WITHIN_MS,
    });
    this.#narrator.now('bot speaks');
    const late = setTimeout(() => this.#call.hangUp(), SPOKEN_WITHIN_MS);
    await this.#call.quiet(QUIET_MS);
    clearTimeout(late);
    this.botSaid(text, atMs, nowMs() - QUIET_MS);
    return atMs;
  }

  botSaid(text: string, fromMs: number, toMs: number): void {
    this.#segment += 1;
    const output = { segment_id: this.#segment, text, spoken_progress: { accumulated_text: text } };
    this.#narrator.take({ type: 'bot-output', data: { ...output, spoken_status: 'in-progress' }, atMs: fromMs });
    this.#narrator.take({ type: 'bot-output', data: { ...output, spoken_status: 'completed' }, atMs: toMs });
    this.#narrator.now('');
  }
}

/** The leg of the person at the other end of the transfer, once they have answered. */
async function colleagueOf(twilio: FakeTwilio): Promise<FakeCall> {
  const leg = await twilio.waitForCall(({ to }) => to === COLLEAGUE, SPOKEN_WITHIN_MS);
  await leg.waitFor('status', { fits: ({ status }) => status === 'in-progress', timeoutMs: ANSWER_WITHIN_MS });
  return leg;
}

const known = (name: RecordingName) => deskScenario().recordings.find(({ file }) => file.includes(name));
const wordsOf = (name: RecordingName): string => known(name)?.words ?? '';
const replyTo = (name: RecordingName): string => known(name)?.reply ?? '';

const recordingOf = ({ sound, startedMs }: PhoneUtterance): Recording => ({
  pcm: sound.samples,
  rateHz: sound.rateHz,
  startMs: startedMs,
});

/** The caller's own timing: people interrupt after a moment, and a moment is all that this waits for. */
function until(timeMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, timeMs - nowMs())));
}
