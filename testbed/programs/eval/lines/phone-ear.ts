import type { RtviMessage } from '../../../../bot/rtvi/messages';
import type { SpokenPart } from '../../../../evals/caller';
import { nowMs } from '../../../../smoke/caller';
import type { FakeCall } from '../../../fakes/twilio';
import { lastSound, soundsIn, SPEECH_HZ, type Synthesiser } from '../../../speech';

type Tell = (message: RtviMessage, atMs: number) => void;

/** Between two sentences of an answer there is less silence. */
const QUIET_MS = 400;
/** A sentence is heard although so much of its sound is missing: a soft beginning, a soft end. */
const MISSING_MS = 250;
const NEVER_MS = 3_600_000;

/**
 * What a person on the telephone notices, as the messages that a client would have been sent: when the bot speaks, and of the sentences
 * that the model has spoken those that its sound was long enough for. No client is there to tell.
 */
export class PhoneEar {
  /** Resolves when the call is over and all of it was listened to. */
  readonly done: Promise<void>;
  readonly #call: FakeCall;
  readonly #synthesiser: Synthesiser;
  readonly #spoken: SpokenPart;
  readonly #tell: Tell;
  /** How many of the model's sentences were told, or were never heard. */
  #told = 0;

  constructor(call: FakeCall, synthesiser: Synthesiser, spoken: SpokenPart, tell: Tell) {
    this.#call = call;
    this.#synthesiser = synthesiser;
    this.#spoken = spoken;
    this.#tell = tell;
    const over = call.ended.then(() => undefined);
    this.done = Promise.all([this.#listen(over), this.#noticeCuts(over)]).then(() => undefined);
  }

  async #listen(over: Promise<undefined>): Promise<void> {
    const call = this.#call;
    for (let after = -1; ;) {
      const began = await Promise.race([
        over,
        call.waitFor('audio', { after, timeoutMs: NEVER_MS }).catch(() => undefined),
      ]);
      if (began === undefined) return;
      this.#tell({ type: 'bot-llm-started' } as RtviMessage, began.atMs);
      this.#tell({ type: 'bot-started-speaking' } as RtviMessage, began.atMs);
      await call.quiet(QUIET_MS);
      after = call.events.length - 1;
      const untilMs = nowMs();
      for (const text of await this.#heardBetween(began.atMs, untilMs))
        this.#tell({ type: 'bot-tts-text', data: { text } } as RtviMessage, untilMs);
      this.#tell({ type: 'bot-stopped-speaking' } as RtviMessage, untilMs);
    }
  }

  /** What had been sent and not heard is taken back: the bot was interrupted. */
  async #noticeCuts(over: Promise<undefined>): Promise<void> {
    for (let after = -1; ;) {
      const clear = await Promise.race([
        over,
        this.#call.waitFor('clear', { after, timeoutMs: NEVER_MS }).catch(() => undefined),
      ]);
      if (clear === undefined) return;
      this.#tell({ type: 'bot-interrupted' } as RtviMessage, clear.atMs);
      after = this.#call.events.indexOf(clear);
    }
  }

  async #heardBetween(fromMs: number, untilMs: number): Promise<readonly string[]> {
    const spoken = this.#spoken;
    const sounds = soundsIn(this.#call.heard, QUIET_MS).filter((one) => one.toMs > fromMs && one.fromMs < untilMs);
    const heardMs = sounds.reduce((sum, sound) => sum + sound.toMs - sound.fromMs, 0);
    const heard: string[] = [];
    let spokenMs = 0;
    for (const text of spoken.said().slice(this.#told)) {
      const pcm = await this.#synthesiser.synthesise(text, spoken.voiceOf());
      const soundMs = lastSound({ pcm, rateHz: SPEECH_HZ, startMs: 0 }) ?? 0;
      if (spokenMs + soundMs - MISSING_MS <= heardMs) heard.push(text);
      spokenMs += (pcm.length * 1000) / SPEECH_HZ;
    }
    this.#told = spoken.said().length;
    return heard;
  }
}
