import path from 'node:path';
import { readWav, SPEECH_HZ, type Wav } from '../../testbed/speech';
import type { CallRequest } from './way';

const CALLERS_VOICE = 'amy';

/** What the caller is to say: a file of the scenarios' folder, or words. */
export async function callersVoice(
  words: string,
  audioFile: string | undefined,
  { folder, synthesiser }: Pick<CallRequest, 'folder' | 'synthesiser'>,
): Promise<Wav> {
  if (audioFile !== undefined) return readWav(path.join(folder, audioFile));
  return { samples: await synthesiser.synthesise(words, CALLERS_VOICE), rateHz: SPEECH_HZ };
}
