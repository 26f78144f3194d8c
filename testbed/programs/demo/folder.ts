import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../../contract/make-folder';

/** Makes the folder for the recordings, before the call and not after it. @throws Error with a line for the user */
export function prepareFolder(folder: string): string {
  const whole = path.resolve(folder);
  try {
    makeFolder(whole);
    accessSync(whole, constants.W_OK);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new Error(`--recordings ${folder} must be a folder that can be written to (${code})`, { cause: error });
  }
  return whole;
}
