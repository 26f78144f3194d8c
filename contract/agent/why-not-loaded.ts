/** Why a module could not be loaded, in a sentence: loaders add stacks, counts and paths that say nothing more. */
export function whyNotLoaded(error: unknown, name: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const kind =
    error instanceof Error && /^(?!SyntaxError)[A-Z]\w{0,59}Error$/.test(error.name) ? `${error.name}: ` : '';
  const isMissing = (error as NodeJS.ErrnoException | null)?.code === 'MODULE_NOT_FOUND';
  if (isMissing && message.split('\n')[0]?.includes(`${name}/agent.ts'`) === true) return 'there is no such file';
  const text = message.replace(/\nRequire stack:[^]*$/, '').replace(/^Transform failed with \d+ errors?:\n/, '');
  if (text.includes('Top-level await')) return `${text}: it is loaded at once, and may wait for nothing`;
  return isMissing ? text : `${kind}${text}`;
}
