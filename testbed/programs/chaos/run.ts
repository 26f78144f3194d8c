import { metric, openConnectionsTo, span } from '../../processes';
import { runWithFault, type ChaosCall, type ChaosOutcome } from './call';
import { seeded, shuffled } from '../../random';
import { drainedPolitely, endedAtOnce, longOutage, shortCredentials, type ChaosScenario } from './scenarios';
import { quantile, rowOf, tagOf, type ChaosRow } from './row';
import { CHAOS, type ChaosCase } from './table';
import { ChaosEnvironment } from './environment';

export interface ChaosOptions {
  /** The same seed gives the same order, moments and pauses. */
  readonly seed: number;
  /** Calls of each row. */
  readonly calls: number;
  /** Calls at the same time. */
  readonly atOnce: number;
  /** Streams are replaced this often as a matter of course: few seconds let faults meet rotations. */
  readonly rotateSeconds: number;
  /** Only rows whose names contain this. */
  readonly only?: string;
  /** Hears of each row as it is done. */
  readonly onRow?: (row: ChaosRow) => void;
}

export interface ChaosReport {
  readonly seed: number;
  readonly rows: readonly ChaosRow[];
  readonly totals: {
    readonly calls: number;
    readonly recovered: number;
    readonly saidAloud: number;
    /** By their callers. */
    readonly left: number;
    readonly lost: number;
  };
  /** Over all recovered calls, what is left of an outage itself taken out. */
  readonly hearingAgainP95Ms: number;
  readonly longestSilenceMs: number;
  readonly rotations: number;
  /** Everything that must not be: empty is what a good run gives. */
  readonly failures: readonly string[];
}

const HEARING_AGAIN_P95_MS = 2_000;
const EMPTY_WITHIN_MS = 90_000;
/** No call of the table lasts longer: with streams that last as long, none meets a rotation. */
const LONGEST_CALL_S = 60;

/** Runs the fault table against a bot in a process of its own, many calls at a time. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const random = seeded(options.seed);
  const chosen = CHAOS.filter(({ name }) => name.includes(options.only ?? ''));
  const failures: string[] = [];
  const rows: ChaosRow[] = [];
  const recoveries: number[] = [];
  const done = (row: ChaosRow): void => {
    rows.push(row);
    failures.push(...row.problems.map((problem) => `${row.fault}: ${problem}`));
    options.onRow?.(row);
  };
  let rotations = 0;
  if (chosen.length > 0) {
    const environment = await ChaosEnvironment.start(2 * (options.atOnce + options.calls), {
      NOVA_SONIC_ROTATE_SECONDS: String(options.rotateSeconds),
    });
    try {
      for (const [row, again] of await apart(
        environment,
        chosen.filter(({ together }) => together === undefined),
        options,
        random,
      )) {
        recoveries.push(...again);
        done(row);
      }
      for (const one of chosen.filter(({ together }) => together !== undefined)) {
        const outcomes = await together(environment, one, options.calls, random);
        recoveries.push(...recoveriesOf(one, outcomes));
        done(rowOf(one, outcomes));
      }
      rotations = await metric(environment.bot.url, 'model_events_total{event="rotations"}');
      failures.push(...(await leftovers(environment)));
    } finally {
      const code = await environment.stop();
      if (code !== 0) failures.push(`the bot's process ended with ${String(code)}`);
    }
  }
  const ownEnvironment: readonly ChaosScenario[] = [longOutage, shortCredentials, drainedPolitely, endedAtOnce];
  for (const scenario of ownEnvironment.filter(({ title }) => title.includes(options.only ?? ''))) {
    done(await scenario.run(options.calls, random));
  }
  const hearingAgainP95Ms = quantile(recoveries, 0.95);
  if (hearingAgainP95Ms > HEARING_AGAIN_P95_MS) {
    failures.push(`p95 to hearing again is ${Math.round(hearingAgainP95Ms)} ms: more than ${HEARING_AGAIN_P95_MS}`);
  }
  const sum = (key: 'calls' | 'recovered' | 'saidAloud' | 'left' | 'lost'): number =>
    rows.reduce((all, row) => all + row[key], 0);
  return {
    seed: options.seed,
    rows,
    totals: {
      calls: sum('calls'),
      recovered: sum('recovered'),
      saidAloud: sum('saidAloud'),
      left: sum('left'),
      lost: sum('lost'),
    },
    hearingAgainP95Ms,
    longestSilenceMs: Math.max(0, ...rows.map(({ longestSilenceMs }) => longestSilenceMs)),
    rotations,
    failures,
  };
}

/** All rows at the same time, mixed: each call has a stream, and a fault, of its own. */
async function apart(
  environment: ChaosEnvironment,
  cases: readonly ChaosCase[],
  { calls, atOnce, rotateSeconds }: ChaosOptions,
  random: () => number,
): Promise<[ChaosRow, number[]][]> {
  const outcomes = new Map<ChaosCase, ChaosOutcome[]>(cases.map((one) => [one, []]));
  const tasks = shuffled(
    cases.flatMap((one) => Array.from({ length: calls }, () => one)),
    random,
  ).map((one, i) => ({ one, tag: tagOf(i), random: seeded(Math.floor(random() * 2 ** 32)) }));
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let task = tasks[next++]; task !== undefined; task = tasks[next++]) {
      const outcome = await runSafely(environment, task.tag, task.one, task.random);
      outcomes.get(task.one)?.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, tasks.length) }, lane));
  const isRotating = rotateSeconds < LONGEST_CALL_S;
  return [...outcomes].map(([one, list]) => [rowOf(one, list, isRotating), recoveriesOf(one, list)]);
}

