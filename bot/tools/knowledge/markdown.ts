import type { Token, Tokens } from 'marked' with { 'resolution-mode': 'import' };
import { type Passage, passagesOf } from './passage';

/** Passages of a Markdown file: by its headings; tables row by row; code, images and addresses of links are left out. */
export async function readMarkdown(markdown: string, source: string): Promise<Passage[]> {
  const { lexer } = await import('marked');
  const headings: string[] = [];
  const passages: Passage[] = [];
  let text: string[] = [];
  const flush = (): void => {
    passages.push(...passagesOf(text.join('\n'), headings.filter((heading) => heading !== '').join(' > '), source));
    text = [];
  };
  for (const token of lexer(withoutFrontMatter(markdown))) {
    if (token.type === 'heading') {
      flush();
      const { depth } = token as Tokens.Heading;
      headings.length = Math.min(headings.length, depth - 1);
      while (headings.length < depth - 1) headings.push('');
      headings.push(textOf(token).trim());
    } else text.push(textOf(token));
  }
  flush();
  return passages;
}

/** Metadata of other programs, at the top between lines of dashes. */
function withoutFrontMatter(markdown: string): string {
  return markdown.replace(/^\uFEFF?---\r?\n[\s\S]*?\r?\n---\r?\n/, '');
}

function textOf(token: Token): string {
  switch (token.type) {
    case 'code':
    case 'image':
    case 'hr':
    case 'def':
      return '';
    case 'html':
      return token.raw.replaceAll(/<[^>]*>/g, ' ');
    case 'br':
    case 'space':
      return '\n';
    case 'table':
      return rowsOf(token as Tokens.Table);
    case 'list':
      return (token as Tokens.List).items.map((item) => sentence(inner(item.tokens))).join('\n');
    case 'blockquote':
    case 'paragraph':
      return sentence(inner(token.tokens));
    case 'link':
    case 'heading':
    case 'strong':
    case 'em':
    case 'del':
      return inner(token.tokens);
    default: {
      const { tokens, text } = token as { readonly tokens?: readonly Token[]; readonly text?: string };
      return tokens === undefined ? unescaped(text ?? '') : inner(tokens);
    }
  }
}

function inner(tokens: readonly Token[] | undefined): string {
  return (tokens ?? []).map(textOf).join('');
}

/** A row is a sentence of its own, in which each cell has its column's name. */
function rowsOf({ header, rows }: Tokens.Table): string {
  const names = header.map((cell) => inner(cell.tokens).trim());
  return rows
    .map((row) => {
      const cells = row.map((cell, column) => {
        const value = inner(cell.tokens).trim();
        const name = names[column] ?? '';
        return value === '' || name === '' ? value : `${name}: ${value}`;
      });
      return sentence(cells.filter((cell) => cell !== '').join(', '));
    })
    .join('\n');
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?।:;,]["”’)]?$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

function unescaped(text: string): string {
  return text
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'");
}
