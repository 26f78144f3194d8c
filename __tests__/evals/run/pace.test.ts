import { PaceMeter, unsteady } from '../../../evals/run';

/** A caller's meter after packets at these times, in ms. */
function sentAt(times: readonly number[]): PaceMeter {
  const meter = new PaceMeter();
  for (const atMs of times) meter.packet(atMs);
  return meter;
}
const every = (ms: number, count: number): number[] => Array.from({ length: count }, (_, at) => 1_000 + at * ms);

it('a caller that sends a packet each 20 ms keeps time', () => {
  const { pace } = sentAt(every(20, 100));
  expect(pace).toEqual({ realTimeRatio: 1, longestGapMs: 20 });
  expect(unsteady(pace)).toBeUndefined();
});

it('31 ms in place of 20 are the fault of the caller, not of the bot', () => {
  expect(unsteady(sentAt(every(31, 100)).pace)).toBe(
    'the caller did not keep time: 1.55 of real time, 31 ms between two packets',
  );
});

it('a caller that stood still and caught up did not keep time', () => {
  const times = [...every(20, 100), ...Array.from({ length: 30 }, () => 1_000 + 99 * 20 + 600), 1_000 + 130 * 20];
  expect(unsteady(sentAt(times).pace)).toMatch(/600 ms between two packets$/);
});

it('of a caller that sent nothing there is nothing to say', () => {
  expect(sentAt([1]).pace).toBeUndefined();
  expect(unsteady(undefined)).toBeUndefined();
});
