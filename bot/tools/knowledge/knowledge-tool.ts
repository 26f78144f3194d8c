import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { KnowledgeTool } from '../../../contract/agent';
import { BotError } from '../../errors';
import { declaredRules, type DeclaredPlace } from '../declared';
import { defineTool, type Tool } from '../tool';
import { retrieverOf } from './bedrock';
import { indexFolder } from './index-folder';
import { type Find, MAX_PASSAGE_CHARS } from './passage';
import { type KnowledgeFile, KnowledgeSearch } from './search';

const MAX_PASSAGES = 3;
/** Three passages in a script of three bytes a character. */
const MAX_RESULT_BYTES = 7_000;

/** @throws BotError `config_invalid` where the pages are missing or cannot be read */
export async function openKnowledgeTool(
  declared: KnowledgeTool,
  place: DeclaredPlace,
): Promise<{ readonly tool: Tool; readonly close: () => void }> {
  const atMost = Math.min(declared.passages, MAX_PASSAGES);
  const { source } = declared;
  const opened =
    source.kind === 'folder'
      ? { find: await findIn(source.folder, atMost, place), close: () => undefined }
      : await retrieverOf(source, atMost, place.services.region);
  const tool = defineTool({
    ...declaredRules(declared, place, 'any'),
    schema: z.object({
      question: z.string().min(1).max(300).describe('What is looked for, in the words of the caller'),
    }),
    maxResultBytes: MAX_RESULT_BYTES,
    run: async ({ question }, { signal }) => {
      const found = (await opened.find(question, signal)).slice(0, atMost);
      if (found.length === 0) return { passages: [], next: 'Nothing was found about that. Say so, and guess nothing.' };
      return {
        passages: found.map(({ text, source: from }) => ({ text: text.slice(0, MAX_PASSAGE_CHARS), source: from })),
      };
    },
  });
  return { tool, close: opened.close };
}

/** The pages beside the agent: as they were indexed at build, else as they are. */
async function findIn(folder: string, atMost: number, { where, services }: DeclaredPlace): Promise<Find> {
  const built = join(services.folder, `${folder}.json`);
  const pages = join(services.folder, folder);
  if (!existsSync(built) && !existsSync(pages)) {
    throw new BotError('config_invalid', `${where}.folder: there is no folder ${folder} beside the agent`);
  }
  const search = existsSync(built)
    ? await KnowledgeSearch.load(await readBuilt(built))
    : await KnowledgeSearch.load(await indexFolder(pages, services.language));
  return (question) => {
    const found = search.find(question, atMost);
    return Promise.resolve(
      found.map(({ title, text, source }) => ({ text: title === '' ? text : `${title}: ${text}`, source })),
    );
  };
}

async function readBuilt(path: string): Promise<KnowledgeFile> {
  const file = JSON.parse(await readFile(path, 'utf8')) as Partial<KnowledgeFile>;
  if (file.version !== 1) throw new BotError('config_invalid', `${path}: is of another version: run npm run build`);
  return file as KnowledgeFile;
}
