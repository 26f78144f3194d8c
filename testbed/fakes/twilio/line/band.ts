import { LINE_HZ } from './mulaw';

const LOW_HZ = 300;
const HIGH_HZ = 3_400;
const TAPS = 129;

/** A windowed band-pass, linear in phase. */
const KERNEL = Float64Array.from({ length: TAPS }, (_, i) => {
  const n = i - (TAPS - 1) / 2;
  const lowPass = (hz: number): number =>
    n === 0 ? (2 * hz) / LINE_HZ : Math.sin((2 * Math.PI * hz * n) / LINE_HZ) / (Math.PI * n);
  const window =
    0.42 + 0.5 * Math.cos((2 * Math.PI * n) / (TAPS - 1)) + 0.08 * Math.cos((4 * Math.PI * n) / (TAPS - 1));
  return (lowPass(HIGH_HZ) - lowPass(LOW_HZ)) * window;
});

/** The telephone network's band, 300–3,400 Hz, frame by frame; it delays by 8 ms. */
export class TelephoneBand {
  readonly #past = new Int16Array(TAPS - 1);

  pass(frame: Int16Array): Int16Array {
    const input = new Int16Array(this.#past.length + frame.length);
    input.set(this.#past);
    input.set(frame, this.#past.length);
    const out = Int16Array.from(frame, (_, i) => {
      let sum = 0;
      for (let tap = 0; tap < TAPS; tap += 1) sum += (KERNEL[tap] ?? 0) * (input[i + tap] ?? 0);
      return Math.max(-32_768, Math.min(32_767, Math.round(sum)));
    });
    this.#past.set(input.subarray(input.length - this.#past.length));
    return out;
  }
}
