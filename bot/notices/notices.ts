import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { primaryLanguage } from '../../contract/language';
import { speechIn } from '../../contract/languages/speech';
import { NOTICE_NAMES, type NoticeName } from '../../contract/languages/speech-texts';
import { MODEL_OUTPUT_HZ, msToSamples, pcmOfWav } from '../audio';
import { BotError } from '../errors';
import { openOpusFile } from './opus-file';

/** Recorded notices, 24 kHz mono; each is decoded when it is first asked for, most of them never. */
export type NoticeAudio = Readonly<Record<NoticeName, Int16Array>>;

/** Gives each sound, and the work of decoding it, to who reads it. */
export function noticesFrom(sounds: Readonly<Record<NoticeName, () => Int16Array>>): NoticeAudio {
  const getters = NOTICE_NAMES.map((name) => [name, { get: sounds[name], enumerable: true }] as const);
  return Object.defineProperties({}, Object.fromEntries(getters)) as NoticeAudio;
}

/** Beside the bot as it was built, or beside this file when it runs from its sources. */
const SPOKEN_FOLDER = join(__dirname, basename(dirname(__dirname)) === 'dist' ? 'notices' : 'spoken');
/** So long after the waiting sound it comes again. */
const WAITING_PAUSE_SAMPLES = msToSamples(1_500, MODEL_OUTPUT_HZ);

/** The recordings that the bot comes with, each language's read once. */
export class SpokenNotices {
  readonly #folder: string;
  readonly #languages = new Map<string, Promise<NoticeAudio>>();

  constructor(folder = SPOKEN_FOLDER) {
    this.#folder = folder;
  }

  /**
   * Those of a language, or the English ones where there are no texts of it.
   * @throws BotError `config_invalid` when one is missing or cannot be read: a bot that cannot say that it failed must not start
   */
  in(tag: string): Promise<NoticeAudio> {
    const language = primaryLanguage(speechIn(tag).tag);
    const known = this.#languages.get(language);
    if (known !== undefined) return known;
    const reading = readAll(join(this.#folder, language), language);
    this.#languages.set(language, reading);
    return reading;
  }
}

async function readAll(folder: string, language: string): Promise<NoticeAudio> {
  const read = NOTICE_NAMES.map(
    async (name) => [name, await readNotice(join(folder, `${name}.opus`), `notice "${name}" (${language})`)] as const,
  );
  return noticesFrom(Object.fromEntries(await Promise.all(read)) as Record<NoticeName, () => Int16Array>);
}

async function readNotice(path: string, what: string): Promise<() => Int16Array> {
  if (!existsSync(path)) throw missing(what);
  try {
    return await openOpusFile(readFileSync(path));
  } catch (cause) {
    throw new BotError('config_invalid', `The recorded ${what} is not an Ogg Opus file that can be read.`, { cause });
  }
}

/**
 * Reads the sound for those who wait for a tool, with the pause in which it rests before it comes again; 24 kHz mono.
 * @throws BotError `config_invalid` when it is missing, or not 24 kHz mono PCM16
 */
export function loadWaitingSound(folder = SPOKEN_FOLDER): Int16Array {
  const path = join(folder, 'waiting.wav');
  if (!existsSync(path)) throw missing('waiting sound');
  const sound = pcmOfWav(readFileSync(path), MODEL_OUTPUT_HZ);
  if (sound === undefined) {
    throw new BotError('config_invalid', 'The recorded waiting sound is not 24 kHz mono PCM16.');
  }
  const repeated = new Int16Array(sound.length + WAITING_PAUSE_SAMPLES);
  repeated.set(sound);
  return repeated;
}

const missing = (what: string): BotError =>
  new BotError('config_invalid', `The recorded ${what} is missing: run npm run notices.`);
