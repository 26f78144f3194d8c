import { constants } from 'node:fs';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../../contract/make-folder';
import type { Item } from './spool';
import type { Sink } from './writer';

/** Somebody's words may be in it. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Keeps things as files of a folder, for the bot's user only: a reader finds each whole, or as it was before. */
export class FolderSink implements Sink {
  readonly #folder: string;

  /** @throws Error with the code of what the system refused */
  constructor(folder: string) {
    this.#folder = path.resolve(folder);
    makeFolder(this.#folder, FOLDER_MODE);
  }

  async put({ key, bytes, at }: Item, signal: AbortSignal): Promise<void> {
    const file = path.join(this.#folder, key);
    await mkdir(path.dirname(file), { recursive: true, mode: FOLDER_MODE });
    if (at !== undefined) return writeAt(file, bytes, at);
    // Under the call's name, so that what a killed process leaves of it is found, and deleted, with the rest.
    const unfinished = `${file}.part`;
    try {
      await writeFile(unfinished, bytes, { mode: FILE_MODE, signal });
      await rename(unfinished, file);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  }

  close(): void {
    // Nothing is kept open.
  }
}

async function writeAt(file: string, bytes: Uint8Array, at: number): Promise<void> {
  const handle = await open(file, constants.O_RDWR | constants.O_CREAT, FILE_MODE);
  try {
    let written = 0;
    while (written < bytes.length) {
      written += (await handle.write(bytes, written, bytes.length - written, at + written)).bytesWritten;
    }
  } finally {
    await handle.close();
  }
}
