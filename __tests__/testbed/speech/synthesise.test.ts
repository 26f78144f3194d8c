import { EspeakSynthesiser, SPEECH_HZ, ToneSynthesiser } from '../../../testbed/speech/synthesise';

const seconds = (samples: Int16Array): number => samples.length / SPEECH_HZ;
const loudest = (samples: Int16Array): number => samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
const same = (a: Int16Array, b: Int16Array): boolean => Buffer.from(a.buffer).equals(Buffer.from(b.buffer));

/** Of the processor's time: less than eight sentences take, and more than all else that a waiting process does. */
const WORK_MS = 60;

describe('speech from the synthesiser', () => {
  let espeak: EspeakSynthesiser;
  beforeAll(() => (espeak = new EspeakSynthesiser()));
  afterAll(() => espeak.close());

  it('is as long as the words take, loud enough, and not clipped', async () => {
    const short = await espeak.synthesise('Hello!', 'tiffany');
    const long = await espeak.synthesise('How can I help you this morning?', 'tiffany');
    expect(seconds(short)).toBeGreaterThan(0.3);
    expect(seconds(long)).toBeGreaterThan(1);
    expect(seconds(long)).toBeLessThan(3);
    expect(loudest(long)).toBeGreaterThan(8000);
    expect(loudest(long)).toBeLessThan(32_767);
  });

  it('differs by voice', async () => {
    const [tiffany, matthew] = await Promise.all([
      espeak.synthesise('Hello!', 'tiffany'),
      espeak.synthesise('Hello!', 'matthew'),
    ]);
    expect(same(tiffany, matthew)).toBe(false);
  });

  it('survives what cannot be spoken', async () => {
    for (const text of ['', '🙂', '<speak>hi</speak> [[h@]] & more', '\u0000']) {
      expect(await espeak.synthesise(text, 'amy')).toBeInstanceOf(Int16Array);
    }
  });

  it('leaves the event loop free while it works', async () => {
    await espeak.synthesise('It has begun.', 'amy');
    const all = Promise.all(
      Array.from({ length: 8 }, (_, i) => espeak.synthesise(`This is sentence number ${i} of eight.`, 'amy')),
    );
    // This thread stands still: only another one can use the processor for this process.
    const before = process.cpuUsage();
    const usedMs = (): number => process.cpuUsage(before).user / 1_000;
    const cell = new Int32Array(new SharedArrayBuffer(4));
    for (let waitMs = 20; waitMs < 16_000 && usedMs() < WORK_MS; waitMs *= 2) Atomics.wait(cell, 0, 0, waitMs);
    const usedMeanwhileMs = usedMs();
    await all;
    expect(usedMeanwhileMs).toBeGreaterThanOrEqual(WORK_MS);
  });

  it('is refused after the end, and what was under way then fails instead of hanging', async () => {
    const closing = new EspeakSynthesiser();
    const pending = closing.synthesise('Hello!', 'amy');
    const failed = expect(pending).rejects.toThrow('closed');
    await closing.close();
    await closing.close();
    await failed;
    await expect(closing.synthesise('Hello!', 'amy')).rejects.toThrow('closed');
  });
});

describe('the tone that stands for speech', () => {
  it('lasts 60 ms a character, the same every time, at a pitch of its voice', async () => {
    const tone = new ToneSynthesiser();
    const one = await tone.synthesise('x'.repeat(50), 'amy');
    expect(seconds(one)).toBeCloseTo(3);
    expect(same(await tone.synthesise('x'.repeat(50), 'amy'), one)).toBe(true);
    expect(same(await tone.synthesise('x'.repeat(50), 'tiffany'), one)).toBe(false);
    await tone.close();
  });
});
