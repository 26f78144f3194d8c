/** How much of the bot the tests run: unit and end-to-end together, since what drives a browser is shown by driving one. */
import { existsSync, readFileSync } from 'node:fs';
import coverage from 'istanbul-lib-coverage';

/** In percent. */
const FLOOR = { statements: 90, branches: 85, functions: 90, lines: 90 };

/** Prints the share that the reports together cover. @returns whether it is above the floor */
export function holdsFloor(reports) {
  const missing = reports.filter((report) => !existsSync(report));
  if (missing.length > 0) {
    console.error(`no report: ${missing.join(', ')}`);
    return false;
  }
  const map = coverage.createCoverageMap({});
  for (const report of reports) map.merge(JSON.parse(readFileSync(report, 'utf8')));
  const summary = map.getCoverageSummary();
  const kinds = Object.entries(FLOOR).map(([kind, floor]) => ({ kind, floor, share: summary[kind].pct }));
  for (const { kind, floor, share } of kinds) console.log(`${kind.padEnd(11)} ${share} % (floor ${floor} %)`);
  return kinds.every(({ floor, share }) => share >= floor);
}
