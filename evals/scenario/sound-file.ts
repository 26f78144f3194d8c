import { readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { decodeWav } from '../../testbed/speech';

const MAX_BYTES = 20 * 1024 * 1024;
const [MIN_HZ, MAX_HZ] = [8_000, 48_000];

/**
 * What is wrong with a sound that a caller is to play; undefined: nothing.
 * @param name relative to `from`
 * @param folder nothing outside it is played, by whatever name
 */
export function soundProblem(name: string, from: string, folder: string): string | undefined {
  let file: string;
  try {
    file = realpathSync(path.resolve(from, name));
  } catch {
    return `there is no file ${name}`;
  }
  if (path.isAbsolute(name) || path.relative(realpathSync(folder), file).startsWith('..'))
    return 'takes a file of this folder, by its path from here';
  const { size } = statSync(file);
  if (size > MAX_BYTES) return `${name} is larger than ${MAX_BYTES / 1024 / 1024} MB`;
  try {
    const { rateHz, samples } = decodeWav(readFileSync(file));
    if (samples.length === 0) return `${name} has no sound in it`;
    return rateHz >= MIN_HZ && rateHz <= MAX_HZ ? undefined : `${name} has ${rateHz} Hz, not ${MIN_HZ} to ${MAX_HZ}`;
  } catch (error) {
    return `${name} is no mono WAV of 16 bits: ${error instanceof Error ? error.message : String(error)}`;
  }
}
