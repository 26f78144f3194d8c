import {
  countsOf,
  goalLines,
  goalsOf,
  live,
  offline,
  replay,
  type RunAbout,
  type RunResult,
  runLines,
  summaryLines,
} from '../../../evals/report';
import { writeReports } from '../../../evals/report-page';
import { seriesLines, seriesOf, type SeriesResult } from '../../../evals/live';
import { EXIT, exitCodeOf, exitCodeOfSeries } from './exit-code';
import { faultJobs } from './fault-jobs';
import { findJobs, type Job, wrongTools } from './jobs';
import { LiveRun, seriesFor } from './live-run';
import { EVAL_HELP, type EvalOptions, parseOptions } from './options';
import { runJobs } from './run-jobs';
import { hasFound, searchLines } from './search';
import { talkOf } from './talk';
import { unwritable } from './unwritable';

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
  const jobs = unwritable(options) ?? jobsFor(options);
  if (typeof jobs === 'string') {
    console.error(jobs);
    return EXIT.usage;
  }
  const wrong = await wrongTools(jobs);
  if (wrong.length > 0) {
    console.error(wrong.join('\n'));
    return EXIT.usage;
  }
  if (options.mode !== 'live') return runAll(jobs, options);
  let account: LiveRun;
  try {
    account = await LiveRun.open(jobs, options, process.env);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return EXIT.couldNotRun;
  }
  return runAll(jobs, options, account);
}

function jobsFor(options: EvalOptions): readonly Job[] | string {
  if (!options.seededFaults) return findJobs(options);
  const all = findJobs({ ...options, only: undefined, kind: undefined });
  return typeof all === 'string' ? all : faultJobs(all, options);
}

async function runAll(jobs: readonly Job[], options: EvalOptions, account?: LiveRun): Promise<number> {
  const results: RunResult[] = [];
  let found = 0;
  const tell = (result: RunResult, { fault }: Job): void => {
    results.push(result);
    if (fault !== undefined && hasFound(fault, result)) found += 1;
    for (const line of fault === undefined ? runLines(result) : searchLines(fault, result)) console.log(line);
    if (options.verbose) for (const line of talkOf(result)) console.log(`    ${line}`);
  };
  await runJobs(jobs, options, tell, account);
  account?.models.close();
  console.log();
  const about = aboutOf(results, options, account);
  const page = writeReports(results, about, options);
  if (page !== undefined) console.log(`the calls: ${page}`);
  if (options.seededFaults) {
    console.log(`${found} of ${results.length} seeded faults were found`);
    return found === results.length ? EXIT.passed : EXIT.failed;
  }
  const goals = goalsOf(results, about);
  const series = account === undefined ? [] : seriesIn(results, jobs, options);
  for (const line of account === undefined ? [] : [...seriesLines(series), about.model]) console.log(line);
  const { all = 0, known = 0 } = account?.models.judge?.questions ?? {};
  if (known > 0) console.log(`${known} of ${all} verdicts are of earlier runs (--no-cache asks for all)`);
  for (const line of [...goalLines(goals), ...(goals.length > 0 ? [''] : []), ...summaryLines(results, about)])
    console.log(line);
  if (countsOf(results).stale > 0) console.log(RECORD_AGAIN);
  return account === undefined ? exitCodeOf(results, goals) : exitCodeOfSeries(series);
}

/** The runs of each scenario that was run at all. */
function seriesIn(results: readonly RunResult[], jobs: readonly Job[], options: EvalOptions): readonly SeriesResult[] {
  return jobs.flatMap(({ agent, scenario }) => {
    const own = results.filter(
      (one) => one.agent === agent && one.scenario === scenario.id && one.outcome !== 'not-run',
    );
    const { runs, pass } = seriesFor(scenario, options);
    return own.length === 0 ? [] : [seriesOf(own, { runs: runs * options.repeat, pass: pass * options.repeat })];
  });
}

function aboutOf(results: readonly RunResult[], { mode, dialect }: EvalOptions, account?: LiveRun): RunAbout {
  const recorded = results.flatMap((one) => one.recorded ?? []);
  if (account !== undefined) return { ...live(recorded, account.models.spentUsd), ...account.models.names };
  return mode === 'offline' ? offline(dialect) : replay(recorded);
}

// Whoever reads no further (`| head`) has not stopped the run, and its exit code stays its own.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.once('SIGINT', () => process.exit(EXIT.stopped));
main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(EXIT.couldNotRun);
  },
);
