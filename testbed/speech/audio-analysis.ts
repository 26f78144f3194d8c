import type { Recording } from '../../smoke/caller';
import { fft, powerOfTwo } from './fft';

/** Below this (rms, full scale 1) a window counts as silent: −46 dB, well above Opus's noise, well below speech. */
const SILENCE_RMS = 0.005;

const WINDOW_MS = 5;

/** The rms, full scale 1, of each window of `windowMs`; the last may be shorter. */
function envelope(pcm: Int16Array, rateHz: number, windowMs: number = WINDOW_MS): Float64Array {
  const size = Math.max(1, Math.round((rateHz * windowMs) / 1000));
  const windows = new Float64Array(Math.ceil(pcm.length / size));
  for (let window = 0; window < windows.length; window += 1) {
    windows[window] = rmsOf(pcm.subarray(window * size, (window + 1) * size));
  }
  return windows;
}

/** When the first sound at or after `afterMs` began; undefined when there was none. */
export function firstSoundAfter(recording: Recording, afterMs: number, threshold = SILENCE_RMS): number | undefined {
  const windows = envelope(recording.pcm, recording.rateHz);
  for (let window = windowAt(recording, afterMs); window < windows.length; window += 1) {
    if ((windows[window] ?? 0) >= threshold) return timeOf(recording, window);
  }
  return undefined;
}

/**
 * When the last sound ended before the first silence of at least `quietMs` that follows `afterMs`; undefined when there was no
 * sound. The end of the recording counts as silence.
 */
export function lastSoundBeforeQuiet(
  recording: Recording,
  afterMs: number,
  quietMs: number,
  threshold = SILENCE_RMS,
): number | undefined {
  const windows = envelope(recording.pcm, recording.rateHz);
  let last: number | undefined;
  for (let window = windowAt(recording, afterMs); window < windows.length; window += 1) {
    if ((windows[window] ?? 0) >= threshold) last = window;
    else if (last !== undefined && (window - last) * WINDOW_MS >= quietMs) break;
  }
  return last === undefined ? undefined : timeOf(recording, last + 1);
}

/** When the very last sound ended. */
export function lastSound(recording: Recording, threshold = SILENCE_RMS): number | undefined {
  return lastSoundBeforeQuiet(recording, recording.startMs, Infinity, threshold);
}

/** The longest silence, in ms, between the first and the last sound of a time span; 0 when there is none. */
export function longestGap(recording: Recording, fromMs: number, toMs: number, threshold = SILENCE_RMS): number {
  const windows = envelope(recording.pcm, recording.rateHz);
  const end = Math.min(windows.length, windowAt(recording, toMs));
  let last: number | undefined;
  let longest = 0;
  for (let window = windowAt(recording, fromMs); window < end; window += 1) {
    if ((windows[window] ?? 0) < threshold) continue;
    if (last !== undefined) longest = Math.max(longest, window - last - 1);
    last = window;
  }
  return longest * WINDOW_MS;
}

/** All sounds, those with less than `joinMs` of silence between them being one. */
export function soundsIn(
  recording: Recording,
  joinMs: number,
  threshold = SILENCE_RMS,
): readonly { readonly fromMs: number; readonly toMs: number }[] {
  const windows = envelope(recording.pcm, recording.rateHz);
  const sounds: { fromMs: number; toMs: number }[] = [];
  windows.forEach((level, window) => {
    if (level < threshold) return;
    const fromMs = timeOf(recording, window);
    const last = sounds.at(-1);
    if (last !== undefined && fromMs - last.toMs < joinMs) last.toMs = fromMs + WINDOW_MS;
    else sounds.push({ fromMs, toMs: fromMs + WINDOW_MS });
  });
  return sounds;
}

/** The part of a recording between two moments. */
export function cut(recording: Recording, fromMs: number, toMs: number): Recording {
  const sample = (ms: number): number => Math.max(0, Math.round(((ms - recording.startMs) * recording.rateHz) / 1000));
  const from = sample(fromMs);
  const startMs = recording.startMs + (from * 1000) / recording.rateHz;
  return { pcm: recording.pcm.slice(from, sample(toMs)), rateHz: recording.rateHz, startMs };
}

/** Where one sound lies in another. */
export interface Alignment {
  /** Samples of `heard` before the beginning of `original`; negative when the beginning was not heard. */
  readonly lagSamples: number;
  /** 1: the same shape; 0: nothing in common. Opus leaves speech at about 0.95–0.99. */
  readonly correlation: number;
}

/** Finds `original` in `heard` (same rate) by correlation. */
export function align(heard: Int16Array, original: Int16Array): Alignment {
  if (heard.length === 0 || original.length === 0) return { lagSamples: 0, correlation: 0 };
  const size = powerOfTwo(heard.length + original.length);
  const heardReal = new Float64Array(size);
  heardReal.set(heard);
  const heardImaginary = new Float64Array(size);
  const originalReal = new Float64Array(size);
  originalReal.set(original);
  const originalImaginary = new Float64Array(size);
  fft(heardReal, heardImaginary);
  fft(originalReal, originalImaginary);
  for (let index = 0; index < size; index += 1) {
    const [a, b] = [heardReal[index] ?? 0, heardImaginary[index] ?? 0];
    const [c, d] = [originalReal[index] ?? 0, originalImaginary[index] ?? 0];
    heardReal[index] = a * c + b * d;
    heardImaginary[index] = b * c - a * d;
  }
  fft(heardReal, heardImaginary, true);
  let best = 0;
  for (let index = 1; index < size; index += 1) if ((heardReal[index] ?? 0) > (heardReal[best] ?? 0)) best = index;
  const lagSamples = best < heard.length ? best : best - size;
  return { lagSamples, correlation: correlationAt(heard, original, lagSamples) };
}

