import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FILES } from './stack-workspace';

const FOOT = 'Values that terraform calls sensitive, and the inside of documents, are not shown.';

/** The reviews in a folder of plans (one folder a stack), in the order of their names. */
function pagesIn(folder: string): { stack: string; page: string }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => ({ stack: name.replace(/^plan-/, ''), file: path.join(folder, name, FILES.page) }))
    .filter(({ file }) => existsSync(file))
    .map(({ stack, file }) => ({ stack, page: readFileSync(file, 'utf8') }));
}

export const PLAN_MARKER = '<!-- voice-agent: plans -->';
export const DRIFT_MARKER = '<!-- voice-agent: drift -->';

/** What is posted in a pull request: every plan, and which of those expected are missing. */
export function planComment(folder: string, expected: readonly string[], runUrl: string): string {
  const pages = pagesIn(folder);
  const missing = expected.filter((stack) => !pages.some((one) => one.stack === stack));
  const failed = missing.map((stack) => `### \`${stack}\`: no plan\n\nSee [the run](${runUrl}).\n`);
  return ['## Terraform plans', ...pages.map(({ page }) => page), ...failed, `[Run](${runUrl}). ${FOOT}`].join('\n');
}

/** The issue's text about environments that differ from what is in the repository; undefined where none does. */
export function driftIssue(folder: string, expected: readonly string[], runUrl: string): string | undefined {
  const pages = pagesIn(folder);
  const differing = pages.filter(({ page }) => !/: no changes\n/.test(page));
  const missing = expected.filter((stack) => !pages.some((one) => one.stack === stack));
  if (differing.length === 0 && missing.length === 0) return undefined;
  return [
    'What is deployed is not what the repository says (test: the main branch; prod: the newest tag). Somebody changed it',
    'by hand, a release was rolled back, or has not been deployed: docs/releases.md, "Drift", says what to do.\n',
    ...differing.map(({ page }) => page),
    ...missing.map((stack) => `### \`${stack}\`: could not be planned\n`),
    `[Run](${runUrl}). ${FOOT}`,
  ].join('\n');
}
