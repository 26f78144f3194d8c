import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BotError } from '../../../errors';

/** The scripts of a page, as the build made them. */
export interface PageAssets {
  readonly page: string;
  readonly worklet: string;
}

/** Reads them from where `npm run build` puts them. @throws BotError `config_invalid` when they are not there */
export async function loadPageAssets(directory: string): Promise<PageAssets> {
  const read = (name: string): Promise<string> => readFile(join(directory, name), 'utf8');
  try {
    const [page, worklet] = await Promise.all([read('page.js'), read('worklet.js')]);
    return { page, worklet };
  } catch (error) {
    throw new BotError('config_invalid', 'the page for Daily calls is not built: run "npm run build"', {
      cause: error,
    });
  }
}
