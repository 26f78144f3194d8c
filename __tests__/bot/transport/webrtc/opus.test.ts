import type { VoiceDecoder, VoiceEncoder } from '../../../../bot/transport/webrtc/opus';
import { FRAME_SAMPLES, MANY_VOICES, OpusCodec } from '../../../../bot/transport/webrtc/opus';
import { align, dominantHz, rmsOf, tone } from '../../../../testbed/speech/audio-analysis';

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
  const speech = packets(tone(300, 600, 24_000));
  const pieces = speech.map((payload, index) => {
    if (index !== 15) return decoder.decode({ kind: 'packet', payload });
    return decoder.decode({ kind: 'recover', nextPayload: speech[16]!, durationMs: 20 });
  });
  expect(pieces[15]).toHaveLength(320);
  expect(rmsOf(pieces[15]!)).toBeGreaterThan(0.5 * rmsOf(pieces[14]!));
});

test('a packet that cannot be recovered is made up, and the making up fades', () => {
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

test('with many voices each is encoded with less effort, and with few again with all of it', async () => {
  const codec = await OpusCodec.load();
  const voice = Array.from({ length: 25 }, (_, frame) => tone(200 + 40 * (frame % 5), 20, 24_000));
  /** What the same speech becomes after a pause; the effort changes between two stretches of speech. */
  const say = (speaker: VoiceEncoder): string => {
    for (let i = 0; i < 50; i += 1) speaker.encode(new Int16Array(FRAME_SAMPLES));
    return voice.map((frame) => Buffer.from(speaker.encode(frame)).toString('hex')).join(' ');
  };
  const alone = say(await codec.createEncoder());
  const others = await Promise.all(Array.from({ length: MANY_VOICES }, () => codec.createEncoder()));
  const amongMany = say(await codec.createEncoder());
  for (const other of others) other.free();
  const aloneAgain = say(await codec.createEncoder());
  expect(amongMany).not.toBe(alone);
  expect(aloneAgain).toBe(alone);
});
