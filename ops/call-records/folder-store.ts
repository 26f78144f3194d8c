import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { OpsError } from '../cli/ops-error';
import type { RecordStore, Removal } from './store';

/** Records in a folder, as CALL_RECORDS names one on a laptop. */
export class FolderStore implements RecordStore {
  readonly name: string;
  readonly #folder: string;

  /** @throws OpsError `not_found` */
  constructor(folder: string) {
    if (!existsSync(folder)) throw new OpsError('not_found', `there is no folder ${folder}`);
    this.name = folder;
    this.#folder = path.resolve(folder);
  }

  keys(prefix: string): Promise<readonly string[]> {
    const below = path.join(this.#folder, prefix.slice(0, prefix.lastIndexOf('/') + 1));
    if (!existsSync(below)) return Promise.resolve([]);
    const files = readdirSync(below, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    const keys = files.map((file) =>
      path.relative(this.#folder, path.join(file.parentPath, file.name)).split(path.sep).join('/'),
    );
    return Promise.resolve(keys.filter((key) => key.startsWith(prefix)).sort());
  }

  read(key: string): Promise<Buffer | undefined> {
    const file = path.join(this.#folder, key);
    return Promise.resolve(existsSync(file) ? readFileSync(file) : undefined);
  }

  remove(keys: readonly string[]): Promise<Removal> {
    const refused: { key: string; why: string }[] = [];
    for (const key of keys) {
      try {
        rmSync(path.join(this.#folder, key));
        this.#removeEmpty(path.dirname(path.join(this.#folder, key)));
      } catch (error) {
        refused.push({ key, why: (error as NodeJS.ErrnoException).code ?? 'unknown' });
      }
    }
    return Promise.resolve({ removed: keys.length - refused.length, refused });
  }

  /** The folders of a day and an agent go with the last of their calls. */
  #removeEmpty(folder: string): void {
    for (let at = folder; at !== this.#folder && readdirSync(at).length === 0; at = path.dirname(at)) rmdirSync(at);
  }
}
