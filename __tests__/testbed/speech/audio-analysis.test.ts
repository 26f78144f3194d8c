import {
  align,
  alignSegments,
  clicks,
  cut,
  dominantHz,
  firstSoundAfter,
  lastSound,
  lastSoundBeforeQuiet,
  likenessOf,
  longestGap,
  rmsOf,
  tone,
} from '../../../testbed/speech/audio-analysis';
import type { Recording } from '../../../smoke/caller';

const RATE_HZ = 24_000;

/** Pieces one after another: a number is silence of so many ms. */
function recording(startMs: number, ...pieces: (number | Int16Array)[]): Recording {
  const parts = pieces.map((piece) => (typeof piece === 'number' ? new Int16Array((piece * RATE_HZ) / 1000) : piece));
  const pcm = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    pcm.set(part, offset);
    offset += part.length;
  }
  return { pcm, rateHz: RATE_HZ, startMs };
}

/** White, and the same for the same seed (mulberry32). */
function noise(ms: number, seed = 1): Int16Array {
  let state = seed;
  return Int16Array.from({ length: (ms * RATE_HZ) / 1000 }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) % 16_000) - 8_000;
  });
}

test("the first and the last sound are found, on the recording's own time", () => {
  const heard = recording(5_000, 300, tone(400, 200, RATE_HZ), 500, tone(400, 100, RATE_HZ), 400);
  expect(firstSoundAfter(heard, 5_000)).toBe(5_300);
  expect(firstSoundAfter(heard, 5_600)).toBe(6_000);
  expect(firstSoundAfter(heard, 6_200)).toBeUndefined();
  expect(lastSoundBeforeQuiet(heard, 5_000, 300)).toBe(5_500);
  expect(lastSoundBeforeQuiet(heard, 5_000, 800)).toBe(6_100);
  expect(lastSound(heard)).toBe(6_100);
});

test('the longest silence within speech is measured, not the one before or after', () => {
  const heard = recording(
    0,
    900,
    tone(400, 200, RATE_HZ),
    60,
    tone(400, 200, RATE_HZ),
    20,
    tone(400, 50, RATE_HZ),
    700,
  );
  expect(longestGap(heard, 0, Infinity)).toBe(60);
  expect(longestGap(heard, 1_200, Infinity)).toBe(20);
  expect(longestGap(recording(0, tone(400, 500, RATE_HZ)), 0, Infinity)).toBe(0);
});

test('a part is cut out with its place in time', () => {
  const part = cut(recording(1_000, 100, tone(400, 100, RATE_HZ)), 1_100, 1_150);
  expect(part.startMs).toBe(1_100);
  expect(part.pcm).toHaveLength(1_200);
  expect(rmsOf(part.pcm)).toBeGreaterThan(0.3);
});

test('a sound is found in another: where, and how alike', () => {
  const original = noise(800);
  const heard = recording(
    0,
    250,
    original.map((sample) => Math.round(sample / 3)),
    100,
  ).pcm;
  expect(align(heard, original).lagSamples).toBe(6_000);
  expect(align(heard, original).correlation).toBeGreaterThan(0.999);
  expect(align(noise(800, 99), original).correlation).toBeLessThan(0.1);
  expect(align(original.subarray(2_400), original).lagSamples).toBe(-2_400);
  expect(align(new Int16Array(0), original)).toEqual({ lagSamples: 0, correlation: 0 });
});

test('an inserted silence shows as a shift from where it is, a loss as one back', () => {
  const original = noise(3_000);
  const inserted = recording(0, original.subarray(0, 36_000), 40, original.subarray(36_000)).pcm;
  const shifts = alignSegments(inserted, original, RATE_HZ).map((segment) => Math.round(segment.shiftMs));
  expect(new Set(shifts.map((shift) => shift - (shifts[0] ?? 0)))).toEqual(new Set([0, 40]));
  const lost = recording(0, original.subarray(0, 36_000), original.subarray(36_480)).pcm;
  const backward = alignSegments(lost, original, RATE_HZ).map((segment) => Math.round(segment.shiftMs));
  expect((backward.at(-1) ?? 0) - (backward[0] ?? 0)).toBe(-20);
});

test('a moment stretched in the middle costs the whole its likeness, and the pieces next to none', () => {
  const original = noise(6_000);
  const stretched = recording(0, original.subarray(0, 66_000), 9, original.subarray(66_000)).pcm;
  expect(align(stretched, original).correlation).toBeLessThan(0.7);
  expect(likenessOf(alignSegments(stretched, original, RATE_HZ))).toBeGreaterThan(0.99);
  expect(likenessOf(alignSegments(noise(6_000, 99), original, RATE_HZ))).toBeLessThan(0.2);
  expect(likenessOf([])).toBe(0);
});

test('a cut in the middle of a wave is a click, a wave is none, nor is its beginning at zero', () => {
  const wave = tone(300, 200, RATE_HZ);
  expect(clicks(recording(0, 50, wave, 50).pcm)).toEqual([]);
  const broken = recording(0, 50, wave.subarray(0, 1_220), 50).pcm;
  expect(clicks(broken)).toEqual([1_200 + 1_220]);
});

test('a tone is named to a fraction of a Hz', () => {
  expect(dominantHz(tone(660.3, 600, RATE_HZ), RATE_HZ)).toBeCloseTo(660.3, 0);
  expect(dominantHz(tone(123.4, 900, 16_000), 16_000)).toBeCloseTo(123.4, 0);
});
