/**
 * Whether a `.dockerignore` keeps a path (relative, with `/`) from the builder. As Docker reads it: patterns are rooted
 * at the context, the last one that matches the path or a folder above it decides, `!` lets in again, `**` is any number
 * of folders. Source: https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export function ignores(dockerignore: string): (path: string) => boolean {
  const rules = dockerignore
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ ignored: !line.startsWith('!'), pattern: toRegExp(line.replace(/^!/, '')) }));
  return (path) => {
    const parts = path.split('/');
    const above = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    return rules.findLast(({ pattern }) => above.some((one) => pattern.test(one)))?.ignored ?? false;
  };
}

function toRegExp(pattern: string): RegExp {
  const clean = pattern.replace(/^\//, '').replace(/\/$/, '');
  const source = clean.replaceAll(/\*\*\/|\*\*|\*|\?|[.+^${}()|[\]\\]/g, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    return `\\${part}`;
  });
  return new RegExp(`^${source}$`);
}
