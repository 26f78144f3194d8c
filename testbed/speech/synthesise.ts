import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { resample } from './resample';

/** Turns sentences into speech: 24 kHz mono PCM16. */
export interface Synthesiser {
  synthesise(text: string, voiceId: string): Promise<Int16Array>;
  /** Ends what runs; idempotent. */
  close(): Promise<void>;
}

export const SPEECH_HZ = 24_000;

/** eSpeak's language and pitch (0–99) for each voice of Nova 2 Sonic: a different voice sounds different, no more. */
const VOICES: Readonly<Record<string, readonly [language: string, pitch: number]>> = {
  matthew: ['en-us', 35],
  tiffany: ['en-us', 70],
  amy: ['en-gb', 70],
  olivia: ['en-gb', 60],
  lupe: ['es-419', 65],
  carlos: ['es-419', 35],
  ambre: ['fr-fr', 65],
  florian: ['fr-fr', 35],
  tina: ['de', 65],
  lennart: ['de', 35],
  beatrice: ['it', 65],
  lorenzo: ['it', 35],
  carolina: ['pt-br', 65],
  leo: ['pt-br', 35],
  arjun: ['hi', 35],
  kiara: ['hi', 65],
};
const WORDS_PER_MINUTE = 165;
const PAUSE_SAMPLES = 0.15 * SPEECH_HZ;

type WorkerReply =
  | { readonly id: number; readonly rateHz: number; readonly samples: Int16Array }
  | { readonly id: number; readonly error: string };

interface Job {
  resolve(samples: Int16Array): void;
  reject(error: Error): void;
}

/** Intelligible words by eSpeak NG in a worker thread, started at the first sentence. */
export class EspeakSynthesiser implements Synthesiser {
  #worker: Worker | undefined;
  #closed = false;
  #nextId = 0;
  readonly #jobs = new Map<number, Job>();

  synthesise(text: string, voiceId: string): Promise<Int16Array> {
    if (this.#closed) return Promise.reject(new Error('The synthesiser is closed'));
    const worker = (this.#worker ??= this.#start());
    const [language, pitch] = VOICES[voiceId] ?? ['en-us', 50];
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#jobs.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, text: speakable(text), language, pitch, wordsPerMinute: WORDS_PER_MINUTE });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
    this.#failAll(new Error('The synthesiser is closed'));
  }

  #start(): Worker {
    // Without the parent's loaders, which are of no use to a plain module and cost a start.
    const worker = new Worker(path.join(__dirname, 'espeak-worker.mjs'), { execArgv: [] });
    worker.on('message', (reply: WorkerReply) => this.#settle(worker, reply));
    worker.on('error', (error) => {
      if (this.#worker === worker) this.#worker = undefined;
      this.#failAll(error);
    });
    return worker;
  }

  #settle(worker: Worker, reply: WorkerReply): void {
    const job = this.#jobs.get(reply.id);
    this.#jobs.delete(reply.id);
    // An idle worker must not keep a program alive.
    if (this.#jobs.size === 0) worker.unref();
    if ('error' in reply) job?.reject(new Error(reply.error));
    else job?.resolve(withPause(resample(reply.samples, reply.rateHz, SPEECH_HZ)));
  }

  #failAll(error: Error): void {
    for (const job of this.#jobs.values()) job.reject(error);
    this.#jobs.clear();
  }
}

/** eSpeak stops with the last sound; without a breath, sentences would run into each other. */
function withPause(samples: Int16Array): Int16Array {
  const out = new Int16Array(samples.length + PAUSE_SAMPLES);
  out.set(samples);
  return out;
}

/** Without what eSpeak might take for markup or phoneme notation. */
function speakable(text: string): string {
  return text.replaceAll(/[<>[\]&\p{Cc}]/gu, ' ');
}

/** A steady tone as long as the sentence would take to say: no synthesiser, the same bytes every time. */
export class ToneSynthesiser implements Synthesiser {
  synthesise(text: string, voiceId: string): Promise<Int16Array> {
    const hertz = 320 + 40 * Math.max(0, Object.keys(VOICES).indexOf(voiceId));
    const samples = new Int16Array(Math.round(SPEECH_HZ * Math.max(0.5, text.length * 0.06)));
    const fade = SPEECH_HZ / 200;
    for (let i = 0; i < samples.length; i += 1) {
      const gain = Math.min(1, i / fade, (samples.length - 1 - i) / fade);
      samples[i] = Math.round(8000 * gain * Math.sin((2 * Math.PI * hertz * i) / SPEECH_HZ));
    }
    return Promise.resolve(samples);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
