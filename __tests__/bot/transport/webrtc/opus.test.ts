import type { VoiceDecoder, VoiceEncoder } from '../../../../bot/transport/webrtc/opus';
import { FRAME_SAMPLES, OpusCodec } from '../../../../bot/transport/webrtc/opus';
import { align, dominantHz, rmsOf, tone } from '../../../../testbed/speech/audio-analysis';
import { readRecording } from '../../../../testbed/speech/recordings';
import { resample } from '../../../../testbed/speech/resample';

let encoder: VoiceEncoder;
let decoder: VoiceDecoder;

beforeEach(async () => {
  const codec = await OpusCodec.load();
  encoder = await codec.createEncoder();
  decoder = await codec.createDecoder();
});

afterEach(() => {
  encoder.free();
  decoder.free();
});

function packets(pcm24k: Int16Array): Uint8Array[] {
  const count = Math.floor(pcm24k.length / FRAME_SAMPLES);
  return Array.from({ length: count }, (_, index) =>
    encoder.encode(pcm24k.subarray(index * FRAME_SAMPLES, (index + 1) * FRAME_SAMPLES)),
  );
}

function joined(pieces: readonly Int16Array[]): Int16Array {
  return Int16Array.from(pieces.flatMap((piece) => [...piece]));
}

test('what is encoded at 24 kHz comes out at 16 kHz, the same length and pitch', () => {
  const heard = joined(packets(tone(500, 1_000, 24_000)).map((payload) => decoder.decode({ kind: 'packet', payload })));
  expect(heard).toHaveLength(16_000);
  expect(dominantHz(heard.subarray(4_000, 12_192), 16_000)).toBeCloseTo(500, 0);
  expect(align(heard, tone(500, 900, 16_000)).correlation).toBeGreaterThan(0.95);
});

test('a lost packet is recovered from the one after it, at its own length and nearly its own sound', () => {
  encoder.isProtected = true;
  const speech = packets(tone(300, 600, 24_000));
  const pieces = speech.map((payload, index) => {
    if (index !== 15) return decoder.decode({ kind: 'packet', payload });
    return decoder.decode({ kind: 'recover', nextPayload: speech[16]!, durationMs: 20 });
  });
  expect(pieces[15]).toHaveLength(320);
  expect(rmsOf(pieces[15]!)).toBeGreaterThan(0.5 * rmsOf(pieces[14]!));
});

test('a packet that cannot be recovered is made up, and the making up fades', () => {
  encoder.isProtected = true;
  for (const payload of packets(tone(300, 400, 24_000))) decoder.decode({ kind: 'packet', payload });
  const made = Array.from({ length: 20 }, () => decoder.decode({ kind: 'conceal', durationMs: 20 }));
  expect(rmsOf(made[0]!)).toBeGreaterThan(0.1);
  expect(rmsOf(made[19]!)).toBeLessThan(0.02);
});

test('no garbage makes the decoder throw, and it hears on after it', () => {
  let random = 7;
  const next = (): number => (random = (random * 1_103_515_245 + 12_345) & 0x7fffffff);
  for (let round = 0; round < 500; round += 1) {
    const payload = Uint8Array.from({ length: next() % 1_300 }, () => next() >> 8);
    const pcm = decoder.decode({ kind: 'packet', payload });
    expect(pcm.length).toBeLessThanOrEqual(1_920);
  }
  expect(decoder.failures).toBeGreaterThan(100);
  const heard = joined(packets(tone(500, 500, 24_000)).map((payload) => decoder.decode({ kind: 'packet', payload })));
  expect(dominantHz(heard.subarray(3_000, 7_096), 16_000)).toBeCloseTo(500, -1);
});

test('silence decays, then is one packet kept; speech after it begins without a click', () => {
  for (const payload of packets(tone(300, 200, 24_000))) decoder.decode({ kind: 'packet', payload });
  const silence = Array.from({ length: 100 }, () => encoder.encodeSilence());
  expect(silence[99]).toBe(silence[50]);
  const quiet = silence.map((payload) => decoder.decode({ kind: 'packet', payload }));
  expect(rmsOf(joined(quiet.slice(10)))).toBeLessThan(0.000_2);
  const speech = joined(packets(tone(500, 300, 24_000)).map((payload) => decoder.decode({ kind: 'packet', payload })));
  expect(dominantHz(speech.subarray(700, 4_796), 16_000)).toBeCloseTo(500, -1);
});

test('a freed decoder is quiet rather than harmful', () => {
  decoder.free();
  decoder.free();
  expect(decoder.decode({ kind: 'packet', payload: Uint8Array.of(1, 2, 3) })).toHaveLength(0);
});

test('a voice is protected when it is to be, from the next packet on; what is decoded goes on through the changes', () => {
  /** CELT packets have configuration numbers from 16 (RFC 6716, 3.1); only others hold a copy of the frame before. */
  const isCelt = (payload: Uint8Array): boolean => payload[0]! >> 3 >= 16;
  const voice = tone(440, 300, 24_000);
  const stretches = [false, true, false].map((isProtected) => {
    encoder.isProtected = isProtected;
    return packets(voice);
  });
  // The encoder needs a packet or two to change over.
  expect(stretches.map((stretch) => stretch.slice(2).map(isCelt))).toEqual(
    [true, false, true].map((celt) => Array.from({ length: 13 }, () => celt)),
  );
  const heard = joined(stretches.flat().map((payload) => decoder.decode({ kind: 'packet', payload })));
  expect(dominantHz(heard.subarray(800, 12_000), 16_000)).toBeCloseTo(440, 0);
  expect(rmsOf(heard.subarray(800, 12_000))).toBeCloseTo(rmsOf(voice), 1);
});

test('a clean line costs the voice no likeness that a protected one has', () => {
  const { samples } = readRecording('0930');
  const likeness = (isProtected: boolean): number => {
    encoder.isProtected = isProtected;
    const heard = joined(
      packets(resample(samples, 16_000, 24_000)).map((payload) => decoder.decode({ kind: 'packet', payload })),
    );
    return align(heard, samples.subarray(0, heard.length - 400)).correlation;
  };
  const clean = likeness(false);
  expect(clean).toBeGreaterThan(0.97);
  expect(clean).toBeGreaterThan(likeness(true));
});
