import type { Telemetry } from '../telemetry';
import { type Clock, endsWithin, type Timer } from '../time';
import type { ProtectionReply } from './agent-reply';

/** Protection is leased for so long at a time: a hung process must not hold up a release for the longest call's length. */
const LEASE_MINUTES = 15;
/** Renewed when this share of a lease is left. */
const RENEW_AT_SHARE = 0.5;
/** After a refusal: ECS throttles, or a deployment is blocked for now. */
const RETRY_MS = 20_000;
/** A call waits for protection no longer; it is then taken without. */
const WAIT_MS = 3_500;
/** What a call may need beyond its length: a minute for its offer, its goodbye, and for clocks that differ. */
const MARGIN_MS = 120_000;
const MINUTE_MS = 60_000;

/** The part of the ECS agent that is used here. */
export interface ProtectionAgent {
  setProtection(minutes: number | undefined): Promise<ProtectionReply>;
}

type State = { readonly kind: 'unprotected' } | { readonly kind: 'protected'; readonly untilMs: number };

type TaskProtectionOptions = { agent: ProtectionAgent; clock: Clock; telemetry: Telemetry; maxCallMs: number };

/**
 * Keeps ECS from ending this task while it has calls: taken before the first is accepted, renewed while there are any,
 * never for longer than the youngest of them can last, given back after the last. One request at a time; a refusal is
 * recorded and retried, and never keeps a call out: a caller refused now is worse than one who may be cut off.
 */
export class TaskProtection {
  readonly #options: TaskProtectionOptions;
  /** When each call that is protected ends at the latest. */
  readonly #endsMs = new Map<string, number>();
  #state: State = { kind: 'unprotected' };
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: TaskProtectionOptions) {
    this.#options = options;
  }

  /** Whether ECS leaves this task alone, as far as is known. */
  get isProtected(): boolean {
    return this.#state.kind === 'protected' && this.#state.untilMs > this.#options.clock.nowMs();
  }

  get heldCalls(): number {
    return this.#endsMs.size;
  }

  /** A call is about to be accepted. Resolves when the task is protected, or could not be in time; never rejects. */
  async hold(callId: string): Promise<void> {
    this.#endsMs.set(callId, this.#options.clock.nowMs() + this.#options.maxCallMs + MARGIN_MS);
    const settled = this.#settle();
    // What is left lasts until the renewal has been tried more than once.
    if (this.#leftMs() >= MARGIN_MS) return;
    await endsWithin(this.#options.clock, WAIT_MS, settled);
  }

  /** The call is over. Idempotent. */
  release(callId: string): void {
    if (this.#endsMs.delete(callId) && this.#endsMs.size === 0) void this.#settle();
  }

  /** Gives protection back for good. Idempotent, bounded by the agent's own time limit, never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#endsMs.clear();
    await this.#settle();
    this.#timer?.cancel();
  }

  /** Asks ECS for the protection that is due. One run at a time; calls made during one wait for the next. */
  async #settle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    if (!this.#isDue()) return;
    this.#running = this.#ask().finally(() => (this.#running = undefined));
    await this.#running;
  }

  #isDue(): boolean {
    if (this.#endsMs.size === 0) return this.#state.kind === 'protected';
    // A call that has outlived every limit is no reason to hold up a release for ever.
    if (this.#neededMs() <= 0) return false;
    return this.#state.kind !== 'protected' || this.#minutes() * MINUTE_MS > this.#leftMs() + MINUTE_MS;
  }

  async #ask(): Promise<void> {
    this.#timer?.cancel();
    const calls = this.#endsMs.size;
    const minutes = calls === 0 ? undefined : this.#minutes();
    const reply = await this.#options.agent.setProtection(minutes);
    if (reply.kind === 'state' && reply.protected === (minutes !== undefined)) {
      this.#state =
        minutes === undefined
          ? { kind: 'unprotected' }
          : { kind: 'protected', untilMs: this.#options.clock.nowMs() + minutes * MINUTE_MS };
      this.#options.telemetry.record('taskProtected', {
        protected: minutes !== undefined,
        minutes: minutes ?? 0,
        calls,
      });
    } else {
      const why = reply.kind === 'refused' ? reply.why : 'not_as_asked';
      this.#options.telemetry.record('taskProtectionFailed', { why, calls });
      // Not to be left protected matters less: it ends by itself.
      if (minutes === undefined) this.#state = { kind: 'unprotected' };
    }
    this.#scheduleNext(minutes);
  }

  #scheduleNext(minutes: number | undefined): void {
    if (this.#closed || minutes === undefined) return;
    const failed = !this.isProtected || this.#leftMs() < minutes * MINUTE_MS - RETRY_MS;
    const waitMs = failed ? RETRY_MS : minutes * MINUTE_MS * RENEW_AT_SHARE;
    this.#timer = this.#options.clock.after(waitMs, () => void this.#settle());
  }

  /** As long as the youngest call can last, and no longer than a lease. */
  #minutes(): number {
    return Math.min(LEASE_MINUTES, Math.max(1, Math.ceil(this.#neededMs() / MINUTE_MS)));
  }

  #neededMs(): number {
    return Math.max(...this.#endsMs.values()) - this.#options.clock.nowMs();
  }

  #leftMs(): number {
    return this.#state.kind === 'protected' ? this.#state.untilMs - this.#options.clock.nowMs() : 0;
  }
}
