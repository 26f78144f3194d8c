import { basename, dirname, join } from 'node:path';

/** Where the build puts a folder of files: beside the built bot, or in dist/ when the sources are run. */
export function builtFolder(name: 'client' | 'daily-page'): string {
  const isBuilt = basename(dirname(__dirname)) === 'dist';
  return isBuilt ? join(__dirname, '..', name) : join(__dirname, '../dist', name);
}
