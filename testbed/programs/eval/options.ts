import { parseArgs } from 'node:util';
import { DEFAULT_DIALECT, type Dialect, DIALECTS, isDialect } from '../../fakes/bedrock';

export interface EvalOptions {
  /** Empty: all that have scenarios. */
  readonly agents: readonly string[];
  readonly only: string | undefined;
  readonly dialect: Dialect;
  readonly concurrency: number;
  readonly repeat: number;
  readonly verbose: boolean;
  readonly junit: string | undefined;
  readonly results: string | undefined;
  readonly html: string | undefined;
  readonly summary: string | undefined;
  /** Each known fault is put in, and must be found by the scenario that is there to find it. */
  readonly seededFaults: boolean;
}

export const EVAL_HELP = `npm run eval -- [agent …] [options]

Runs the scenarios of agents/<name>/scenarios/*.yaml: the real bot, its tools mocked where a scenario says so, and a model
that plays the part the scenario gives it. Without an agent: all that have scenarios.

  -s, --scenario TEXT     only those whose file/name has TEXT in it
  -c, --concurrency N     calls at once, each on a bot of its own [4]
  -r, --repeat N          each so often; one failure is a failure [1]
      --dialect NAME      how the model behaves: live, as the service was seen, or documented [${DEFAULT_DIALECT}]
  -v, --verbose           the talk of each call, too
      --junit FILE        JUnit XML
      --results FILE      results.jsonl, in Pipecat's shape
      --html DIR          a page to look at: both sides' sound on one line of time, failures first
      --summary FILE      adds a summary in Markdown, such as a GitHub job's
      --seeded-faults     puts in each known fault in turn and says whether its scenario finds it
      --help

Exit: 0 all passed (with --seeded-faults: all were found), 1 a scenario failed, 2 usage or a scenario file, 3 could not run, 130 stopped.`;

/** @throws Error with one line for the user when an option is unknown or wrong */
export function parseOptions(argv: readonly string[]): EvalOptions | 'help' {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      scenario: { type: 'string', short: 's' },
      concurrency: { type: 'string', short: 'c', default: '4' },
      repeat: { type: 'string', short: 'r', default: '1' },
      dialect: { type: 'string', default: DEFAULT_DIALECT },
      verbose: { type: 'boolean', short: 'v', default: false },
      junit: { type: 'string' },
      results: { type: 'string' },
      html: { type: 'string' },
      summary: { type: 'string' },
      'seeded-faults': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const { scenario: only, dialect, verbose, junit, results, html, summary, 'seeded-faults': seededFaults } = values;
  if (!isDialect(dialect)) throw new Error(`--dialect must be ${Object.keys(DIALECTS).join(' or ')}`);
  const concurrency = wholeNumber('--concurrency', values.concurrency, 16);
  const repeat = wholeNumber('--repeat', values.repeat, 1_000);
  return {
    agents: positionals,
    only,
    dialect,
    concurrency,
    repeat,
    verbose,
    junit,
    results,
    html,
    summary,
    seededFaults,
  };
}

function wholeNumber(name: string, written: string, max: number): number {
  const value = Number(written);
  if (!Number.isInteger(value) || value < 1 || value > max)
    throw new Error(`${name} must be a number from 1 to ${max}`);
  return value;
}
