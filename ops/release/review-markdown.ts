import type { Action, Review } from './review';

const SIGNS: Readonly<Record<Action, string>> = { create: '+', update: '~', replace: '±', delete: '−' };
/** A comment on GitHub holds 65,536 characters; several plans share one. */
const MOST_CHARACTERS = 14_000;

/** One line: `2 to add, 1 to change, 0 to replace, 0 to destroy`. */
export function summaryOf({ changes }: Review): string {
  const count = (action: Action): number => changes.filter((change) => change.action === action).length;
  return `${count('create')} to add, ${count('update')} to change, ${count('replace')} to replace, ${count('delete')} to destroy`;
}

/** A plan as Markdown: its summary, what would be lost, and every change, folded away where there are many. */
export function reviewMarkdown(stack: string, review: Review): string {
  const { changes, outputs, dataLost } = review;
  if (changes.length === 0) {
    return outputs.length === 0
      ? `### \`${stack}\`: no changes\n`
      : `### \`${stack}\`: no resource changes\n\nOutputs: ${outputs.map((name) => `\`${name}\``).join(', ')}\n`;
  }
  const lost =
    dataLost.length === 0
      ? ''
      : `> **Data would be destroyed:** ${dataLost.map((address) => `\`${address}\``).join(', ')}\n\n`;
  const lines = changes.flatMap(({ address, action, attributes }) => [
    `${SIGNS[action]} ${address}`,
    ...attributes.map((attribute) => `    ${attribute}`),
  ]);
  const body = shorten(lines.map(escapeFence));
  const folded = changes.length > 12;
  return (
    `### \`${stack}\`: ${summaryOf(review)}\n\n${lost}` +
    (folded ? '<details><summary>Changes</summary>\n\n' : '') +
    `\`\`\`text\n${body}\n\`\`\`\n` +
    (folded ? '\n</details>\n' : '')
  );
}

function shorten(lines: readonly string[]): string {
  let length = 0;
  const kept = lines.filter((line) => (length += line.length + 1) <= MOST_CHARACTERS);
  const left = lines.length - kept.length;
  return [...kept, ...(left === 0 ? [] : [`… and ${left} more lines: they are in review.md of this run`])].join('\n');
}

/** A value must not end the block it is shown in. */
const escapeFence = (line: string): string => line.replaceAll('```', "'''");
