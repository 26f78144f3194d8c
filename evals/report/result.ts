import type { RecordingHead } from '../../contract/model-recordings';
import type { FailureKind } from '../expect';
import type { CallSamples } from '../figures';
import type { Recording } from '../../smoke/caller';
import type { CallerPace, CallFacts, ScriptRun } from '../run';
import type { Scenario } from '../scenario';
import type { SimulationOutcome } from '../simulation/outcome';

export interface Failure {
  /** The event that was expected, `limit`, `judge`, `simulation`, `stale`, `caller`, `budget`, `simulator`, `run`, or `full`: the bot took no more calls. */
  readonly kind: string;
  /** From 0; nothing where it is of the whole call. */
  readonly turn: number | undefined;
  /** Of the turn, from 0, and how it failed, where it is of an expectation. */
  readonly expectation?: number;
  readonly how?: FailureKind;
  readonly detail: string;
  /** What of a long text is other: lines that begin with `-`, `+` or a space. */
  readonly diff?: readonly string[];
}

/** A call as it was: what happened, and what was heard on both sides. Times are the caller's clock's. */
export interface HeldCall {
  readonly run: ScriptRun;
  readonly facts: CallFacts;
  readonly heard: Recording;
  readonly said: readonly Recording[];
  /** When the line was open. */
  readonly readyMs: number;
  readonly pace: CallerPace | undefined;
  readonly samples: CallSamples | undefined;
}

/** Where a recording of the model's part is from. */
export type Recorded = Pick<RecordingHead, 'source' | 'model' | 'recordedAt'>;

/** `judge-failed`, `simulator-failed`: whoever was to judge, or to play the caller, could not, which says nothing of the bot; `stale`: the bot no longer does what the recording was made of, so what was recorded upon it proves nothing. */
export type Outcome = 'pass' | 'fail' | 'stale' | 'judge-failed' | 'simulator-failed' | 'error' | 'not-run';

/** What came of one run of a scenario. */
export interface RunResult {
  readonly kind: Scenario['kind'];
  readonly agent: string;
  /** `<file>/<scenario>` */
  readonly scenario: string;
  readonly outcome: Outcome;
  readonly failures: readonly Failure[];
  readonly durationMs: number;
  /** Criteria that only a judge could have judged. */
  readonly notJudged: number;
  /** Why it was not run. */
  readonly reason?: string;
  /** Of the model's part, where that was recorded. */
  readonly recorded?: Recorded | undefined;
  /** What the model's tokens cost, where it is a real one. */
  readonly costUsd?: number | undefined;
  /** Of a simulation whose call was held. */
  readonly simulation?: SimulationOutcome | undefined;
  /** Left out where no call was held. */
  readonly call?: HeldCall;
}

/** What every run of a scenario has in its result, with how long it took by then. @param startedMs of `performance` */
export const resultSince =
  (startedMs: number, agent: string, { id, kind }: Pick<Scenario, 'id' | 'kind'>) =>
  (rest: Pick<RunResult, 'outcome' | 'failures'> & Partial<RunResult>): RunResult => ({
    kind,
    agent,
    scenario: id,
    durationMs: performance.now() - startedMs,
    notJudged: 0,
    ...rest,
  });

/** The result of a scenario of which no call was made. */
export const withoutRun = (
  agent: string,
  { id, kind }: Pick<Scenario, 'id' | 'kind'>,
  rest: Pick<RunResult, 'outcome'> & Partial<RunResult>,
): RunResult => ({ kind, agent, scenario: id, durationMs: 0, notJudged: 0, failures: [], ...rest });
