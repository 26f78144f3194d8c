import type { RunAbout } from './about';
import type { GoalRow } from '../figures';
import { goalsOf } from './goal-lines';
import { countsOf, summaryLines } from './lines';
import type { RunResult } from './result';

const MAX_ROWS = 50;
const MAX_CELL = 300;

/** A job's summary in GitHub's Markdown: counts, what failed, and what the mode proves. */
export function markdownSummary(results: readonly RunResult[], about: RunAbout): string {
  const { failed, stale, errors } = countsOf(results);
  const goals = goalsOf(results, about);
  const isMissed = goals.some(({ outcome }) => outcome === 'missed');
  const wrong = results.filter(({ outcome }) => outcome !== 'pass' && outcome !== 'not-run');
  const [counts = ''] = summaryLines(results, about);
  const rows = wrong.slice(0, MAX_ROWS).map(({ agent, scenario, outcome, failures }) => {
    const why = failures.map(({ turn, detail }) => `${turn === undefined ? '' : `turn ${turn + 1}: `}${detail}`);
    return `| ${cell(agent)} | ${cell(scenario)} | ${outcome} | ${cell(why.join('; '))} |`;
  });
  return [
    `### ${failed + stale + errors > 0 || isMissed ? '❌' : '✅'} Evals, ${about.mode}: ${counts}`,
    '',
    ...(rows.length === 0 ? [] : ['| agent | scenario | outcome | why |', '| --- | --- | --- | --- |', ...rows, '']),
    ...goalTable(goals),
    ...(wrong.length > MAX_ROWS ? [`${wrong.length - MAX_ROWS} more are in the log.`, ''] : []),
    `Model: ${cell(about.model)}. It proves ${about.proves}.`,
    '',
  ].join('\n');
}

const OUTCOME = { held: '✅', missed: '❌', 'not-judged': 'not judged', reported: '' } as const;

function goalTable(rows: readonly GoalRow[]): readonly string[] {
  if (rows.length === 0) return [];
  const lines = rows.map(
    ({ figure, seen, goal, outcome }) => `| ${cell(figure)} | ${cell(seen)} | ${cell(goal)} | ${OUTCOME[outcome]} |`,
  );
  return ['| figure | seen | goal | |', '| --- | --- | --- | --- |', ...lines, ''];
}

/** Text as a cell shows it. */
function cell(text: string): string {
  const short = text.length > MAX_CELL ? `${text.slice(0, MAX_CELL)}…` : text;
  return short.replace(/[\\`*_[\]<>|]/g, String.raw`\$&`).replace(/\s+/g, ' ');
}
