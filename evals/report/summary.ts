import { countsOf, summaryLines } from './lines';
import { type Mode, PROVES, type RunResult } from './result';

const MAX_ROWS = 50;
const MAX_CELL = 300;

/** A job's summary in GitHub's Markdown: counts, what failed, and what the mode proves. */
export function markdownSummary(results: readonly RunResult[], mode: Mode, model: string): string {
  const { failed, errors } = countsOf(results);
  const wrong = results.filter(({ outcome }) => outcome === 'fail' || outcome === 'error');
  const [counts = ''] = summaryLines(results, mode);
  const rows = wrong.slice(0, MAX_ROWS).map(({ agent, scenario, outcome, failures }) => {
    const why = failures.map(({ turn, detail }) => `${turn === undefined ? '' : `turn ${turn + 1}: `}${detail}`);
    return `| ${cell(agent)} | ${cell(scenario)} | ${outcome} | ${cell(why.join('; '))} |`;
  });
  return [
    `### ${failed + errors > 0 ? '❌' : '✅'} Evals, ${mode}: ${counts}`,
    '',
    ...(rows.length === 0 ? [] : ['| agent | scenario | outcome | why |', '| --- | --- | --- | --- |', ...rows, '']),
    ...(wrong.length > MAX_ROWS ? [`${wrong.length - MAX_ROWS} more are in the log.`, ''] : []),
    `Model: ${cell(model)}. It proves ${PROVES[mode]}.`,
    '',
  ].join('\n');
}

/** Text as a cell shows it. */
function cell(text: string): string {
  const short = text.length > MAX_CELL ? `${text.slice(0, MAX_CELL)}…` : text;
  return short.replace(/[\\`*_[\]<>|]/g, String.raw`\$&`).replace(/\s+/g, ' ');
}
