/** Zero crossings of the sinc on each side: enough for speech to stay free of audible images. */
const HALF_WIDTH = 16;

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** The windowed-sinc taps of every phase of a rational rate change, each normalised to unit gain. */
function filterBank(phases: number, cutoff: number): Float64Array[] {
  const half = Math.ceil(HALF_WIDTH / cutoff);
  return Array.from({ length: phases }, (_, phase) => {
    const taps = new Float64Array(half * 2);
    let sum = 0;
    for (let i = 0; i < taps.length; i += 1) {
      const x = i - half + 1 - phase / phases;
      const sinc = x === 0 ? 1 : Math.sin(Math.PI * x * cutoff) / (Math.PI * x * cutoff);
      const window = Math.abs(x) >= half ? 0 : 0.5 + 0.5 * Math.cos((Math.PI * x) / half);
      taps[i] = sinc * window;
      sum += sinc * window;
    }
    return taps.map((tap) => tap / sum);
  });
}

/** Changes the rate of mono PCM16 by a polyphase windowed sinc (Hann, 16 zero crossings); rounds and saturates. */
export function resample(samples: Int16Array, fromHz: number, toHz: number): Int16Array {
  if (fromHz === toHz) return samples.slice();
  const divisor = greatestCommonDivisor(fromHz, toHz);
  const phases = toHz / divisor;
  const step = fromHz / divisor;
  const bank = filterBank(phases, Math.min(1, toHz / fromHz));
  const out = new Int16Array(Math.round((samples.length * toHz) / fromHz));
  for (let n = 0; n < out.length; n += 1) {
    const position = n * step;
    const taps = bank[position % phases];
    if (taps === undefined) throw new RangeError('Rates must be whole numbers of hertz');
    const first = Math.floor(position / phases) - taps.length / 2 + 1;
    let sum = 0;
    const from = Math.max(0, -first);
    const to = Math.min(taps.length, samples.length - first);
    for (let i = from; i < to; i += 1) sum += (taps[i] ?? 0) * (samples[first + i] ?? 0);
    out[n] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  }
  return out;
}
