import { readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../../..');

export const readDocument = (name: string): string => readFileSync(path.join(ROOT, name), 'utf8');

/** The lines of a document's shell blocks, in order, comments cut off. */
export function shellLines(markdown: string): string[] {
  return [...markdown.matchAll(/```(?:sh|bash)\n(.*?)```/gs)]
    .flatMap(([, block = '']) => block.split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** Everything between single backquotes, and the lines of shell blocks. */
export function codeIn(markdown: string): string[] {
  const inline = [...markdown.replaceAll(/```.*?```/gs, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...inline, ...shellLines(markdown)];
}

/** The cells of a document's tables, a row each. */
export function tableRows(markdown: string): string[][] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s|:-]+\|$/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
