import { Line } from '../../../../testbed/fakes/twilio/line/line';
import { fromMulaw, toMulaw } from '../../../../testbed/fakes/twilio/line/mulaw';
import { Outbox } from '../../../../testbed/fakes/twilio/media/outbox';
import type { LineQuality } from '../../../../testbed/fakes/twilio/types';
import { tone } from '../../../../testbed/speech';
import { rmsOf } from '../../../../testbed/speech/audio-analysis';

const frames = (pcm: Int16Array): Int16Array[] =>
  Array.from({ length: pcm.length / 160 }, (_, i) => pcm.subarray(i * 160, (i + 1) * 160));

/** What comes out of a line, lost frames left out. */
function through(
  quality: Partial<LineQuality>,
  pcm: Int16Array,
): { pcm: Int16Array; lost: number; delaysMs: number[] } {
  const line = new Line(quality);
  const carried = frames(pcm).map((frame) => line.carry(frame));
  const arrived = carried.flatMap((one) => (one.kind === 'frame' ? [one] : []));
  return {
    pcm: Int16Array.from(arrived.flatMap(({ pcm: frame }) => [...frame])),
    lost: carried.length - arrived.length,
    delaysMs: arrived.map(({ delayMs }) => delayMs),
  };
}

const levelDb = (pcm: Int16Array): number => 20 * Math.log10(rmsOf(pcm.subarray(1_600)));

it('lets speech of the telephone band through and nothing below or above it', () => {
  const loss = (hz: number): number => {
    const pcm = tone(hz, 1_000, 8_000);
    return levelDb(through({ bandLimited: true }, pcm).pcm) - levelDb(pcm);
  };
  expect(Math.abs(loss(1_000))).toBeLessThan(0.1);
  expect(Math.abs(loss(3_000))).toBeLessThan(0.5);
  expect(loss(100)).toBeLessThan(-20);
  expect(loss(3_800)).toBeLessThan(-20);
});

it('loses its share of frames, the same ones for the same seed', () => {
  const pcm = tone(1_000, 40_000, 8_000);
  const first = through({ lossShare: 0.02, seed: 7 }, pcm);
  expect(first.lost / 2_000).toBeGreaterThan(0.012);
  expect(first.lost / 2_000).toBeLessThan(0.03);
  expect(through({ lossShare: 0.02, seed: 7 }, pcm).pcm).toEqual(first.pcm);
  expect(through({ lossShare: 0.02, seed: 8 }, pcm).pcm).not.toEqual(first.pcm);
  expect(through({ lossShare: 0.02, lossAs: 'silence' }, pcm).lost).toBe(0);
});

it('adds noise of the level that it is told', () => {
  const silence = new Int16Array(16_000);
  expect(levelDb(through({ noiseDb: -50 }, silence).pcm)).toBeCloseTo(-50, 0);
});

it('holds back by jitter and bursts', () => {
  const pcm = new Int16Array(160 * 500);
  const jitter = through({ jitterMs: 60 }, pcm).delaysMs;
  expect(Math.max(...jitter)).toBeLessThan(60);
  expect(Math.max(...jitter)).toBeGreaterThan(50);
  const burst = through({ burstMs: 400 }, pcm).delaysMs;
  expect(Math.max(...burst)).toBe(380);
});

it('sends nothing for silence where the line withholds it', () => {
  const line = new Line({ withholdsSilence: true });
  expect(line.carry(undefined).kind).toBe('nothing');
  expect(line.carry(new Int16Array(160)).kind).toBe('frame');
  expect(new Line().carry(undefined).kind).toBe('frame');
});

it('keeps to µ-law', () => {
  const pcm = Int16Array.of(0, 8, -8, 32_124, -32_124);
  expect([...fromMulaw(toMulaw(pcm))]).toEqual([...pcm]);
});

it('keeps the order of what is late, and reorders and doubles only on purpose', () => {
  const sent: string[] = [];
  const outbox = new Outbox((text) => void sent.push(text));
  const put = (text: string, dueMs: number, faults = {}): void =>
    outbox.put({ text, dueMs, reorders: false, duplicates: false, ...faults });
  put('late', 100);
  put('behind', 20);
  outbox.flush(50);
  expect(sent).toEqual([]);
  outbox.flush(100);
  put('a', 100, { reorders: true });
  put('b', 100, { reorders: true });
  put('c', 100, { duplicates: true });
  outbox.flush(100);
  expect(sent).toEqual(['late', 'behind', 'b', 'a', 'c', 'c']);
});
