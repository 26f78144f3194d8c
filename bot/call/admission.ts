/**
 * What must agree before a call is taken, besides a free slot: limits on cost, and ECS, which is told to leave the task
 * alone. Asked with a slot already held, so that nothing is counted for a call that finds none.
 */
export interface Admission {
  /** New calls had better go to another process; one that insists is still taken. */
  readonly standingDown: boolean;
  /**
   * @param caller who asks, as far as that is known: never logged, kept only as a hash
   * @throws BotError `caller_limit_reached`, `day_quota_reached`
   */
  admit(callId: string, caller: string | undefined): Promise<void>;
  /** The call has begun: its minutes count from now. */
  begun(callId: string): void;
  /** Nothing came of an admitted call: it is not counted. */
  withdrawn(callId: string): void;
  /** The slot of an admitted call is free again. Idempotent. */
  released(callId: string): void;
}
