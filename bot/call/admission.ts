import type { BotError } from '../errors';
import type { Spent } from '../usage-limits';

/**
 * What must agree before a call is taken, besides a free slot: limits on cost, and ECS, which is told to leave the task
 * alone. Asked with a slot already held, so that nothing is counted for a call that finds none.
 */
export interface Admission {
  /** New calls had better go to another process; one that insists is still taken. */
  readonly standingDown: boolean;
  /**
   * @param caller who asks, as far as that is known: never logged, kept only as a hash
   * @throws BotError `too_many_unanswered`, `caller_limit_reached`, `day_quota_reached`
   */
  admit(callId: string, caller: string | undefined): Promise<void>;
  /** Why `admit` would refuse this caller, as far as this process knows by itself; nothing is counted. */
  refusalFor(caller: string): BotError | undefined;
  /** The caller is connected and the model's stream is open: the call, and from now on its minutes, count. */
  begun(callId: string): void;
  /** The call has used so much more. */
  spent(callId: string, spent: Spent): void;
  /** Whether what a day may cost is used up, so that calls have to end; undefined where nothing limits it. */
  readonly isDaySpent: boolean | undefined;
  /** The slot of an admitted call is free again; one that never began is not counted. Idempotent. */
  released(callId: string): void;
}
