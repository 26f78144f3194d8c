import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '../telemetry';
import { type Clock, endsWithin } from '../time';
import { idOf, type Item } from './spool';

interface MirrorOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly pid?: number;
  /** Whether there is such a process. */
  readonly isAlive?: (pid: number) => boolean;
}

/** A disk that takes longer holds up no start. */
const SAVED_WITHIN_MS = 5_000;

/** A process's own folder: its id, and what tells it from one that had the same id. */
const OF_A_PROCESS = /^(\d{1,10})-[0-9a-f-]{36}$/;

/**
 * What waits in a spool, as files that outlive the process: one an item, named by its key. The next process sends what
 * one that was killed has left. A disk that does not take them costs that, and nothing else.
 */
export class SpoolMirror {
  readonly #o: MirrorOptions;
  readonly #own: string;
  /** What is to be done, by the name of the file: the newest bytes, or that it goes. */
  readonly #changes = new Map<string, Uint8Array | 'gone'>();
  #working: Promise<void> | undefined;
  /** Folders of processes that are no more, of which all was read. */
  #read: readonly string[] = [];
  #isTold = false;

  constructor(options: MirrorOptions) {
    this.#o = options;
    this.#own = path.join(options.folder, `${options.pid ?? process.pid}-${randomUUID()}`);
  }

  save(item: Item): void {
    this.#change(item, item.bytes);
  }

  forget(item: Item): void {
    this.#change(item, 'gone');
  }

  /** What processes that are no more have left; it is theirs until `forgetLeft`. Never rejects. */
  async left(): Promise<readonly Item[]> {
    const items: Item[] = [];
    this.#read = await this.#deadFolders();
    for (const folder of this.#read) {
      for (const name of await namesIn(folder)) {
        const about = aboutFile(name);
        if (about === undefined) continue;
        const bytes = await readFile(path.join(folder, name)).catch(() => undefined);
        if (bytes !== undefined) items.push({ ...about, bytes });
      }
    }
    return items;
  }

  /** What they left is waiting here now, on disk as well. Never rejects. */
  async forgetLeft(): Promise<void> {
    await endsWithin(this.#o.clock, SAVED_WITHIN_MS, this.#working ?? Promise.resolve());
    for (const folder of this.#read) await this.#try(rm(folder, { recursive: true, force: true }));
  }

  /** Resolves when all is as it should be on the disk, or `withinMs` are over. Never rejects. */
  async close(withinMs: number): Promise<void> {
    await endsWithin(this.#o.clock, withinMs, this.#working ?? Promise.resolve());
    if ((await namesIn(this.#own)).length === 0) await this.#try(rm(this.#own, { recursive: true, force: true }));
  }

  #change(item: Item, change: Uint8Array | 'gone'): void {
    this.#changes.set(nameOf(item), change);
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
  }

  async #work(): Promise<void> {
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const [name, change] = next;
      const file = path.join(this.#own, name);
      await this.#try(change === 'gone' ? rm(file, { force: true }) : this.#write(file, change));
    }
  }

  #next(): [string, Uint8Array | 'gone'] | undefined {
    const [first] = this.#changes;
    if (first !== undefined) this.#changes.delete(first[0]);
    return first;
  }

  async #write(file: string, bytes: Uint8Array): Promise<void> {
    await mkdir(this.#own, { recursive: true, mode: 0o700 });
    await writeFile(`${file}.part`, bytes, { mode: 0o600 });
    await rename(`${file}.part`, file);
  }

  async #try(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!this.#isTold) this.#o.logger.warn({ err: error }, 'call records that wait are not on disk');
      this.#isTold = true;
    }
  }

  async #deadFolders(): Promise<string[]> {
    const { folder, pid: own = process.pid, isAlive = hasProcess } = this.#o;
    return (await namesIn(folder))
      .filter((name) => {
        const [, pid] = OF_A_PROCESS.exec(name) ?? [];
        // In a container every process has the same id.
        return (
          pid !== undefined && path.join(folder, name) !== this.#own && (Number(pid) === own || !isAlive(Number(pid)))
        );
      })
      .map((name) => path.join(folder, name));
  }
}

const WHOLE = '.item';
const BULK = '.bulk';

const nameOf = (item: Item): string => `${encodeURIComponent(idOf(item))}${item.isBulk ? BULK : ''}${WHOLE}`;

/** What a file's name says of what is in it; undefined for one that is none of ours, or not whole. */
function aboutFile(name: string): Pick<Item, 'key' | 'isBulk'> | undefined {
  if (!name.endsWith(WHOLE)) return undefined;
  const bare = name.slice(0, -WHOLE.length);
  const isBulk = bare.endsWith(BULK);
  try {
    return { key: decodeURIComponent(isBulk ? bare.slice(0, -BULK.length) : bare), isBulk };
  } catch {
    return undefined;
  }
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
