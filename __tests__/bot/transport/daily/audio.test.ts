import {
  decodeDown,
  decodeUp,
  encodeAudioDown,
  encodeAudioUp,
  encodeFlush,
  type UpFrame,
} from '../../../../bot/transport/daily/bridge/frames';
import { CallAudio } from '../../../../bot/transport/daily/page/call-audio';
import { Resampler24To16 } from '../../../../bot/transport/daily/page/resample';

const QUANTUM = 128;
/** 32 ms at 24 kHz. */
const PIECE = 768;

/** A sine at `hz` for a second at `rateHz`, amplitude 0.5. */
function sine(hz: number, rateHz: number): Float32Array {
  return Float32Array.from({ length: rateHz }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / rateHz));
}

function resampled(input: Float32Array, blockSamples: number): number[] {
  const out: number[] = [];
  const resampler = new Resampler24To16();
  for (let at = 0; at < input.length; at += blockSamples) {
    const made = new Float32Array(blockSamples);
    out.push(...made.subarray(0, resampler.push(input.subarray(at, at + blockSamples), made)));
  }
  return out;
}

/** Amplitude of `hz` in `samples` at 16 kHz, by correlation. */
function amplitude(samples: readonly number[], hz: number): number {
  let [re, im] = [0, 0];
  samples.forEach((sample, i) => {
    re += sample * Math.cos((2 * Math.PI * hz * i) / 16_000);
    im += sample * Math.sin((2 * Math.PI * hz * i) / 16_000);
  });
  return (2 * Math.hypot(re, im)) / samples.length;
}

describe('frames between bot and page', () => {
  it('survive the way there and back, samples and accounts alike', () => {
    const pcm24k = Int16Array.of(1, -2, 32_767, -32_768);
    expect(decodeDown(encodeAudioDown(7, [pcm24k]).buffer)).toEqual({ kind: 'audio', epoch: 7, pcm24k });
    const halves = [pcm24k.subarray(0, 1), pcm24k.subarray(1)];
    expect(encodeAudioDown(7, halves)).toEqual(encodeAudioDown(7, [pcm24k]));
    expect(decodeDown(encodeFlush(255).buffer)).toEqual({ kind: 'flush', epoch: 255 });
    const up = { epoch: 3, playedSamples: 4_000_000_000, starvations: 2, pcm16k: Int16Array.of(5, -6) };
    expect(decodeUp(new Uint8Array(encodeAudioUp(up)))).toEqual({ kind: 'audio', ...up });
  });

  it('are read from a buffer that lies at an odd place in a larger one, as sockets hand them on', () => {
    const frame = new Uint8Array(
      encodeAudioUp({ epoch: 1, playedSamples: 9, starvations: 0, pcm16k: Int16Array.of(8) }),
    );
    const pool = Buffer.alloc(64);
    pool.set(frame, 3);
    expect(decodeUp(pool.subarray(3, 3 + frame.length))).toMatchObject({ playedSamples: 9, pcm16k: Int16Array.of(8) });
  });

  it.each([[[]], [[1]], [[1, 0, 0]], [[9, 0, 0, 0]], [[1, 0, 0, 0, 0]]])('refuse %j', (bytes) => {
    expect(decodeUp(Uint8Array.from(bytes))).toBeUndefined();
    expect(decodeDown(Uint8Array.from(bytes.slice(0, 3)).buffer)).toBeUndefined();
  });
});

describe('resampling 24 kHz to 16 kHz', () => {
  it.each([200, 1_000, 3_000, 6_000])('keeps a tone of %i Hz as it is', (hz) => {
    const out = resampled(sine(hz, 24_000), QUANTUM).slice(100);
    expect(out.length).toBeGreaterThan(15_850);
    expect(amplitude(out, hz)).toBeCloseTo(0.5, 1);
  });

  it.each([9_500, 11_000])('lets nothing of a tone of %i Hz fold back into speech', (hz) => {
    const out = resampled(sine(hz, 24_000), QUANTUM).slice(100);
    expect(Math.sqrt(out.reduce((sum, x) => sum + x * x, 0) / out.length)).toBeLessThan(0.01);
  });

  it('gives the same whatever the size of the blocks', () => {
    const input = sine(700, 24_000);
    expect(resampled(input, 37)).toEqual(resampled(input, QUANTUM));
    expect(resampled(input, 5_000)).toEqual(resampled(input, QUANTUM));
  });
});

