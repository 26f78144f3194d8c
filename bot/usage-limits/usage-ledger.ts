/** What a day may hold; undefined is no limit. Days are of UTC. */
export interface UsageLimits {
  readonly callsPerCaller: number | undefined;
  readonly calls: number | undefined;
  readonly minutes: number | undefined;
  /** The model's tokens, of all kinds. */
  readonly tokens: number | undefined;
  /** What they cost, in US dollars. */
  readonly dollars: number | undefined;
}

/** Whether one more call fits into the day, or which limit says no. */
export type Verdict = 'fits' | 'caller-calls' | 'calls' | 'minutes' | 'tokens' | 'dollars';

/** What calls have used, in whole numbers, so that sums are exact. */
export interface Amounts {
  readonly seconds: number;
  readonly tokens: number;
  readonly microdollars: number;
}

export const NOTHING: Amounts = { seconds: 0, tokens: 0, microdollars: 0 };

export function addAmounts(a: Amounts, b: Amounts): Amounts {
  return {
    seconds: a.seconds + b.seconds,
    tokens: a.tokens + b.tokens,
    microdollars: a.microdollars + b.microdollars,
  };
}

/** The limits in the units of the amounts. */
export function amountLimits({ minutes, tokens, dollars }: UsageLimits): Readonly<Record<keyof Amounts, number>> {
  return {
    seconds: (minutes ?? Infinity) * 60,
    tokens: tokens ?? Infinity,
    microdollars: (dollars ?? Infinity) * 1_000_000,
  };
}

/** The first limit that so much has reached. */
export function limitReached(used: Amounts, limits: UsageLimits): 'minutes' | 'tokens' | 'dollars' | undefined {
  const most = amountLimits(limits);
  if (used.seconds >= most.seconds) return 'minutes';
  if (used.tokens >= most.tokens) return 'tokens';
  return used.microdollars >= most.microdollars ? 'dollars' : undefined;
}

/** What was used on a day, by this process or by all. */
export interface UsageLedger {
  /** Counts one more call unless a limit says no; then nothing is counted. `callerKey` is a hash. */
  begin(day: string, callerKey: string): Promise<Verdict>;
  /** Nothing came of a call that was counted. */
  giveBack(day: string, callerKey: string): Promise<void>;
  /** Adds what calls have used. @returns the day's sums with that */
  add(day: string, amounts: Amounts): Promise<Amounts>;
  /** Idempotent. */
  close(): void;
}
