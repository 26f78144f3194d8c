import { benchBargeIn } from '../../bench/barge-in';
import { VARIABLES } from '../../contract/variables';

describe('the bench of lowering the bot at the sound of the caller', () => {
  const result = benchBargeIn(2);

  it('has the same sounds at each run', () => {
    expect(benchBargeIn(2)).toEqual(result);
  });

  it('is why it ships off: it takes less time than waiting, and nearly anything else is taken for speech, too', () => {
    const [lowered, waiting] = result.timeToQuiet;
    expect(lowered?.p50).toBeLessThan(waiting?.p50 ?? 0);
    expect(result.falseDucks.find(({ sound }) => sound === 'cough')?.loweredPercent).toBeGreaterThan(50);
    expect(VARIABLES.call.isDucking.fallback).toBe(false);
  });
});
