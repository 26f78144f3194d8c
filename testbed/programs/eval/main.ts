import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../../contract/make-folder';
import {
  countsOf,
  goalLines,
  goalsOf,
  jsonLines,
  junitXml,
  markdownSummary,
  offline,
  replay,
  type RunAbout,
  type RunResult,
  runLines,
  summaryLines,
} from '../../../evals/report';
import { EXIT, exitCodeOf } from './exit-code';
import { faultJobs, findJobs, type Job } from './jobs';
import { EVAL_HELP, type EvalOptions, parseOptions } from './options';
import { evalPage } from './report-page/page';
import { runJobs } from './run-jobs';
import { hasFound, searchLines } from './search';
import { talkOf } from './talk';

/*
 * `npm run eval`: see EVAL_HELP.
 */
const RECORD_AGAIN =
  'Stale: the bot does otherwise than it did, so what was recorded upon it proves nothing. Where that is meant, record again: npm run eval -- --record-cassettes';

async function main(): Promise<number> {
  let options: EvalOptions | 'help';
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return EXIT.usage;
  }
  if (options === 'help') {
    console.log(EVAL_HELP);
    return EXIT.passed;
  }
  const jobs = jobsFor(options);
  if (typeof jobs === 'string') {
    console.error(jobs);
    return EXIT.usage;
  }
  return runAll(jobs, options);
}

function jobsFor(options: EvalOptions): readonly Job[] | string {
  if (!options.seededFaults) return findJobs(options);
  const all = findJobs({ ...options, only: undefined });
  return typeof all === 'string' ? all : faultJobs(all, options);
}

async function runAll(jobs: readonly Job[], options: EvalOptions): Promise<number> {
  const results: RunResult[] = [];
  let found = 0;
  await runJobs(jobs, options, (result, { fault }) => {
    results.push(result);
    if (fault !== undefined && hasFound(fault, result)) found += 1;
    for (const line of fault === undefined ? runLines(result) : searchLines(fault, result)) console.log(line);
    if (options.verbose) for (const line of talkOf(result)) console.log(`    ${line}`);
  });
  console.log();
  const about = aboutOf(results, options);
  writeReports(results, about, options);
  if (options.seededFaults) {
    console.log(`${found} of ${results.length} seeded faults were found`);
    return found === results.length ? EXIT.passed : EXIT.failed;
  }
  const goals = goalsOf(results, about);
  for (const line of [...goalLines(goals), ...(goals.length > 0 ? [''] : []), ...summaryLines(results, about)])
    console.log(line);
  if (countsOf(results).stale > 0) console.log(RECORD_AGAIN);
  return exitCodeOf(results, goals);
}

function aboutOf(results: readonly RunResult[], { mode, dialect }: EvalOptions): RunAbout {
  return mode === 'offline' ? offline(dialect) : replay(results.flatMap(({ recorded }) => recorded ?? []));
}

function writeReports(
  results: readonly RunResult[],
  about: RunAbout,
  { junit, results: file, html, summary }: EvalOptions,
): void {
  if (junit !== undefined) writeFileSync(junit, junitXml(results, about));
  if (file !== undefined) writeFileSync(file, jsonLines(results, about));
  if (summary !== undefined) appendFileSync(summary, markdownSummary(results, about));
  if (html === undefined) return;
  makeFolder(html);
  const page = path.join(html, 'index.html');
  writeFileSync(page, evalPage(results, about));
  console.log(`the calls: ${page}`);
}

process.once('SIGINT', () => process.exit(EXIT.stopped));
main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(EXIT.couldNotRun);
  },
);
