import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { OpusCodec } from '../../../../bot/transport/webrtc/opus';
import { bundledScenario, loadScenario, Recogniser } from '../../../../testbed/fakes/bedrock/recogniser';
import { VoiceActivity } from '../../../../testbed/fakes/bedrock/vad';
import { resample } from '../../../../testbed/speech/resample';
import { readWav } from '../../../../testbed/speech/wav';

const scenario = bundledScenario();
const recogniser = new Recogniser(scenario);
const recordings = scenario.recordings.map(({ file, words }) => ({ words, samples: readWav(file).samples }));

/** As a session cuts it out of what it hears: silence, the recording, silence. */
function recogniseInStream(pcm: Int16Array): (string | undefined)[] {
  const stream = new Int16Array(pcm.length + 32_000);
  stream.set(pcm, 8_003);
  return new VoiceActivity({ endpointMs: 800 })
    .push(stream)
    .flatMap((event) =>
      event.kind === 'ended' ? [recogniser.recognise(stream.slice(event.startSample, event.endSample))?.words] : [],
    );
}

const gain = (factor: number) => (pcm: Int16Array) =>
  pcm.map((sample) => Math.max(-32_768, Math.min(32_767, sample * factor)));

/** Levels loudness out over about 0.3 s, as browsers do to a microphone. */
function automaticGain(pcm: Int16Array): Int16Array {
  let level = 2000;
  return pcm.map((sample) => {
    level = Math.max(300, level * 0.9998 + Math.abs(sample) * 0.0002);
    return Math.max(-32_768, Math.min(32_767, (sample * 3000) / level));
  });
}

async function throughOpus(pcm: Int16Array): Promise<Int16Array> {
  const codec = await OpusCodec.load();
  const encoder = await codec.createEncoder();
  const decoder = await codec.createDecoder();
  const up = resample(pcm, 16_000, 24_000);
  const heard: Int16Array[] = [];
  for (let at = 0; at + 480 <= up.length; at += 480) {
    heard.push(decoder.decode({ kind: 'packet', payload: encoder.encode(up.subarray(at, at + 480)) }).slice());
  }
  encoder.free();
  decoder.free();
  return Int16Array.from(heard.flatMap((piece) => [...piece]));
}

describe.each(recordings)('the recording "$words"', ({ words, samples }) => {
  it.each<[string, (pcm: Int16Array) => Int16Array | Promise<Int16Array>]>([
    ['as it is', (pcm) => pcm],
    ['at a sixth of its loudness', gain(0.16)],
    ['so loud that it is clipped', gain(4)],
    ['after an automatic gain control', automaticGain],
    ['with its first 0.3 s lost', (pcm) => pcm.slice(4800)],
    ['with a frame lost every second', (pcm) => pcm.map((sample, i) => (i % 16_000 < 320 ? 0 : sample))],
    ['through Opus', throughOpus],
  ])('is recognised %s', async (_, change) => {
    expect(recogniseInStream(await change(samples))).toEqual([words]);
  });
});

describe('what is not a named recording', () => {
  it.each<[string, () => Int16Array]>([
    ['a tone', () => Int16Array.from({ length: 48_000 }, (_, i) => 8000 * Math.sin(i / 5))],
    ['speech backwards', () => (recordings[0]?.samples ?? new Int16Array()).slice().reverse()],
    ['half a recording', () => (recordings[1]?.samples ?? new Int16Array()).slice(0, 40_000)],
    [
      'two recordings in one breath',
      () => Int16Array.from([...(recordings[0]?.samples ?? []), ...(recordings[2]?.samples ?? [])]),
    ],
  ])('is not recognised: %s', (_, pcm) => {
    expect(recogniseInStream(pcm())).toEqual([undefined]);
  });

  it('is not recognised: silence', () => {
    expect(recogniser.recognise(new Int16Array(16_000))).toBeUndefined();
    expect(recogniser.recognise(new Int16Array(0))).toBeUndefined();
  });

  it('is not recognised when two names fit it equally well', () => {
    const [first] = scenario.recordings;
    if (first === undefined) throw new Error('empty scenario');
    const twins = new Recogniser({ recordings: [first, { ...first, words: 'other words' }] });
    expect(twins.recognise(readWav(first.file).samples)).toBeUndefined();
  });
});

describe('a scenario file', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'scenario-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (content: unknown): string => {
    const file = path.join(folder, 'scenario.json');
    writeFileSync(file, JSON.stringify(content));
    return file;
  };

  it('names files relative to itself', () => {
    const { recordings: loaded } = loadScenario(
      write({ recordings: [{ file: 'a.wav', words: 'a', treatAs: 'hello' }] }),
    );
    expect(loaded).toEqual([{ file: path.join(folder, 'a.wav'), words: 'a', treatAs: 'hello' }]);
  });

  it('is refused when it is not one', () => {
    expect(() => loadScenario(write({ recordings: [{ file: 'a.wav' }] }))).toThrow(/words/);
    expect(() => loadScenario(write({ recording: [] }))).toThrow(/recording/);
  });

  it('that comes with the sandbox has a reply of more than 8 s to barge in on', () => {
    expect(scenario.recordings.some(({ reply }) => (reply ?? '').length > 200)).toBe(true);
  });
});
