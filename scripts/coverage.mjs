/** How much of the bot the tests run: unit and end-to-end together, since what drives a browser is shown by driving one. */
import { existsSync, readFileSync } from 'node:fs';

/** In percent. */
const FLOOR = { statements: 90, branches: 85, functions: 90, lines: 90 };

/** Prints the shares in a report of the kind `json-summary`. @returns whether they are above the floor */
export function holdsFloor(report) {
  if (!existsSync(report)) {
    console.error(`no report: ${report}`);
    return false;
  }
  const { total } = JSON.parse(readFileSync(report, 'utf8'));
  const kinds = Object.entries(FLOOR).map(([kind, floor]) => ({ kind, floor, share: total[kind].pct }));
  for (const { kind, floor, share } of kinds) console.log(`${kind.padEnd(11)} ${share} % (floor ${floor} %)`);
  return kinds.every(({ floor, share }) => share >= floor);
}
