/** What ended a simulated call, by Pipecat's names. `error`: neither the bot nor the caller; such a call says nothing. */
export type SimulationEnd = 'end_call' | 'bot' | 'max_turns' | 'max_duration' | 'silence' | 'error';

/** What a persona takes its call to have been, as it hangs up. The judge decides, not it. */
export interface Claim {
  readonly success: boolean;
  readonly reason: string;
}

/** What came of one metric of a simulation. */
export interface MetricResult {
  readonly name: string;
  /** Measured: in the metric's own unit. */
  readonly value?: number;
  /** Judged: the share of replies that met it. */
  readonly score?: number;
  /** Without a value, and without a limit, it is. */
  readonly isMet: boolean;
  readonly about: string;
  /** Judged: the share that was asked for, and what was said of each reply. */
  readonly minScore?: number | undefined;
  readonly verdicts?: readonly { readonly reply: number; readonly isMet: boolean; readonly reason: string }[];
  /** What it failed by where it is not met, by Pipecat's names. */
  readonly failure: 'judge_no' | 'out_of_range' | 'function_calls';
}

/** What came of a simulated call, beside its outcome. */
export interface SimulationOutcome {
  readonly endedBy: SimulationEnd;
  readonly turns: number;
  /** The caller's own view, where it hung up. */
  readonly claim: Claim | undefined;
  /** What the judge says; undefined: it was not asked, or failed. */
  readonly success: { readonly isMet: boolean; readonly reason: string } | undefined;
  readonly metrics: readonly MetricResult[];
}
