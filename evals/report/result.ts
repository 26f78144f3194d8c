import type { Recording } from '../../smoke/caller';
import type { CallerPace, CallFacts, ScriptRun } from '../run';

export interface Failure {
  /** The event that was expected, `limit`, or `run`. */
  readonly kind: string;
  /** From 0; nothing where it is of the whole call. */
  readonly turn: number | undefined;
  readonly detail: string;
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
}

/** What came of one run of a scenario. */
export interface RunResult {
  readonly agent: string;
  /** `<file>/<scenario>` */
  readonly scenario: string;
  readonly outcome: 'pass' | 'fail' | 'error' | 'not-run';
  readonly failures: readonly Failure[];
  readonly durationMs: number;
  /** Criteria that only a judge could have judged. */
  readonly notJudged: number;
  /** Why it was not run. */
  readonly reason?: string;
  /** Left out where no call was held. */
  readonly call?: HeldCall;
}

export type Mode = 'offline';

/** What a mode says of itself, on every report. */
export const PROVES: Readonly<Record<Mode, string>> = {
  offline: 'the bot, its tools and its wiring; the model was scripted: says nothing of what Nova would do or say',
};
