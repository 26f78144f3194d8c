import path from 'node:path';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { readWav, resample } from '../../speech';

/** A recording whose words are known, because a person wrote them down. */
export interface NamedRecording {
  /** WAV, mono PCM16. */
  readonly file: string;
  readonly words: string;
  /** Said in answer; else the words are answered as typed text would be. */
  readonly reply?: string | undefined;
  /** Answered as if this had been typed. */
  readonly treatAs?: string | undefined;
}

export interface Scenario {
  readonly recordings: readonly NamedRecording[];
}

const scenarioSchema = z.strictObject({
  recordings: z.array(
    z.strictObject({
      file: z.string().min(1),
      words: z.string().min(1),
      reply: z.string().min(1).optional(),
      treatAs: z.string().min(1).optional(),
    }),
  ),
});

/** Reads a scenario; files in it are relative to it. @throws when it is not one. */
export function loadScenario(file: string): Scenario {
  const scenario = scenarioSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const folder = path.dirname(path.resolve(file));
  return {
    recordings: scenario.recordings.map((recording) => ({ ...recording, file: path.resolve(folder, recording.file) })),
  };
}

/** The scenario that comes with the sandbox: three sentences of Jane Austen, read by a volunteer. */
export function bundledScenario(): Scenario {
  return loadScenario(path.join(__dirname, '../../speech/scenario.json'));
}

const RATE_HZ = 16_000;
const FRAME_SAMPLES = 320;
/** Loudness is compared down to this far below the loudest frame: below it are noise and what codecs make of it. */
const FLOOR_DB = -35;
/** A match needs this correlation of loudness over time, and this much more than the second best recording has. */
const MIN_CORRELATION = 0.75;
const MIN_LEAD = 0.1;
/** How far lengths may differ (an endpoint may swallow a soft ending), and how far the two may be shifted, in frames. */
const MAX_LENGTH_DIFFERENCE = 0.2;
const MAX_SHIFT_FRAMES = 15;

/** Loudness in dB for each 20 ms, from the first to the last frame above the floor, relative to the loudest. */
function loudnessCurve(pcm: Int16Array): Float64Array {
  const frames = Math.floor(pcm.length / FRAME_SAMPLES);
  const curve = new Float64Array(frames);
  for (let frame = 0; frame < frames; frame += 1) {
    let energy = 1;
    for (let i = frame * FRAME_SAMPLES; i < (frame + 1) * FRAME_SAMPLES; i += 1) energy += (pcm[i] ?? 0) ** 2;
    curve[frame] = 10 * Math.log10(energy / FRAME_SAMPLES);
  }
  const peak = curve.reduce((highest, value) => Math.max(highest, value), 0);
  const floored = curve.map((value) => Math.max(FLOOR_DB, value - peak));
  const first = floored.findIndex((value) => value > FLOOR_DB + 5);
  const last = floored.findLastIndex((value) => value > FLOOR_DB + 5);
  return first < 0 ? new Float64Array(0) : floored.slice(first, last + 1);
}

/** Pearson's correlation of the frames that two curves share when `b` is shifted by `shift`. */
function correlation(a: Float64Array, b: Float64Array, shift: number): number {
  const from = Math.max(0, shift);
  const to = Math.min(a.length, b.length + shift);
  const n = to - from;
  if (n < 10) return 0;
  let sumA = 0, sumB = 0, sumAA = 0, sumBB = 0, sumAB = 0; // prettier-ignore
  for (let i = from; i < to; i += 1) {
    const x = a[i] ?? 0;
    const y = b[i - shift] ?? 0;
    sumA += x;
    sumB += y;
    sumAA += x * x;
    sumBB += y * y;
    sumAB += x * y;
  }
  const variance = (sumAA - (sumA * sumA) / n) * (sumBB - (sumB * sumB) / n);
  return variance <= 0 ? 0 : (sumAB - (sumA * sumB) / n) / Math.sqrt(variance);
}

/** Names recordings by how loud they are over time; it knows nothing of words. */
export class Recogniser {
  readonly #known: readonly { readonly recording: NamedRecording; readonly curve: Float64Array }[];

  /** @throws when a file of the scenario cannot be read. */
  constructor(scenario: Scenario) {
    this.#known = scenario.recordings.map((recording) => {
      const { rateHz, samples } = readWav(recording.file);
      return { recording, curve: loudnessCurve(resample(samples, rateHz, RATE_HZ)) };
    });
  }

  /** The recording that a 16 kHz utterance is, or nothing when none or more than one might be. */
  recognise(utterance: Int16Array): NamedRecording | undefined {
    const curve = loudnessCurve(utterance);
    const scores = this.#known
      .map(({ recording, curve: known }) => ({ recording, score: likeness(curve, known) }))
      .sort((a, b) => b.score - a.score);
    const [best, second] = scores;
    if (best === undefined || best.score < MIN_CORRELATION) return undefined;
    return best.score - (second?.score ?? 0) >= MIN_LEAD ? best.recording : undefined;
  }
}

/** Best correlation over small shifts; 0 when the lengths differ too much. */
function likeness(a: Float64Array, b: Float64Array): number {
  if (Math.abs(a.length - b.length) > MAX_LENGTH_DIFFERENCE * Math.max(a.length, b.length)) return 0;
  let best = 0;
  for (let shift = -MAX_SHIFT_FRAMES; shift <= MAX_SHIFT_FRAMES; shift += 1)
    best = Math.max(best, correlation(a, b, shift));
  return best;
}
