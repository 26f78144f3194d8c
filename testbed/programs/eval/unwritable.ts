import { appendFileSync } from 'node:fs';
import type { EvalOptions } from './options';

/** Which of the files that a run is to end with cannot be written, before minutes are spent on it; undefined: none. */
export function unwritable(options: Pick<EvalOptions, 'junit' | 'results' | 'summary'>): string | undefined {
  for (const name of ['junit', 'results', 'summary'] as const) {
    const file = options[name];
    if (file === undefined) continue;
    try {
      appendFileSync(file, '');
    } catch (error) {
      return `--${name}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return undefined;
}