/** One row alone: its fault meets all of its calls at the same moment. */
async function together(
  environment: ChaosEnvironment,
  one: ChaosCase,
  count: number,
  random: () => number,
): Promise<ChaosOutcome[]> {
  const inPlace: ChaosCall[] = [];
  let struck: Promise<void> | undefined;
  const inject = async (call: ChaosCall): Promise<void> => {
    inPlace.push(call);
    if (inPlace.length === count) struck = one.together?.(environment, inPlace);
    await struck;
  };
  const fault = { at: one.fault.at, inject };
  const calls = Array.from({ length: count }, (_, i) =>
    runSafely(environment, tagOf(i), { ...one, fault }, () => random() / 4),
  );
  const outcomes = await Promise.all(calls);
  environment.sandbox.clearFaults();
  return outcomes.map((outcome) => ({ ...outcome, noticedMs: byOneClock(outcome.noticedMs, one.clockAheadMs) }));
}

/** A loss may have been logged before the bot's clock went ahead, or after. */
function byOneClock(noticedMs: number | undefined, aheadMs = Infinity): number | undefined {
  return noticedMs === undefined || noticedMs < aheadMs ? noticedMs : noticedMs - aheadMs;
}

/** A caller who cannot even connect is lost, too. */
async function runSafely(
  environment: ChaosEnvironment,
  tag: string,
  one: ChaosCase,
  random: () => number,
): Promise<ChaosOutcome> {
  try {
    return await runWithFault(environment, tag, one.fault, random);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ...NOTHING, outcome: 'lost', why };
  }
}

const NOTHING = {
  hearingAgainMs: undefined,
  noticedMs: undefined,
  longestSilenceMs: 0,
  repeated: 0,
  missing: 0,
} as const;

function recoveriesOf({ outageMs = 0 }: ChaosCase, outcomes: readonly ChaosOutcome[]): number[] {
  return outcomes.flatMap(({ outcome, hearingAgainMs }) =>
    outcome === 'recovered' && hearingAgainMs !== undefined ? [Math.max(0, hearingAgainMs - outageMs)] : [],
  );
}

/** What is still there when every call is over. */
async function leftovers({ bot, sandbox }: ChaosEnvironment): Promise<string[]> {
  const deadlineMs = performance.now() + EMPTY_WITHIN_MS;
  while ((await metric(bot.url, 'calls_active')) > 0 && performance.now() < deadlineMs) await span(500);
  // A goodbye to the model may take a second.
  await span(1_500);
  const problems: string[] = [];
  const calls = await metric(bot.url, 'calls_active');
  if (calls > 0) problems.push(`${calls} calls are left`);
  const connections = openConnectionsTo(Number(new URL(sandbox.url).port)) ?? sandbox.connections;
  if (connections > 0) problems.push(`${connections} connections to the model are left`);
  const failed = await metric(bot.url, 'process_failures_total');
  if (failed > 0) problems.push(`${failed} uncaught exceptions`);
  return problems;
}
