import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { rms } from '../../../bot/audio';
import { encodeOpusFile, SpokenNotices } from '../../../bot/notices';
import { readOgg, writeOgg } from '../../../bot/audio/ogg';
import { openOpusFile } from '../../../bot/notices/opus-file';
import { ALL_SPEECH } from '../../../contract/languages/speech';
import { NOTICE_NAMES } from '../../../contract/languages/speech-texts';
import { BotError } from '../../../bot/errors';

const FOLDER = path.join(__dirname, '../../../bot/notices/spoken');
const HZ = 24_000;
/** The files of all languages together: they are part of every image. */
const MAX_BYTES = 2_000_000;
/** Of a spoken word, as loud as those of the model's voices are heard. */
const [SILENT_RMS, LOUD_RMS] = [0.02, 0.4];
const TAIL = 0.03 * HZ;

describe.each(Object.keys(ALL_SPEECH))('the notices that the bot comes with in %s', (language) => {
  it('are there, whole, neither silent nor clipped, as long as their words, and end clean', async () => {
    const notices = await new SpokenNotices().in(language);
    for (const name of NOTICE_NAMES) {
      const sound = notices[name];
      const words = ALL_SPEECH[language as keyof typeof ALL_SPEECH].notices[name];
      const seconds = sound.length / HZ;
      const letters = words.replaceAll(/\p{M}/gu, '').length;
      // Between 8 and 30 letters a second: slower or faster is another text.
      expect([name, seconds > letters / 30 && seconds < letters / 8 + 0.5]).toEqual([name, true]);
      expect([name, rms(sound) > SILENT_RMS && rms(sound) < LOUD_RMS]).toEqual([name, true]);
      let peak = 0;
      for (const sample of sound) if (Math.abs(sample) > peak) peak = Math.abs(sample);
      expect([name, peak < 32_767]).toEqual([name, true]);
      expect([name, rms(sound.subarray(-TAIL)) < 0.01]).toEqual([name, true]);
    }
  });
});

it('the notices of all languages are small', () => {
  const files = readdirSync(FOLDER, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = files.reduce((sum, { parentPath, name }) => sum + readFileSync(path.join(parentPath, name)).length, 0);
  expect(bytes).toBeLessThan(MAX_BYTES);
});

it('a language without texts has the English notices', async () => {
  const spoken = new SpokenNotices();
  expect(await spoken.in('ar-EG')).toBe(await spoken.in('en-GB'));
});

it('a notice that is missing, or damaged, stops the start', async () => {
  const gone = await new SpokenNotices('/nowhere').in('de-DE').catch((error: unknown) => error);
  expect(gone).toBeInstanceOf(BotError);
  expect((gone as BotError).message).toContain('(de) is missing: run npm run notices.');
});

describe('an Ogg Opus file', () => {
  const voice = Int16Array.from({ length: 30_001 }, (_, at) =>
    Math.round(9_000 * Math.sin(at / 12) * Math.sin(at / 900)),
  );

  it('has as many samples as the sound, at the same place', async () => {
    const decoded = (await openOpusFile(await encodeOpusFile(voice)))();
    expect(decoded).toHaveLength(voice.length);
    let wrong = 0;
    voice.forEach((sample, at) => (wrong += (sample - (decoded[at] ?? 0)) ** 2));
    expect(Math.sqrt(wrong / voice.length) / 32_768).toBeLessThan(0.3 * rms(voice));
  });

  it('is decoded once, and one whose packets no encoder wrote is damaged', async () => {
    const sound = await openOpusFile(await encodeOpusFile(voice));
    expect(sound()).toBe(sound());
    const { packets, samples } = readOgg(await encodeOpusFile(voice));
    const [head, tags] = packets;
    const wrong = writeOgg([head!, tags!], [{ bytes: Uint8Array.of(3, 0xff, 0xff), samples }], 1);
    expect(await openOpusFile(wrong)).toThrow(RangeError);
  });

  it('is the same file for the same sound', async () => {
    expect((await encodeOpusFile(voice)).equals(await encodeOpusFile(voice))).toBe(true);
  });

  it('is refused when it is cut, changed, or none', async () => {
    const file = await encodeOpusFile(voice);
    const changed = Buffer.from(file);
    changed[file.length - 9] = (changed[file.length - 9] ?? 0) ^ 1;
    for (const bad of [file.subarray(0, -3), changed, Buffer.from('RIFF'), Buffer.alloc(0)]) {
      await expect(openOpusFile(bad)).rejects.toThrow(RangeError);
    }
  });
});

it('the notices in the sources are those of the languages, and nothing besides', () => {
  for (const language of Object.keys(ALL_SPEECH)) {
    expect(readdirSync(path.join(FOLDER, language)).sort()).toEqual(NOTICE_NAMES.map((name) => `${name}.opus`).sort());
  }
  expect(existsSync(path.join(FOLDER, 'waiting.wav'))).toBe(true);
});
