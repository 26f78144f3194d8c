import path from 'node:path';
import { readWav, type Wav } from './wav';

/** What is read in each is in scenario.json, where they are from in recordings/README.md. */
export type RecordingName = '0880' | '0890' | '0930';

/** The file of a recorded sentence: mono PCM16 at 16 kHz. */
export function recordingFile(name: RecordingName): string {
  return path.join(__dirname, 'recordings', `sense_and_sensibility_01_austen_64kb-${name}.wav`);
}

/** A recorded sentence. */
export const readRecording = (name: RecordingName): Wav => readWav(recordingFile(name));
