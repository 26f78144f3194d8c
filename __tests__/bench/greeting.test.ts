import { drawDelays, RANGES } from '../../bench/greeting/delays';

describe("the model's delays before a greeting", () => {
  const delays = drawDelays(1_000);

  it('are the same at each run', () => {
    expect(drawDelays(1_000)).toEqual(delays);
  });

  it.each(Object.entries(RANGES))('are drawn from the whole range of what was seen: %s', (name, [fromMs, toMs]) => {
    const drawn = delays.filter(({ range }) => range === name).map(({ ms }) => ms);
    expect(drawn.length).toBe(name === 'cold' ? 100 : 900);
    const tenth = (toMs - fromMs) / 10;
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(fromMs);
    expect(Math.min(...drawn)).toBeLessThan(fromMs + tenth);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(toMs);
    expect(Math.max(...drawn)).toBeGreaterThan(toMs - tenth);
  });
});