describe("a call's audio in its page", () => {
  let frames: UpFrame[] = [];
  let audio: CallAudio;
  let atSample = 0;

  beforeEach(() => {
    frames = [];
    atSample = 0;
    audio = new CallAudio({ pieceSamples: PIECE }, (frame) => {
      const decoded = decodeUp(new Uint8Array(frame));
      if (decoded !== undefined) frames.push(decoded);
    });
  });

  function render(quanta: number, inputs: (Float32Array | undefined)[] = []): Float32Array {
    const heard = new Float32Array(quanta * QUANTUM);
    for (let i = 0; i < quanta; i += 1) {
      audio.process(inputs, heard.subarray(i * QUANTUM, (i + 1) * QUANTUM), atSample);
      atSample += QUANTUM;
    }
    return heard;
  }

  const level = (samples: number, value: number): Int16Array => new Int16Array(samples).fill(value);

  it('plays what it is sent, in order, then silence', () => {
    audio.receive(encodeAudioDown(0, [level(100, 16_384)]).buffer);
    audio.receive(encodeAudioDown(0, [level(100, -16_384)]).buffer);
    const heard = render(2);
    expect([...heard.subarray(0, 100)].every((x) => x === 0.5)).toBe(true);
    expect([...heard.subarray(100, 200)].every((x) => x === -0.5)).toBe(true);
    expect([...heard.subarray(200)].every((x) => x === 0)).toBe(true);
  });

  it('is silent within 5 ms of a flush, without a click, and plays nothing of before', () => {
    audio.receive(encodeAudioDown(0, [level(4_800, 16_384)]).buffer);
    render(2);
    audio.receive(encodeFlush(1).buffer);
    audio.receive(encodeAudioDown(0, [level(480, 16_384)]).buffer); // late, of before
    expect(frames).toContainEqual({ kind: 'flushed', epoch: 1 });
    const heard = render(3);
    expect(heard[0]).toBeGreaterThan(0.45);
    expect(Math.max(...heard.subarray(120))).toBe(0);
    for (let i = 1; i < 120; i += 1) expect(Math.abs((heard[i] ?? 0) - (heard[i - 1] ?? 0))).toBeLessThan(0.01);
  });

  it('tells with every piece of the room what it has played of this epoch, and how often it ran dry', () => {
    audio.receive(encodeAudioDown(0, [level(300, 1_000)]).buffer);
    render(8);
    expect(frames.at(-1)).toMatchObject({ kind: 'audio', epoch: 0, playedSamples: 300, starvations: 1 });
    audio.receive(encodeFlush(1).buffer);
    audio.receive(encodeAudioDown(1, [level(2_000, 1_000)]).buffer);
    render(8);
    expect(frames.at(-1)).toMatchObject({ epoch: 1, starvations: 1 });
    expect((frames.at(-1) as { playedSamples: number }).playedSamples).toBeGreaterThan(500);
  });

  it('mixes all people, clips what is too loud, and knows whose input gives nothing but zeros', () => {
    const loud = new Float32Array(QUANTUM).fill(0.7);
    render(40, [loud, undefined, loud, new Float32Array(QUANTUM)]);
    const last = frames.filter((frame) => frame.kind === 'audio').at(-1);
    expect(last?.pcm16k).toHaveLength(512);
    expect(last?.pcm16k[100]).toBe(32_767);
    expect(audio.zeroRuns).toEqual([0, 40 * QUANTUM, 0, 40 * QUANTUM]);
  });

  it('sends what the graph has worked off as soon as it stands still, also where it begins in the middle of a piece', () => {
    atSample = 4 * PIECE + 5 * QUANTUM;
    render(1, [new Float32Array(QUANTUM).fill(0.5)]);
    expect(frames).toHaveLength(1);
    render(5);
    expect(frames).toHaveLength(1);
    render(1);
    const lengths = frames.map((frame) => (frame.kind === 'audio' ? frame.pcm16k.length : 0));
    expect(lengths).toEqual([86, 512]);
  });
});
