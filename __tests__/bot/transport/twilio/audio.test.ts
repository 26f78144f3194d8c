import { mulaw } from 'alawmulaw';
import { decodeMulaw, encodeMulaw } from '../../../../bot/transport/twilio/mulaw';
import { Downsampler, Upsampler } from '../../../../bot/transport/twilio/resample';
import { tone } from '../../../../testbed/speech';
import { dominantHz, rmsOf } from '../../../../testbed/speech/audio-analysis';

const levelDb = (pcm: Int16Array): number => 20 * Math.log10(rmsOf(pcm));
/** Without what a filter makes of the beginning. */
const steady = (pcm: Int16Array): Int16Array => pcm.subarray(pcm.length >> 2);

it('phone 24: µ-law is that of alawmulaw, for all bytes and all samples', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  expect(decodeMulaw(bytes)).toEqual(mulaw.decode(bytes));
  const samples = Int16Array.from({ length: 65_536 }, (_, bits) => bits - 32_768);
  const encoded = new Uint8Array(samples.length);
  encodeMulaw(samples, encoded);
  expect(Buffer.compare(encoded, mulaw.encode(samples))).toBe(0);
});

it.each([300, 1_000, 3_000])(
  'phone 24, speechmatics-python-sdk#90: %d Hz comes through both ways within 0.5 dB',
  (hz) => {
    const up = steady(new Upsampler().push(tone(hz, 500, 8_000)));
    const down = steady(new Downsampler().push(tone(hz, 500, 24_000)));
    const original = levelDb(tone(hz, 500, 8_000));
    expect(Math.abs(levelDb(up) - original)).toBeLessThan(0.5);
    expect(Math.abs(levelDb(down) - original)).toBeLessThan(0.5);
    expect(Math.round(dominantHz(up, 16_000) / 10)).toBe(hz / 10);
    expect(Math.round(dominantHz(down, 8_000) / 10)).toBe(hz / 10);
  },
);

it('phone 24, ZeframLou/call-me#12: 5 kHz of the model is 40 dB down, and not heard as 3 kHz', () => {
  const original = tone(5_000, 500, 24_000);
  expect(levelDb(steady(new Downsampler().push(original)))).toBeLessThan(levelDb(original) - 40);
});

it('phone 24: what the caller says has no mirror image above 4 kHz', () => {
  const up = steady(new Upsampler().push(tone(3_000, 500, 8_000)));
  // The tone itself is taken out by adding it half a period later: at 3 kHz, 8 samples of 16 kHz are 1.5 periods.
  const rest = up.subarray(8).map((sample, i) => (sample + (up[i] ?? 0)) >> 1);
  expect(levelDb(rest)).toBeLessThan(levelDb(up) - 35);
});

it('phone 24: pieces of any length make the same sound as the whole', () => {
  const pcm = tone(440, 300, 24_000);
  const whole = new Downsampler().push(pcm);
  const pieces = new Downsampler();
  const joined: number[] = [];
  for (let at = 0, length = 1; at < pcm.length; at += length, length = (length * 7) % 481 || 1) {
    joined.push(...pieces.push(pcm.subarray(at, at + length)));
  }
  expect(Int16Array.from(joined)).toEqual(whole);
});
