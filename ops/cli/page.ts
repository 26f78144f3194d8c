import type { Finding, Report, Status } from './report';

const MARKS: Readonly<Record<Status, string>> = {
  ok: 'ok      ',
  changed: 'done    ',
  planned: 'would   ',
  warning: 'WARNING ',
  failed: 'FAILED  ',
  unknown: 'unknown ',
  skipped: '-       ',
};
const INDENT = '  ';
const UNDER_MARK = INDENT + ' '.repeat(MARKS.ok.length + 1);

/** A report as a page for people: plain text, one finding a line, the fix under it. */
export function renderPage(title: string, report: Report): string {
  const lines = [title];
  for (const { title: heading, findings } of report.sections) {
    if (findings.length === 0) continue;
    lines.push('', heading, ...findings.flatMap(findingLines));
  }
  lines.push('', verdict(report));
  if (report.footer !== undefined) lines.push('', report.footer);
  return `${lines.join('\n')}\n`;
}

/** A finding as it stands on a page: its mark, what was found, and the fix under it. */
export function findingLines({ status, subject, text, fix }: Finding): string[] {
  const [first = '', ...rest] = `${subject}: ${text}`.split('\n');
  return [
    `${INDENT}${MARKS[status]} ${first}`,
    ...rest.map((line) => UNDER_MARK + line),
    ...(fix === undefined ? [] : `→ ${fix}`.split('\n').map((line) => UNDER_MARK + line)),
  ];
}

const WIDTH = 110;

/** A list that may be long as lines, the further ones deeper than the first. */
export function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined) lines.push(`${INDENT}${word}`);
    else if (last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${INDENT}${INDENT}${word}`);
  }
  return lines;
}

function verdict(report: Report): string {
  const findings = report.sections.flatMap((section) => section.findings);
  const count = (status: Status): number => findings.filter((finding) => finding.status === status).length;
  const [failed, warnings, unknown] = [count('failed'), count('warning'), count('unknown')];
  const rest = [
    ...(warnings === 0 ? [] : [plural(warnings, 'warning')]),
    ...(unknown === 0 ? [] : [`${unknown} could not be looked at`]),
  ];
  const first = failed === 0 ? 'All is well' : plural(failed, 'failure');
  return rest.length === 0 ? `${first}.` : `${first}, ${rest.join(', ')}.`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
