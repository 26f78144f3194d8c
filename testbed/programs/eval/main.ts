import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../../contract/make-folder';
import {
  countsOf,
  jsonLines,
  junitXml,
  markdownSummary,
  type RunResult,
  runLines,
  summaryLines,
} from '../../../evals/report';
import { faultJobs, findJobs, type Job } from './jobs';
import { EVAL_HELP, type EvalOptions, parseOptions } from './options';
import { evalPage } from './report-page/page';
import { runJobs } from './run-jobs';
import { hasFound, searchLines } from './search';
import { talkOf } from './talk';

/*
 * `npm run eval`: see EVAL_HELP.
 */
const EXIT = { passed: 0, failed: 1, usage: 2, couldNotRun: 3, stopped: 130 } as const;

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
  return typeof all === 'string' ? all : faultJobs(all, options.only);
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
  writeReports(results, options);
  if (options.seededFaults) {
    console.log(`${found} of ${results.length} seeded faults were found`);
    return found === results.length ? EXIT.passed : EXIT.failed;
  }
  for (const line of summaryLines(results, 'offline')) console.log(line);
  const { failed, errors } = countsOf(results);
  return failed > 0 ? EXIT.failed : errors > 0 ? EXIT.couldNotRun : EXIT.passed;
}

function writeReports(
  results: readonly RunResult[],
  { dialect, junit, results: file, html, summary }: EvalOptions,
): void {
  const model = `stand-in, ${dialect}`;
  if (junit !== undefined) writeFileSync(junit, junitXml(results, 'offline', model));
  if (file !== undefined) writeFileSync(file, jsonLines(results, 'offline'));
  if (summary !== undefined) appendFileSync(summary, markdownSummary(results, 'offline', model));
  if (html === undefined) return;
  makeFolder(html);
  const page = path.join(html, 'index.html');
  writeFileSync(page, evalPage(results, 'offline', model));
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
