import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { MAX_KNOWLEDGE_FILE_BYTES } from '../../../contract/agent';
import { BotError } from '../../errors';
import { readMarkdown } from './markdown';
import { type Passage, passagesOf } from './passage';
import { KnowledgeSearch, type KnowledgeFile } from './search';

/** The text of each page of a PDF. */
export type ReadPdf = (bytes: Uint8Array) => Promise<readonly string[]>;

const MAX_PASSAGES = 20_000;
/** A PDF with less text than this on a page, on average, is pictures of pages. */
const MIN_CHARS_A_PAGE = 50;

/**
 * Reads every Markdown, text and PDF file of a folder.
 * @param readPdf where left out, a PDF is an error: the bot itself has no reader of them
 * @throws BotError `config_invalid` that names the file and the rule
 */
export async function indexFolder(folder: string, language: string, readPdf?: ReadPdf): Promise<KnowledgeFile> {
  const passages: Passage[] = [];
  const hash = createHash('sha256').update(language);
  for (const file of await filesOf(folder)) {
    const bytes = await readFile(join(folder, file));
    const refuse = (rule: string): BotError => new BotError('config_invalid', `${join(folder, file)}: ${rule}`);
    if (bytes.length > MAX_KNOWLEDGE_FILE_BYTES)
      throw refuse(`must be at most ${MAX_KNOWLEDGE_FILE_BYTES / 1_000_000} MB`);
    hash.update(file).update(bytes);
    passages.push(...(await readPassages(file, bytes, readPdf, refuse)));
    if (passages.length > MAX_PASSAGES) throw refuse(`with it there are more than ${MAX_PASSAGES} passages`);
  }
  if (passages.length === 0) throw new BotError('config_invalid', `${folder}: has no text to search`);
  const { saved } = await KnowledgeSearch.of(passages, language);
  return { version: 1, language, hash: hash.digest('hex'), ...saved };
}

async function readPassages(
  file: string,
  bytes: Buffer,
  readPdf: ReadPdf | undefined,
  refuse: (rule: string) => BotError,
): Promise<Passage[]> {
  switch (extname(file).toLowerCase()) {
    case '.md':
      return readMarkdown(bytes.toString('utf8'), file);
    case '.txt':
      return bytes
        .toString('utf8')
        .split(/\n\s*\n/)
        .flatMap((paragraph) => passagesOf(paragraph, '', file));
    case '.pdf': {
      if (readPdf === undefined)
        throw refuse('PDF files are read when the bot is built (npm run build), not from source');
      const pages = await readPdf(bytes).catch((cause: unknown) => {
        throw new BotError('config_invalid', refuse('cannot be read as a PDF').message, { cause });
      });
      const chars = pages.reduce((sum, page) => sum + page.trim().length, 0);
      if (chars < MIN_CHARS_A_PAGE * pages.length)
        throw refuse('is a scan without text: put its text into a .md or .txt file');
      return pages.flatMap((page, number) => passagesOf(page, '', `${file}, page ${number + 1}`));
    }
    default:
      throw refuse('must be a .md, .txt or .pdf file');
  }
}

/** Files by their path in the folder, in order; hidden ones are nobody's pages. */
async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new BotError('config_invalid', `${folder}: cannot be read`, { cause });
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.split('/').some((part) => part.startsWith('.')))
    .sort();
}
