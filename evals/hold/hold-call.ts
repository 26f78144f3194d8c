import { type Judge, judgeRun } from '../judge';
import { type Failure, failuresOf, outcomeOf, type RunResult } from '../report';
import { brokenLimits, type CallFacts, type Line, runScript, type ScriptRun } from '../run';
import type { Scenario, Script, Simulation } from '../scenario';
import { judgeSimulation, Persona, runSimulation, type SimulationRun } from '../simulation';
import type { TextModel } from '../text-model';

/** Who judges what only can be judged in words, and who plays personas. */
export interface TextModels {
  /** Undefined: criteria are counted as not judged. */
  readonly judge?: Judge | undefined;
  readonly simulator?: TextModel | undefined;
}

/** What is known of a call that is over. */
export interface CallSeen {
  readonly facts: CallFacts;
  /** Why its caller, or the machine, was late, where it was. */
  readonly late: string | undefined;
  /** What is wrong by whoever carried the call. */
  readonly complaints: readonly string[];
}

type Judged = Pick<RunResult, 'failures' | 'notJudged' | 'outcome' | 'simulation'>;

/** A call that was held, and is yet to be judged. */
export interface CallHeld {
  readonly run: ScriptRun;
  /** Never rejects. */
  judge(seen: CallSeen): Promise<Judged>;
}

/**
 * Holds the call of a scenario, by its script or with its persona, and hangs up.
 * @param onTurn hears of each turn of a script before it is sent, or only watched
 * @throws Error where a turn cannot be sent on this line at all, or nobody is there to play the persona
 */
export async function holdCall(
  scenario: Scenario,
  line: Line,
  { judge, simulator }: TextModels,
  onTurn?: (index: number) => void,
): Promise<CallHeld> {
  if (scenario.kind === 'script') {
    const run = await runScript(scenario, line, onTurn);
    return { run, judge: (seen) => judgedScript(scenario, run, seen, judge) };
  }
  if (judge === undefined || simulator === undefined)
    throw new Error('a persona needs a model that plays it, and a judge');
  const run = await runSimulation(scenario, line, new Persona(simulator, scenario));
  return { run, judge: (seen) => judgedSimulation(scenario, run, seen, judge) };
}

async function judgedScript(script: Script, run: ScriptRun, seen: CallSeen, judge: Judge | undefined): Promise<Judged> {
  const byJudge = judge === undefined ? undefined : await judgeRun(run, judge);
  const failures = [...failuresOf(run, broken(script, seen)), ...(byJudge?.failures ?? [])];
  const criteria = run.outcomes.filter(({ verdict }) => verdict.outcome === 'not-judged').length;
  return {
    ...outcomeOf(failures, seen.late, byJudge?.judgeFailures ?? []),
    notJudged: byJudge === undefined ? criteria : byJudge.judgeFailures.length,
  };
}

async function judgedSimulation(
  simulation: Simulation,
  run: SimulationRun,
  seen: CallSeen,
  judge: Judge,
): Promise<Judged> {
  const { endedBy, claim, trouble, turns } = run;
  const criteria = 1 + (simulation.metrics ?? []).filter((metric) => 'criterion' in metric).length;
  if (endedBy === 'error') {
    const detail = trouble ?? 'the line was lost';
    return {
      outcome: trouble === undefined ? 'error' : 'simulator-failed',
      failures: [of(trouble === undefined ? 'run' : 'simulator', detail)],
      notJudged: criteria,
      simulation: { endedBy, claim, turns: turns.length, success: undefined, metrics: [] },
    };
  }
  const { outcome, failures, judgeFailure } = await judgeSimulation(simulation, run, seen.facts, judge);
  const all = [...failuresOf(run, broken(simulation, seen)), ...failures.map((detail) => of('simulation', detail))];
  return {
    ...outcomeOf(all, seen.late, judgeFailure === undefined ? [] : [of('judge', judgeFailure)]),
    notJudged: judgeFailure === undefined ? 0 : criteria,
    simulation: outcome,
  };
}

const of = (kind: string, detail: string): Failure => ({ kind, turn: undefined, detail });
const broken = ({ nova }: Scenario, { facts, complaints }: CallSeen): readonly string[] => [
  ...complaints,
  ...brokenLimits(nova?.expect ?? {}, facts),
];
