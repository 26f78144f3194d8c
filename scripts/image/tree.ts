import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Every file below a folder, relative to it, with its size and modification time. */
export function treeOf(root: string, skip: (relative: string) => boolean = () => false): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const relative = path.join(folder, entry.name);
      if (skip(relative)) continue;
      if (entry.isDirectory()) {
        found.set(`${relative}/`, '');
        walk(relative);
      } else {
        const { size, mtimeMs } = lstatSync(path.join(root, relative));
        found.set(relative, `${size} ${mtimeMs}`);
      }
    }
  };
  walk('');
  return found;
}

/** Bytes of all files below a folder. */
export function bytesOf(folder: string): number {
  let sum = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) sum += lstatSync(path.join(entry.parentPath, entry.name)).size;
  }
  return sum;
}

/** Names that were added, removed or written between two snapshots. */
export function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).sort();
}
