import { resample } from '../../../testbed/speech/resample';

function sine(hertz: number, rateHz: number, seconds = 0.5): Int16Array {
  return Int16Array.from({ length: rateHz * seconds }, (_, i) =>
    Math.round(10_000 * Math.sin((2 * Math.PI * hertz * i) / rateHz)),
  );
}

/** Signal to everything else, in dB, away from the edges. */
function quality(got: Int16Array, wanted: Int16Array): number {
  let signal = 0;
  let rest = 0;
  for (let i = 200; i < wanted.length - 200; i += 1) {
    signal += (wanted[i] ?? 0) ** 2;
    rest += ((got[i] ?? 0) - (wanted[i] ?? 0)) ** 2;
  }
  return 10 * Math.log10(signal / rest);
}

describe('changing the rate of audio', () => {
  it.each([
    [22_050, 24_000, 1000],
    [22_050, 24_000, 6000],
    [16_000, 24_000, 3000],
    [24_000, 16_000, 3000],
  ])('%i → %i Hz leaves a tone of %i Hz as it was', (from, to, hertz) => {
    const got = resample(sine(hertz, from), from, to);
    expect(got.length).toBe(to / 2);
    expect(quality(got, sine(hertz, to))).toBeGreaterThan(50);
  });

  it('removes what the lower rate cannot hold', () => {
    const got = resample(sine(11_000, 24_000), 24_000, 16_000);
    expect(Math.max(...got.subarray(200, -200))).toBeLessThan(100);
  });

  it('saturates instead of wrapping round', () => {
    const square = Int16Array.from({ length: 2205 }, (_, i) => (i % 100 < 50 ? 32_767 : -32_768));
    const got = resample(square, 22_050, 24_000);
    const jumps = got.filter((sample, i) => Math.abs(sample - (got[i - 1] ?? sample)) > 60_000);
    expect(jumps.length).toBeLessThan(50);
  });

  it('gives a copy when there is nothing to change', () => {
    const samples = Int16Array.from([1, 2, 3]);
    const got = resample(samples, 8000, 8000);
    expect(got).toEqual(samples);
    expect(got).not.toBe(samples);
  });
});
