import type { Recording, Said } from '../../../../smoke/caller';
import { readWav, resample, type Wav } from '../../../speech';
import { FRAME_SAMPLES, LINE_HZ } from './mulaw';
import { BEAT_MS } from '../time';

interface Utterance {
  readonly pcm: Int16Array;
  offset: number;
  startedMs: number | undefined;
  readonly done: (said: Said) => void;
}

interface QuietListener {
  readonly quietMs: number;
  leftMs: number;
  readonly done: () => void;
}

/** Recordings are said again and again in a bench. */
const AT_LINE_RATE = new WeakMap<Wav, Int16Array>();
const SILENCE = new Int16Array(FRAME_SAMPLES);

/** Somebody with a telephone: says what they are told to, and keeps what they hear. */
export class Person {
  readonly #utterances: Utterance[] = [];
  readonly #heard: Int16Array[] = [];
  readonly #records: boolean;
  readonly #listeners = new Set<QuietListener>();
  #answeredMs: number | undefined;
  #hasLeft = false;

  constructor({ records }: { readonly records: boolean }) {
    this.#records = records;
  }

  /** Says it after what is being said. A string is a WAV file. Resolves when the last of it was spoken, or they hung up. */
  speak(sound: Wav | string): Promise<Said> {
    const pcm = atLineRate(typeof sound === 'string' ? readWav(sound) : sound);
    if (this.#hasLeft) return Promise.reject(new Error('the person has hung up'));
    return new Promise((done) => this.#utterances.push({ pcm, offset: 0, startedMs: undefined, done }));
  }

  /** The next 20 ms of them; undefined: they are silent. */
  nextFrame(dueMs: number): Int16Array | undefined {
    const [utterance] = this.#utterances;
    if (utterance === undefined) return undefined;
    const frame = new Int16Array(FRAME_SAMPLES);
    frame.set(utterance.pcm.subarray(utterance.offset, utterance.offset + FRAME_SAMPLES));
    utterance.startedMs ??= dueMs;
    utterance.offset += FRAME_SAMPLES;
    if (utterance.offset >= utterance.pcm.length) {
      this.#utterances.shift();
      utterance.done({ startedMs: utterance.startedMs, endedMs: dueMs + BEAT_MS });
    }
    return frame;
  }

  /** Hears 20 ms, or silence. */
  hear(frame: Int16Array | undefined, dueMs: number): void {
    this.#answeredMs ??= dueMs;
    if (this.#records) this.#heard.push(frame ?? SILENCE);
    for (const listener of this.#listeners) {
      listener.leftMs = frame === undefined ? listener.leftMs - BEAT_MS : listener.quietMs;
      if (listener.leftMs > 0) continue;
      this.#listeners.delete(listener);
      listener.done();
    }
  }

  /** Resolves when nothing was heard for so long from now on, or they hung up. */
  quiet(quietMs: number): Promise<void> {
    if (this.#hasLeft) return Promise.resolve();
    return new Promise((done) => this.#listeners.add({ quietMs, leftMs: quietMs, done }));
  }

  /** All that was heard since the first beat, on one line of time. */
  get heard(): Recording {
    const pcm = new Int16Array(this.#heard.length * FRAME_SAMPLES);
    this.#heard.forEach((frame, i) => pcm.set(frame, i * FRAME_SAMPLES));
    return { pcm, rateHz: LINE_HZ, startMs: this.#answeredMs ?? 0 };
  }

  /** The call is over: what was not said will not be. Idempotent. */
  leave(nowMs: number): void {
    this.#hasLeft = true;
    for (const { done } of this.#listeners) done();
    this.#listeners.clear();
    for (const { done, startedMs } of this.#utterances.splice(0))
      done({ startedMs: startedMs ?? nowMs, endedMs: nowMs });
  }
}

function atLineRate(sound: Wav): Int16Array {
  const known = AT_LINE_RATE.get(sound);
  if (known !== undefined) return known;
  const pcm = resample(sound.samples, sound.rateHz, LINE_HZ);
  AT_LINE_RATE.set(sound, pcm);
  return pcm;
}
