import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AnyAgent, DEFAULT_LANGUAGE, loadAgents } from '../../contract/agent';
import { indexFolder } from '../../bot/tools';
import { pdfText } from './pdf-text';

/** Folders of pages that an agent's tools search. */
function foldersOf({ tools = {} }: AnyAgent): readonly string[] {
  const folders = Object.values(tools).flatMap((tool) =>
    tool.kind === 'knowledge' && tool.source.kind === 'folder' ? [tool.source.folder] : [],
  );
  return [...new Set(folders)];
}

/**
 * Indexes the pages of every agent that searches some: `dist/agents/<name>/<folder>.json`.
 * @throws what is wrong with an agent or a page, by name
 */
export async function buildKnowledge(root: string): Promise<void> {
  const entries = await readdir(join(root, 'agents'), { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  for (const { name, definition } of await loadAgents(names)) {
    for (const folder of foldersOf(definition)) {
      const file = await indexFolder(
        join(root, 'agents', name, folder),
        definition.language ?? DEFAULT_LANGUAGE,
        pdfText,
      );
      await mkdir(join(root, 'dist/agents', name), { recursive: true });
      await writeFile(join(root, 'dist/agents', name, `${folder}.json`), JSON.stringify(file));
    }
  }
}
