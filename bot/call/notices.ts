import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODEL_OUTPUT_HZ, msToSamples, pcmOfWav } from '../audio';
import { BotError } from '../errors';

/**
 * What the bot says when it must say it. The model is asked first, in its own voice; where it cannot speak (or is the
 * very thing that failed), the recording of the same words is played: bot/call/notices/<name>.wav, made by
 * `npm run notices` from the words below.
 */
export const NOTICES = {
  'model-lost': 'I am sorry, I have lost my connection and cannot go on. Please call again in a moment. Goodbye.',
  'one-moment': 'One moment, please.',
  'still-trying': 'I am still working on it. Please stay on the line.',
  'still-there': 'Are you still there?',
  'absent-goodbye': 'I have not heard from you, so I will hang up now. Goodbye.',
  'nearly-over': 'Just so you know, this call will end soon.',
  'over-goodbye': 'We have reached the longest time for a call, so I have to hang up now. Thank you, and goodbye.',
  'budget-goodbye': 'I have to end this call now, because its budget is used up. Thank you for calling, and goodbye.',
  'drain-goodbye': 'I have to end this call now for maintenance. Please call again right away. Goodbye.',
} as const;

const NOTICES_FOLDER = join(__dirname, 'notices');
/** So long after the waiting sound it comes again. */
const WAITING_PAUSE_SAMPLES = msToSamples(1_500, MODEL_OUTPUT_HZ);

export type NoticeName = keyof typeof NOTICES;

/** Recorded notices, 24 kHz mono. */
export type NoticeAudio = Readonly<Record<NoticeName, Int16Array>>;

/**
 * Reads the recordings once, at start.
 * @throws BotError `config_invalid` when one is missing or not 24 kHz mono PCM16: a bot that cannot say that it failed must not start.
 */
export function loadNotices(folder = NOTICES_FOLDER): NoticeAudio {
  const names = Object.keys(NOTICES) as NoticeName[];
  return Object.fromEntries(
    names.map((name) => [name, readRecording(join(folder, `${name}.wav`), `notice "${name}"`)]),
  ) as unknown as NoticeAudio;
}

/**
 * Reads the sound for those who wait for a tool, with the pause in which it rests before it comes again; 24 kHz mono.
 * @throws BotError `config_invalid` as `loadNotices` does
 */
export function loadWaitingSound(folder = NOTICES_FOLDER): Int16Array {
  const sound = readRecording(join(folder, 'waiting.wav'), 'waiting sound');
  const repeated = new Int16Array(sound.length + WAITING_PAUSE_SAMPLES);
  repeated.set(sound);
  return repeated;
}

function readRecording(path: string, what: string): Int16Array {
  if (!existsSync(path)) throw new BotError('config_invalid', `The recorded ${what} is missing: run npm run notices.`);
  const pcm = pcmOfWav(readFileSync(path), MODEL_OUTPUT_HZ);
  if (pcm === undefined) throw new BotError('config_invalid', `The recorded ${what} is not 24 kHz mono PCM16.`);
  return pcm;
}
