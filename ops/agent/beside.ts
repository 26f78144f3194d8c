import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, relative, resolve, sep } from 'node:path';
import { type AgentDefinition, KNOWLEDGE_ENDINGS, MAX_KNOWLEDGE_FILE_BYTES } from '../../contract/agent';

/** What is wrong beside an agent's definition: its pages, and what its files import; each by field and rule. */
export function problemsBeside(folder: string, definition: AgentDefinition): readonly string[] {
  const tools = Object.entries(definition.tools ?? {});
  const pages = tools.flatMap(([name, tool]) =>
    tool.kind === 'knowledge' && tool.source.kind === 'folder'
      ? pageProblems(join(folder, tool.source.folder), `tools.${name}.folder`)
      : [],
  );
  return [...pages, ...importProblems(folder)];
}

function pageProblems(folder: string, field: string): string[] {
  if (!existsSync(folder))
    return [`${field} must be beside the agent: there is no ${relative(dirname(folder), folder)}/`];
  const files = filesIn(folder);
  if (files.length === 0) return [`${field} must have pages: it is empty`];
  return files.flatMap((file) => {
    const name = relative(folder, file).split(sep).join('/');
    if (!KNOWLEDGE_ENDINGS.includes(extname(file).toLowerCase())) {
      return [`${field} must have files of ${KNOWLEDGE_ENDINGS.join(', ')} only: ${name} is none`];
    }
    const isLarge = statSync(file).size > MAX_KNOWLEDGE_FILE_BYTES;
    return isLarge
      ? [`${field} must have files of at most ${MAX_KNOWLEDGE_FILE_BYTES / 1_000_000} MB: ${name} is more`]
      : [];
  });
}

/** A folder that is its builder's meets no change of ours, as long as it knows of nothing else. `npm run lint` holds it, too. */
function importProblems(folder: string): string[] {
  const own = resolve(folder) + sep;
  const contract = resolve(folder, '../../contract/agent');
  return filesIn(folder)
    .filter((file) => extname(file) === '.ts')
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"]*)['"]/g)].flatMap(
        ([, named = '']) => {
          const target = resolve(dirname(file), named);
          const isAllowed = target.startsWith(own) || target === contract || target === join(contract, 'index');
          const rule = "an agent's file may import contract/agent, packages, and what is in its own folder";
          return isAllowed ? [] : [`${relative(folder, file).split(sep).join('/')} must not import ${named}: ${rule}`];
        },
      ),
    );
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name));
