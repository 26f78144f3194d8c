import { parseArgs } from 'node:util';
import type { Mode } from '../../../evals/report';
import type { Scenario } from '../../../evals/scenario';
import { DEFAULT_DIALECT, type Dialect, DIALECTS, isDialect } from '../../fakes/bedrock';

const MODES: readonly Exclude<Mode, 'deployed'>[] = ['offline', 'replay', 'live'];
/** Calls at once: with more, two processors are too late for times to be judged; a replay mostly waits. */
const CONCURRENCY = { offline: '6', replay: '10', live: '4' };

export interface EvalOptions {
  readonly mode: Mode;
  /** Empty: all that have scenarios. */
  readonly agents: readonly string[];
  readonly only: string | undefined;
  /** Undefined: scripts and simulations. */
  readonly kind: Scenario['kind'] | undefined;
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
  /** Of each scenario that passes, its model's streams are kept in agents/<name>/cassettes/. */
  readonly recordCassettes: boolean;
  /** Live: how often each scenario is run and must pass, in place of what it says itself. */
  readonly runs: number | undefined;
  readonly pass: number | undefined;
  readonly budgetUsd: number;
  /** Of Bedrock, by its id. */
  readonly judgeModel: string | undefined;
  /** Of Bedrock, by its id; undefined: the judge's. */
  readonly simulatorModel: string | undefined;
  /** Verdicts of earlier runs are taken, and those of this one kept. */
  readonly keepsVerdicts: boolean;
}

export const EVAL_HELP = `npm run eval -- [agent …] [options]

Runs the scenarios of agents/<name>/scenarios/*.yaml: the real bot, its tools mocked where a scenario says so, and a model
that plays the part the scenario gives it. Without an agent: all that have scenarios.

      --mode MODE         offline: a scripted model; replay: what was recorded, in agents/<name>/cassettes/;
                          live: the model of your AWS account, which costs [offline]
  -s, --scenario TEXT     only those whose file/name has TEXT in it
  -k, --kind KIND         only each script, or each simulation, whose caller is a persona
  -c, --concurrency N     calls at once, each on a bot of its own [6; replay: 10, live: 4]
  -r, --repeat N          each so often; one failure is a failure [1]
      --dialect NAME      how the model behaves: live, as the service was seen, or documented [${DEFAULT_DIALECT}]
  -v, --verbose           the talk of each call, too
      --junit FILE        JUnit XML
      --results FILE      results.jsonl, in Pipecat's shape
      --html DIR          a page to look at: both sides' sound on one line of time, failures first
      --summary FILE      adds a summary in Markdown, such as a GitHub job's
      --seeded-faults     puts in each known fault in turn and says whether its scenario finds it
      --record-cassettes  keeps the model's streams of each call that passes, in place of those there are
      --runs N            live: each scenario so often [what it says, or 3]
      --pass K            live: and so often it must pass [what it says, or each time]
      --budget-usd USD    live: nothing is begun that may cost more [2]
      --judge-model ID    live: the text model of your account that judges criteria (eval:)
      --simulator-model ID  live: the text model that plays the personas of simulations [the judge's]
      --no-cache          live: the judge is asked what it was asked in the last 30 days, too
      --help

Exit: 0 all passed (with --seeded-faults: all were found), 1 a scenario failed, 2 usage, a scenario or a recording,
3 could not be held or judged, or would cost too much, 4 nothing failed, but a recording no longer fits what the bot does, 130 stopped.`;

/** @throws Error with one line for the user when an option is unknown or wrong */
export function parseOptions(argv: readonly string[]): EvalOptions | 'help' {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      scenario: { type: 'string', short: 's' },
      kind: { type: 'string', short: 'k' },
      mode: { type: 'string', default: 'offline' },
      concurrency: { type: 'string', short: 'c' },
      repeat: { type: 'string', short: 'r', default: '1' },
      dialect: { type: 'string', default: DEFAULT_DIALECT },
      verbose: { type: 'boolean', short: 'v', default: false },
      junit: { type: 'string' },
      results: { type: 'string' },
      html: { type: 'string' },
      summary: { type: 'string' },
      'seeded-faults': { type: 'boolean', default: false },
      'record-cassettes': { type: 'boolean', default: false },
      runs: { type: 'string' },
      pass: { type: 'string' },
      'budget-usd': { type: 'string', default: '2' },
      'judge-model': { type: 'string' },
      'simulator-model': { type: 'string' },
      'no-cache': { type: 'boolean' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const { scenario: only, dialect, verbose, junit, results, html, summary, 'seeded-faults': seededFaults } = values;
  if (!isDialect(dialect)) throw new Error(`--dialect must be ${Object.keys(DIALECTS).join(' or ')}`);
  const mode = MODES.find((one) => one === values.mode);
  if (mode === undefined) throw new Error('--mode must be offline, replay or live');
  const { kind } = values;
  if (kind !== undefined && kind !== 'script' && kind !== 'simulation')
    throw new Error('--kind must be script or simulation');
  const recordCassettes = values['record-cassettes'];
  if (recordCassettes && (mode === 'replay' || seededFaults))
    throw new Error(
      `--record-cassettes records calls with a model: not with ${mode === 'replay' ? '--mode replay' : '--seeded-faults'}`,
    );
  const concurrency = wholeNumber('--concurrency', values.concurrency ?? CONCURRENCY[mode], 16);
  const repeat = wholeNumber('--repeat', values.repeat, 1_000);
  if (seededFaults && mode === 'live')
    throw new Error('--seeded-faults puts faults around a bot that answers for nothing: not with --mode live');
  const forLive = (['runs', 'pass', 'judge-model', 'simulator-model', 'no-cache'] as const).find(
    (name) => values[name] !== undefined,
  );
  if (forLive !== undefined && mode !== 'live') throw new Error(`--${forLive} is for --mode live`);
  if (values['simulator-model'] !== undefined && values['judge-model'] === undefined)
    throw new Error('--simulator-model plays personas, whom --judge-model has to judge: name both');
  const optional = (name: 'runs' | 'pass'): number | undefined =>
    values[name] === undefined ? undefined : wholeNumber(`--${name}`, values[name], 20);
  const budgetUsd = Number(values['budget-usd']);
  if (!(budgetUsd > 0 && budgetUsd <= 1_000)) throw new Error('--budget-usd must be a number of dollars up to 1000');
  return {
    runs: optional('runs'),
    pass: optional('pass'),
    budgetUsd,
    judgeModel: values['judge-model'],
    simulatorModel: values['simulator-model'],
    kind,
    keepsVerdicts: values['no-cache'] !== true,
    mode,
    recordCassettes,
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
