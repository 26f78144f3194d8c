import { readFileSync } from 'node:fs';
import path from 'node:path';
import { bytesToPcm, MODEL_INPUT_HZ } from '../../bot/audio/pcm';

/** What the model is asked, for the curious: the recording's words. */
export const SPOKEN = 'Hello, can you hear me?';

const HEADER_BYTES = 44;

/** A second and a half of speech, 16 kHz mono, as `ops/bedrock/hello.wav` (made with eSpeak NG). */
export function readSpeech(): Int16Array {
  const file = readFileSync(path.join(__dirname, 'hello.wav'));
  if (file.readUInt32LE(24) !== MODEL_INPUT_HZ) throw new Error('hello.wav is not 16 kHz');
  return bytesToPcm(Uint8Array.from(file.subarray(HEADER_BYTES)));
}
