import { readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../../../..');

/** One place of the bot's code, and what is there instead. */
export interface CodeChange {
  /** Relative to the repository. */
  readonly file: string;
  /** Stands in it exactly once. */
  readonly is: string;
  readonly becomes: string;
}

/**
 * The file's text with the change.
 * @throws Error where the place is not there exactly once: the code has moved on, and the fault has to follow it
 */
export function changedText({ file, is, becomes }: CodeChange): string {
  const parts = readFileSync(path.join(ROOT, file), 'utf8').split(is);
  const [before = '', after = ''] = parts;
  if (parts.length === 2) return before + becomes + after;
  throw new Error(
    `${file} has ${parts.length - 1} times, not once:\n  ${is}\nThe fault of seeded-faults/code-faults.ts that changes it needs another place.`,
  );
}
