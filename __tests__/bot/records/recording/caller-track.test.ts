import fc from 'fast-check';
import { CallerTrack } from '../../../../bot/records/recording/caller-track';

const HZ = 16_000;
const PIECE = 320;
const piece = (value: number): Int16Array => new Int16Array(PIECE).fill(value);

/** Hears pieces at the times they came in, in ms, in beats of 20 ms, and has all of it after `untilMs`. */
function heard(pieces: readonly { readonly atMs: number; readonly pcm: Int16Array }[], untilMs: number) {
  const track = new CallerTrack(2_000);
  const out = new Int16Array((untilMs * HZ) / 1000);
  let lost = 0;
  let next = 0;
  for (let beatMs = 20; beatMs <= untilMs + 1_000; beatMs += 20) {
    for (let due = pieces[next]; due !== undefined && due.atMs <= beatMs; due = pieces[next]) {
      track.heard(due.pcm, Math.floor((due.atMs * HZ) / 1000), false);
      next += 1;
    }
    lost += track.settle();
    if (beatMs > 1_000) track.take(out.subarray(((beatMs - 1_020) * HZ) / 1000, ((beatMs - 1_000) * HZ) / 1000));
  }
  return { out, lost };
}

/** Where a value first is, in ms; undefined: nowhere. */
const foundMs = (out: Int16Array, value: number): number | undefined => {
  const at = out.indexOf(value);
  return at < 0 ? undefined : (at * 1000) / HZ;
};

it('sound lies where it came in, without a seam, and silence where none came', () => {
  const pieces = [1, 2, 3, 40, 41].map((at) => ({ atMs: at * 20, pcm: piece(at) }));
  const { out, lost } = heard(pieces, 1_000);
  expect(lost).toBe(0);
  expect([1, 2, 3, 40, 41].map((at) => foundMs(out, at))).toEqual([0, 20, 40, 780, 800]);
  expect(out.slice(960, 780 * 16).every((sample) => sample === 0)).toBe(true);
});

it('what came at once behind a hole that was waited for ends when it came', () => {
  const pieces = [
    { atMs: 20, pcm: piece(1) },
    ...[2, 3, 4, 5, 6, 7].map((at) => ({ atMs: 140, pcm: piece(at) })),
    { atMs: 160, pcm: piece(8) },
  ];
  const { out } = heard(pieces, 200);
  expect([1, 2, 7, 8].map((at) => foundMs(out, at))).toEqual([0, 20, 120, 140]);
});

it('more sound than time has passed finds no room, and is counted', () => {
  const { out, lost } = heard(
    Array.from({ length: 50 }, (_, at) => ({ atMs: 100, pcm: piece(at + 1) })),
    1_000,
  );
  expect(lost).toBeGreaterThan(0);
  expect(out.findLastIndex((sample) => sample !== 0) / 16).toBeLessThanOrEqual(300);
});

it('a caller whose clock is not ours, on a line that is not even, stays within 40 ms of the time for as long as it takes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1_000, max: 1_000 }),
      fc.array(fc.integer({ min: 0, max: 45 }), { minLength: 40, maxLength: 40 }),
      (partsPerMillion, jitterMs) => {
        const count = 3_000;
        const everyMs = 20 * (1 + partsPerMillion / 1e6);
        let cameMs = 0;
        const pieces = Array.from({ length: count }, (_, at) => {
          cameMs = Math.max(cameMs, (at + 1) * everyMs + (jitterMs[(at * 7) % jitterMs.length] ?? 0));
          return { atMs: cameMs, pcm: piece(at + 1) };
        });
        const { out } = heard(pieces, count * 20);
        const first = Math.min(...jitterMs);
        for (const at of [2_500, 2_900]) {
          const foundAtMs = foundMs(out, at);
          if (foundAtMs === undefined) throw new Error('it is lost');
          expect(Math.abs(foundAtMs - (at - 1) * everyMs - first)).toBeLessThanOrEqual(40);
        }
      },
    ),
    { seed: 2_026, numRuns: 8 },
  );
});
