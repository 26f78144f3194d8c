import { Reception } from '../../../../bot/transport/webrtc/reception';

const TICKS = 960;

/** Packets of 20 ms that come in time. */
function receive(sequences: readonly number[]): Reception {
  const reception = new Reception({ ssrc: 5, sequence: sequences[0] ?? 0 });
  sequences.forEach((sequence, index) => {
    reception.take({ sequence: sequence & 0xffff, timestamp: (index * TICKS) >>> 0 }, index * 20);
  });
  return reception;
}

const upTo = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index);

test('W7: loss is what was expected less what came, over the whole reception', () => {
  const reception = receive([...upTo(0, 50), ...upTo(60, 40)]);
  expect(reception.report(2_000)).toMatchObject({
    cumulativeLost: 10,
    fractionLost: Math.floor((10 * 256) / 100),
    extendedHighestSequence: 99,
  });
});

test('W7: the fraction begins anew with each report, the cumulative loss does not', () => {
  const reception = receive([...upTo(0, 50), ...upTo(60, 40)]);
  reception.report(2_000);
  for (const sequence of upTo(100, 10)) reception.take({ sequence, timestamp: 0 }, 2_000);
  expect(reception.report(3_000)).toMatchObject({ cumulativeLost: 10, fractionLost: 0 });
});

test('W7: a packet that comes late is not lost, and duplicates make the loss negative', () => {
  expect(receive([0, 1, 3, 2, 4]).report(0).cumulativeLost).toBe(0);
  expect(receive([0, 1, 1, 1, 2]).report(0)).toMatchObject({ cumulativeLost: -2, fractionLost: 0 });
});

test('W7: the sequence wraps', () => {
  const reception = receive(upTo(65_530, 12));
  expect(reception.report(0)).toMatchObject({ extendedHighestSequence: 65_536 + 5, cumulativeLost: 0 });
});

test('W7: one stray number counts for nothing, a source that begins anew is counted anew', () => {
  const reception = receive([...upTo(0, 10), 30_000]);
  expect(reception.report(0)).toMatchObject({ extendedHighestSequence: 9, cumulativeLost: 0 });
  for (const sequence of [40_000, 40_001, 40_002]) reception.take({ sequence, timestamp: 0 }, 0);
  expect(reception.report(0)).toMatchObject({ extendedHighestSequence: 40_002, cumulativeLost: 0 });
});

test('jitter is none in a steady stream, and grows with what comes out of step', () => {
  expect(receive(upTo(0, 50)).report(0).jitter).toBe(0);
  const shaken = new Reception({ ssrc: 5, sequence: 0 });
  upTo(0, 200).forEach((sequence) => {
    shaken.take({ sequence, timestamp: (sequence * TICKS) >>> 0 }, sequence * 20 + (sequence % 2) * 10);
  });
  // 10 ms at 48 kHz, the mean difference between neighbours.
  expect(shaken.report(0).jitter).toBeGreaterThan(440);
  expect(shaken.report(0).jitter).toBeLessThanOrEqual(480);
});

test('the last sender report is named with its age', () => {
  const reception = receive(upTo(0, 3));
  expect(reception.report(0)).toMatchObject({ lastSr: 0, delaySinceLastSr: 0 });
  reception.senderReport(0x1234_5678, 1_000);
  expect(reception.report(1_500)).toMatchObject({ lastSr: 0x1234_5678, delaySinceLastSr: 32_768 });
});
