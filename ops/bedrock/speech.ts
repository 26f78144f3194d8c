import { readFileSync } from 'node:fs';
import path from 'node:path';
import { MODEL_INPUT_HZ, pcmOfWav } from '../../bot/audio';
/** The words of the recording. */
export const SPOKEN = 'Hello, can you hear me?';

/** A second and a half of speech, 16 kHz mono: `ops/bedrock/hello.wav`, made with eSpeak NG. */
export function readSpeech(): Int16Array {
  const pcm = pcmOfWav(readFileSync(path.join(__dirname, 'hello.wav')), MODEL_INPUT_HZ);
  if (pcm === undefined) throw new Error('hello.wav is not 16 kHz mono PCM16');
  return pcm;
}
