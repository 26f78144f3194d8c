/** Where something stands in a scenario file. Lines count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** What is wrong with a scenario file, each problem as `file:line: path: rule`. */
export class ScenarioError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ScenarioError';
    this.problems = problems;
  }
}

/** A problem as people and editors read it: one line, whatever a file has for a key. */
export function problemAt({ file, line }: Place, rule: string): string {
  return `${file}:${line}: ${rule.replaceAll(/\p{Cc}/gu, (control) => JSON.stringify(control).slice(1, -1))}`;
}

/** The known word that was probably meant: at most two letters away, and no more than a third of it. */
export function meant(written: string, known: Iterable<string>): string | undefined {
  let best: { readonly word: string; readonly away: number } | undefined;
  for (const word of known) {
    const away = lettersApart(written, word);
    if (away <= Math.max(1, Math.min(2, Math.floor(word.length / 3))) && (best === undefined || away < best.away)) {
      best = { word, away };
    }
  }
  return best?.word;
}

/** Levenshtein's distance, with two neighbours exchanged counting as one. */
function lettersApart(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      }
      next.push(least);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
