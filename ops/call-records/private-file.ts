import { open, rename, rm } from 'node:fs/promises';

/** Writes a file that its owner alone can read, whoever could read the one in its place: in whole, or not at all. */
export async function writePrivately(file: string, texts: Iterable<string> | AsyncIterable<string>): Promise<void> {
  const unfinished = `${file}.part`;
  await rm(unfinished, { force: true });
  const handle = await open(unfinished, 'wx', 0o600);
  try {
    for await (const text of texts) await handle.writeFile(text);
    await handle.close();
    await rename(unfinished, file);
  } catch (error) {
    await handle.close();
    await rm(unfinished, { force: true });
    throw error;
  }
}
