/** Names of a text's `{{variables}}`, in order. */
export const variablesNamedIn = (text: string): string[] => namedIn(text, /\{\{\s*([^{}]*?)\s*\}\}/g);

/** Names of a text's `{arguments}`, in order. */
export const argumentsNamedIn = (text: string): string[] => namedIn(text, /\{([^{}]*)\}/g);

/** Whether a text has a `{{` that nothing closes. */
export const hasOpenBraces = (text: string): boolean => text.replaceAll(/\{\{[^{}]*\}\}/g, '').includes('{{');

const namedIn = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, name = '']) => name).filter((name, at, all) => all.indexOf(name) === at);
