import { type GoalRow, goalRows } from '../figures';
import type { RunAbout } from './about';
import type { RunResult } from './result';

const MARK = { held: '✓', missed: '✗', 'not-judged': '?', reported: ' ' } as const;

/** The figures of a run, beside their goals: of one in which the stand-in speaks, as it alone says when it did. */
export function goalsOf(results: readonly RunResult[], { mode }: Pick<RunAbout, 'mode'>): readonly GoalRow[] {
  if (mode !== 'offline') return [];
  // A call that could not be judged is not measured either.
  const judged = results.filter(({ outcome }) => outcome === 'pass' || outcome === 'fail');
  return goalRows(judged.flatMap(({ call }) => call?.samples ?? []));
}

/** As a terminal shows them. */
export function goalLines(rows: readonly GoalRow[]): readonly string[] {
  const width = Math.max(0, ...rows.map(({ figure }) => figure.length));
  return rows.map(({ figure, seen, goal, outcome }) => {
    const beside =
      goal === ''
        ? ''
        : `  goal ${goal}${outcome === 'not-judged' ? ', not judged: in too few calls the machine had time' : ''}`;
    return `${MARK[outcome]} ${figure.padEnd(width)}  ${seen}${beside}`;
  });
}
