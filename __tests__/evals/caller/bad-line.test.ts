import { badLine } from '../../../evals/caller/bad-line';

const FRAME = new Int16Array(320);

it('has noise of the level that a scenario says, the same each time', () => {
  const [line, again] = [badLine({ noise_db: -40 }), badLine({ noise_db: -40 })];
  const heard = Array.from({ length: 20 }, () => line.carry(FRAME));
  const squares = heard.flatMap((pcm) => [...pcm].map((sample) => (sample / 32_768) ** 2));
  expect(10 * Math.log10(squares.reduce((sum, square) => sum + square, 0) / squares.length)).toBeCloseTo(-40, 0);
  expect(again.carry(FRAME)).toEqual(heard[0]);
  expect(line.isLost()).toBe(false);
});

it('loses the share of packets that a scenario says, and adds nothing', () => {
  const line = badLine({ packet_loss_percent: 10 });
  const lost = Array.from({ length: 2_000 }, () => line.isLost()).filter(Boolean).length;
  expect(lost / 2_000).toBeCloseTo(0.1, 1);
  expect(lost).toBeGreaterThan(100);
  expect(line.carry(FRAME)).toBe(FRAME);
});
