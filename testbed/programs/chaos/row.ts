import type { ChaosOutcome, Outcome } from './call';

/** What became of the calls of one row. Times in ms; undefined where nothing was lost. */
export interface ChaosRow {
  readonly fault: string;
  readonly calls: number;
  readonly recovered: number;
  readonly saidAloud: number;
  readonly left: number;
  readonly lost: number;
  /** Worst, from the fault to its being noticed, and from there to hearing again. */
  readonly noticedMs: number | undefined;
  readonly againMs: number | undefined;
  readonly longestSilenceMs: number;
  readonly repeated: number;
  readonly missing: number;
  /** Why calls were lost, or met another outcome than they should have. */
  readonly problems: readonly string[];
}

/** `isRotating`: a stream that waits for a rotation may take over where the fault would have ended the call. */
export function rowOf(
  { name, expected }: { readonly name: string; readonly expected: Outcome },
  outcomes: readonly ChaosOutcome[],
  isRotating = false,
): ChaosRow {
  const isRight = (outcome: Outcome): boolean =>
    outcome === expected || (isRotating && expected === 'said aloud' && outcome === 'recovered');
  const count = (outcome: Outcome): number => outcomes.filter((one) => one.outcome === outcome).length;
  const worst = (values: readonly (number | undefined)[]): number | undefined => {
    const known = values.filter((value) => value !== undefined);
    return known.length === 0 ? undefined : Math.round(Math.max(...known));
  };
  return {
    fault: name,
    calls: outcomes.length,
    recovered: count('recovered'),
    saidAloud: count('said aloud'),
    left: count('left by the caller'),
    lost: count('lost'),
    noticedMs: worst(outcomes.map(({ noticedMs }) => noticedMs)),
    againMs: worst(outcomes.map(({ hearingAgainMs }) => hearingAgainMs)),
    longestSilenceMs: Math.round(Math.max(0, ...outcomes.map(({ longestSilenceMs }) => longestSilenceMs))),
    repeated: outcomes.reduce((sum, { repeated }) => sum + repeated, 0),
    missing: outcomes.reduce((sum, { missing }) => sum + missing, 0),
    problems: outcomes.flatMap(({ outcome, why }) => (isRight(outcome) ? [] : [why ?? `${outcome}, not ${expected}`])),
  };
}

/** A code word of two words, which no other call of a row has. */
export function tagOf(i: number): string {
  return `${['heron', 'otter', 'maple', 'cedar', 'raven', 'tulip'][i % 6] ?? ''} ${i + 1}`;
}

export function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? 0;
}
