import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** Deeper than anybody's pages lie, and the end of a link that leads to itself. */
const MAX_DEPTH = 8;

/**
 * Another text whenever a file in `folder` is made, written or removed, by times and sizes; links are followed. What cannot be
 * read, or is not there, counts as nothing.
 * @param counts whether a file, by its name, is looked at
 */
export function treeStamp(folder: string, counts: (name: string) => boolean = () => true, depth = MAX_DEPTH): string {
  const names = namesIn(folder);
  const stamps = names.map((name) => {
    const file = path.join(folder, name);
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) return depth === 0 ? '' : `${name}(${treeStamp(file, counts, depth - 1)})`;
    return found === undefined || !counts(name) ? '' : `${name}:${found.mtimeMs}:${found.size}`;
  });
  return stamps.filter((stamp) => stamp !== '').join(' ');
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .sort();
  } catch {
    return [];
  }
}
