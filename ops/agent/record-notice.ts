import { MODEL_OUTPUT_HZ, msToSamples } from '../../bot/audio';
import { OpsError } from '../cli/ops-error';
import type { Say } from './say';

const ATTEMPTS = 3;
/** Below this a sample is silence: −40 dB of full scale. */
const QUIET = 328;
/** What stays of the silence before the first sound, and after the last. */
const [BEFORE, AFTER] = [msToSamples(40, MODEL_OUTPUT_HZ), msToSamples(150, MODEL_OUTPUT_HZ)];

/**
 * Has a notice said until the transcript says exactly its words, and cuts the silence around it.
 * @throws OpsError `verification_failed` after three attempts; and whatever `say` throws
 */
export async function recordNotice(name: string, words: string, language: string, say: Say): Promise<Int16Array> {
  let last = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { words: said, pcm24k } = await say(words);
    const sound = trimmed(pcm24k);
    if (sound.length > 0 && isSame(said, words, language)) return sound;
    last = said;
  }
  throw new OpsError(
    'verification_failed',
    `${name}: the model was to say ${JSON.stringify(words)} and said ${JSON.stringify(last)}, ${ATTEMPTS} times`,
    'Try again, or change the words in contract/languages/.',
  );
}

/** Whether two sentences are the same words, however they are written. */
export function isSame(said: string, words: string, language: string): boolean {
  const segmenter = new Intl.Segmenter(language, { granularity: 'word' });
  const plain = (text: string): string =>
    [...segmenter.segment(text.normalize('NFC').replaceAll('’', "'").toLowerCase())]
      .flatMap(({ segment, isWordLike }) => (isWordLike === true ? [segment] : []))
      .join(' ');
  return plain(said) === plain(words);
}

function trimmed(pcm: Int16Array): Int16Array {
  const isLoud = (sample: number): boolean => Math.abs(sample) > QUIET;
  const first = pcm.findIndex(isLoud);
  if (first === -1) return pcm.slice(0, 0);
  const last = pcm.findLastIndex(isLoud);
  const sound = pcm.subarray(Math.max(0, first - BEFORE), last + 1);
  const padded = new Int16Array(sound.length + AFTER);
  padded.set(sound);
  return padded;
}
