import path from 'node:path';
import { concatenate, readWav, SPEECH_HZ, type Wav } from '../../testbed/speech';
import type { SaidPart } from '../scenario';
import type { CallRequest } from './way';

const CALLERS_VOICE = 'amy';

/** What the caller is to say: a file of the scenarios' folder, words, or the parts of them with pauses between. */
export async function callersVoice(
  words: string,
  audioFile: string | undefined,
  { folder, synthesiser }: Pick<CallRequest, 'folder' | 'synthesiser'>,
  parts: readonly SaidPart[] = [words],
): Promise<Wav> {
  if (audioFile !== undefined) return readWav(path.resolve(folder, audioFile));
  const said = await Promise.all(
    parts.map(async (part) =>
      typeof part === 'string'
        ? synthesiser.synthesise(part, CALLERS_VOICE)
        : new Int16Array(Math.round((part.pause_ms * SPEECH_HZ) / 1_000)),
    ),
  );
  return { samples: concatenate(said), rateHz: SPEECH_HZ };
}
