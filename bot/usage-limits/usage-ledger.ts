/** What a day may hold; undefined is no limit. Days are of UTC. */
export interface UsageLimits {
  readonly callsPerCaller: number | undefined;
  readonly calls: number | undefined;
  readonly minutes: number | undefined;
}

/** Whether one more call fits into the day, or which limit says no. */
export type Verdict = 'fits' | 'caller-calls' | 'calls' | 'minutes';

/** What was used on a day, by this process or by all. */
export interface UsageLedger {
  /** Counts one more call unless a limit says no; then nothing is counted. `callerKey` is a hash. */
  begin(day: string, callerKey: string): Promise<Verdict>;
  /** Nothing came of a call that was counted. */
  giveBack(day: string, callerKey: string): Promise<void>;
  addSeconds(day: string, seconds: number): Promise<void>;
  /** Idempotent. */
  close(): void;
}
