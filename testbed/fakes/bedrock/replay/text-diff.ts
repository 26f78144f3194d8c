const MAX_SHOWN = 20;
const MAX_QUOTED = 200;
/** Longer texts are not compared part by part. */
const MAX_PARTS = 400;

/** How a text differs from what it was: its parts that are gone (`-`) and new (`+`), each between its neighbours (` `). */
export function textDiff(before: string, now: string): readonly string[] {
  const [old, fresh] = [partsOf(before), partsOf(now)];
  if (old.length > MAX_PARTS || fresh.length > MAX_PARTS) return [];
  const all = edits(old, fresh);
  const isNear = (at: number): boolean => [-1, 0, 1].some((by) => /^[+-]/.test(all[at + by] ?? ' '));
  const shown = all.filter((_, at) => isNear(at)).map(short);
  const more = shown.length - MAX_SHOWN;
  return more > 0 ? [...shown.slice(0, MAX_SHOWN), `… ${more} more`] : shown;
}

/** Sentences and lines: a prompt may be one long line. */
function partsOf(text: string): readonly string[] {
  return text.split(/(?<=[.!?])\s+|\n+/).filter((part) => part !== '');
}

/** By the longest common subsequence. */
function edits(old: readonly string[], fresh: readonly string[]): readonly string[] {
  const common = Array.from({ length: old.length + 1 }, () => new Uint16Array(fresh.length + 1));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = fresh.length - 1; j >= 0; j -= 1) {
      const row = common[i];
      if (row !== undefined) row[j] = old[i] === fresh[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < fresh.length) {
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) {
      lines.push(` ${old[i]}`);
      i += 1;
      j += 1;
    } else if (i < old.length && (j >= fresh.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(`-${old[i]}`);
      i += 1;
    } else {
      lines.push(`+${fresh[j]}`);
      j += 1;
    }
  }
  return lines;
}

const short = (line: string): string => (line.length > MAX_QUOTED ? `${line.slice(0, MAX_QUOTED)}…` : line);
