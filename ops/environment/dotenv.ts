/** What a `.env` file says. Problems name lines and never quote them. */
export interface Dotenv {
  readonly values: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
}

const ASSIGNMENT = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/s;

/**
 * Reads `NAME=value` lines: blanks and comments are skipped, `export` may stand in front, quotes around a value are
 * taken off, `\n`, `\"` and `\\` are understood within double quotes, and an unquoted value ends at ` #`. Nothing is
 * expanded: a `$` is a `$`.
 */
export function parseDotenv(text: string): Dotenv {
  const values = new Map<string, string>();
  const problems: string[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [, name, rest] = ASSIGNMENT.exec(line) ?? [];
    if (name === undefined || rest === undefined) {
      problems.push(`line ${index + 1} is not NAME=value`);
      continue;
    }
    const value = unquote(rest);
    if (value === undefined) problems.push(`line ${index + 1}: the quotes of ${name} do not match`);
    else if (values.has(name)) problems.push(`line ${index + 1}: ${name} is set a second time`);
    else values.set(name, value);
  }
  return { values, problems };
}

function unquote(rest: string): string | undefined {
  const quote = rest[0];
  if (quote !== '"' && quote !== "'") return rest.replace(/\s+#.*$/s, '').trim();
  const pattern = quote === '"' ? /^"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$/s : /^'([^']*)'\s*(?:#.*)?$/s;
  const inner = pattern.exec(rest)?.[1];
  if (inner === undefined || quote === "'") return inner;
  return inner.replaceAll(/\\(.)/gs, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}