/** How alike the two are where they overlap, `original` beginning at `lagSamples` of `heard`: −1…1. */
function correlationAt(heard: Int16Array, original: Int16Array, lagSamples: number): number {
  let product = 0;
  let heardEnergy = 0;
  let originalEnergy = 0;
  for (let index = 0; index < original.length; index += 1) {
    const ours = heard[index + lagSamples] ?? 0;
    const theirs = original[index] ?? 0;
    product += ours * theirs;
    heardEnergy += ours * ours;
    originalEnergy += theirs * theirs;
  }
  return heardEnergy === 0 || originalEnergy === 0 ? 0 : product / Math.sqrt(heardEnergy * originalEnergy);
}

/** A piece of the original, and where it was heard. */
export interface AlignedSegment extends Alignment {
  readonly originalFromMs: number;
  /** How much later, in ms, than the whole recording's alignment says; a step up is a gap, a step down a loss. */
  readonly shiftMs: number;
}

/**
 * Follows `original` through `heard` piece by piece, so that insertions, losses and damage show where they are. Silent
 * pieces are passed over.
 */
export function alignSegments(
  heard: Int16Array,
  original: Int16Array,
  rateHz: number,
  options: { segmentMs?: number; searchMs?: number } = {},
): AlignedSegment[] {
  const whole = align(heard, original);
  const segment = Math.round(((options.segmentMs ?? 500) * rateHz) / 1000);
  const search = Math.round(((options.searchMs ?? 300) * rateHz) / 1000);
  const segments: AlignedSegment[] = [];
  for (let from = 0; from + segment <= original.length; from += segment) {
    const piece = original.subarray(from, from + segment);
    if (rmsOf(piece) < SILENCE_RMS) continue;
    const begin = Math.max(0, from + whole.lagSamples - search);
    const found = align(heard.subarray(begin, from + whole.lagSamples + segment + search), piece);
    const lagSamples = begin + found.lagSamples - from;
    segments.push({
      originalFromMs: (from * 1000) / rateHz,
      lagSamples,
      shiftMs: ((lagSamples - whole.lagSamples) * 1000) / rateHz,
      correlation: found.correlation,
    });
  }
  return segments;
}

/**
 * How alike the pieces are, each where it was heard: the median. Unlike the likeness of the whole it does not fall when a
 * jitter buffer stretches a moment of the sound, which moves all that follows.
 */
export function likenessOf(segments: readonly AlignedSegment[]): number {
  const sorted = segments.map(({ correlation }) => correlation).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

/**
 * Jumps that no natural sound makes: a step between neighbouring samples that is both large and many times larger
 * than the steps around it. Returns the samples' positions.
 */
export function clicks(pcm: Int16Array, options: { minStep?: number; timesAround?: number } = {}): number[] {
  const minStep = options.minStep ?? 1_500;
  const timesAround = options.timesAround ?? 8;
  const around = 48;
  const found: number[] = [];
  for (let index = 1; index < pcm.length; index += 1) {
    const step = stepAt(pcm, index);
    if (step < minStep) continue;
    let sum = 0;
    let count = 0;
    for (let near = Math.max(1, index - around); near <= Math.min(pcm.length - 1, index + around); near += 1) {
      if (Math.abs(near - index) <= 1) continue;
      sum += stepAt(pcm, near);
      count += 1;
    }
    if (step > timesAround * (sum / Math.max(1, count))) found.push(index);
  }
  return found;
}

/** The strongest frequency, to a fraction of a Hz for a steady tone. */
export function dominantHz(pcm: Int16Array, rateHz: number): number {
  const size = powerOfTwo(pcm.length);
  const window = (index: number): number => 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / pcm.length);
  const real = Float64Array.from(
    { length: size },
    (_, index) => (pcm[index] ?? 0) * (index < pcm.length ? window(index) : 0),
  );
  const imaginary = new Float64Array(size);
  fft(real, imaginary);
  const power = (index: number): number => Math.hypot(real[index] ?? 0, imaginary[index] ?? 0);
  let best = 1;
  for (let index = 2; index < size / 2; index += 1) if (power(index) > power(best)) best = index;
  const [before, peak, after] = [power(best - 1), power(best), power(best + 1)];
  const curve = before - 2 * peak + after;
  const offset = curve === 0 ? 0 : (before - after) / (2 * curve);
  return ((best + offset) * rateHz) / size;
}

/** Root mean square, full scale 1. */
export function rmsOf(pcm: Int16Array): number {
  if (pcm.length === 0) return 0;
  let sum = 0;
  for (const sample of pcm) sum += sample * sample;
  return Math.sqrt(sum / pcm.length) / 32_768;
}

/** A steady tone, for tests of the way. `amplitude` of full scale. */
export function tone(hz: number, durationMs: number, rateHz: number, amplitude = 0.5): Int16Array {
  return Int16Array.from({ length: Math.round((durationMs * rateHz) / 1000) }, (_, index) =>
    Math.round(amplitude * 32_767 * Math.sin((2 * Math.PI * hz * index) / rateHz)),
  );
}

function stepAt(pcm: Int16Array, index: number): number {
  return Math.abs((pcm[index] ?? 0) - (pcm[index - 1] ?? 0));
}

function windowAt(recording: Recording, ms: number): number {
  return Math.max(0, Math.floor((ms - recording.startMs) / WINDOW_MS));
}

function timeOf(recording: Recording, window: number): number {
  return recording.startMs + window * WINDOW_MS;
}
