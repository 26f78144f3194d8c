import { createHash } from 'node:crypto';
import { BotError } from '../errors';
import type { Telemetry } from '../telemetry';
import type { Clock, Timer } from '../time';
import { MemoryLedger } from './memory-ledger';
import {
  addAmounts,
  type Amounts,
  limitReached,
  NOTHING,
  type UsageLedger,
  type UsageLimits,
  type Verdict,
} from './usage-ledger';

const REPORT_EVERY_MS = 60_000;
/** Tokens and dollars end calls: the tasks hear of each other's sooner. */
const REPORT_SPENDING_EVERY_MS = 10_000;
const DAY_MS = 86_400_000;

interface Counted {
  readonly day: string;
  readonly callerKey: string;
  /** When its seconds were last reported; undefined before it begins. */
  reportedMs: number | undefined;
}

/** What a call has used of the model. */
export interface Spent {
  readonly tokens: number;
  /** In US dollars; 0 where the prices are not known. */
  readonly dollars: number;
}

type CostLimitsOptions = {
  ledger: UsageLedger;
  limits: UsageLimits;
  clock: Clock;
  telemetry: Telemetry;
  /** What a minute costs besides the model, in dollars; nothing unless told. */
  dollarsPerMinute?: number | undefined;
};

/** The day is part of the hash, so that nobody can be followed from one day to the next. */
const keyOf = (day: string, caller: string): string =>
  createHash('sha256').update(`${day} ${caller}`).digest('hex').slice(0, 32);

/**
 * The limits on what a day may cost: calls of a caller, calls, minutes, tokens and dollars of the whole service. A call
 * that was let in is counted at once, so that no other takes its place, and no longer if nothing comes of it; what it
 * uses is counted while it does. While the shared ledger cannot be reached, this process goes by its
 * own count: a table that is down is no reason to refuse everybody, and each task still keeps the limits by itself.
 */
export class CostLimits {
  readonly #options: CostLimitsOptions;
  readonly #own: MemoryLedger;
  readonly #calls = new Map<string, Counted>();
  /** What is not in the ledger yet, by day. */
  readonly #unreported = new Map<string, Amounts>();
  /** The day whose tokens or dollars are used up. */
  #spentDay = '';
  #timer: Timer | undefined;
  #reporting: Promise<void> = Promise.resolve();

  constructor(options: CostLimitsOptions) {
    this.#options = options;
    this.#own = new MemoryLedger(options.limits);
  }

  /** Counts a call of `caller`. @throws BotError `caller_limit_reached`, `day_quota_reached` */
  async admit(callId: string, caller = 'unknown'): Promise<void> {
    const day = this.#day();
    const callerKey = keyOf(day, caller);
    // Its own count first: what this process can refuse by itself needs no request.
    const own = await this.#own.begin(day, callerKey);
    if (own !== 'fits') throw this.#refusal(own);
    const shared = await this.#ask('begin', () => this.#options.ledger.begin(day, callerKey));
    if (shared !== undefined && shared !== 'fits') {
      await this.#own.giveBack(day, callerKey);
      throw this.#refusal(shared);
    }
    this.#calls.set(callId, { day, callerKey, reportedMs: undefined });
  }

  /** Why `admit` would refuse, by what this process has counted itself; nothing is counted. */
  refusalFor(caller: string): BotError | undefined {
    const day = this.#day();
    const verdict = this.#own.verdict(day, keyOf(day, caller));
    return verdict === 'fits' ? undefined : this.#refusal(verdict);
  }

  /** A call that another task has counted is carried here: what it uses counts from now. */
  joined(callId: string): void {
    this.#calls.set(callId, { day: this.#day(), callerKey: '', reportedMs: this.#options.clock.nowMs() });
    this.#reportLater();
  }

  /** It counts as a call, whatever comes of it, and what it uses is not counted here. */
  counts(callId: string): void {
    this.#calls.delete(callId);
  }

  /** Its seconds count from now. */
  begun(callId: string): void {
    const call = this.#calls.get(callId);
    if (call !== undefined) call.reportedMs = this.#options.clock.nowMs();
    this.#reportLater();
  }

  /** Its tokens, as they are used. */
  spent(callId: string, { tokens, dollars }: Spent): void {
    if (this.#calls.has(callId)) this.#count({ ...NOTHING, tokens, microdollars: Math.round(dollars * 1_000_000) });
  }

  /** Whether the day's tokens or dollars are used up; undefined where neither is limited. */
  get isDaySpent(): boolean | undefined {
    return this.#limitsSpending ? this.#spentDay === this.#day() : undefined;
  }

  /** It is over; where it never began, nothing came of it. Idempotent. */
  ended(callId: string): void {
    const call = this.#calls.get(callId);
    if (call === undefined) return;
    this.#calls.delete(callId);
    if (call.reportedMs === undefined) this.#giveBack(call);
    else this.#countSeconds(call);
    if (this.#calls.size === 0) void this.#flush();
  }

  /** Reports what is left to the ledger, and closes it. Idempotent, bounded by the ledger's own time limit, never rejects. */
  async close(): Promise<void> {
    this.#timer?.cancel();
    for (const call of this.#calls.values()) this.#countSeconds(call);
    this.#calls.clear();
    await this.#flush();
    this.#options.ledger.close();
  }

  #report(): void {
    this.#timer = undefined;
    for (const call of this.#calls.values()) this.#countSeconds(call);
    void this.#flush();
    if (this.#calls.size > 0) this.#reportLater();
  }

  #reportLater(): void {
    const everyMs = this.#limitsSpending ? REPORT_SPENDING_EVERY_MS : REPORT_EVERY_MS;
    this.#timer ??= this.#options.clock.after(everyMs, () => this.#report());
  }

  get #limitsSpending(): boolean {
    const { tokens, dollars } = this.#options.limits;
    return tokens !== undefined || dollars !== undefined;
  }

  #giveBack({ day, callerKey }: Counted): void {
    void this.#own.giveBack(day, callerKey);
    void this.#ask('give back', () => this.#options.ledger.giveBack(day, callerKey));
  }

  #countSeconds(call: Counted): void {
    if (call.reportedMs === undefined) return;
    const seconds = Math.round((this.#options.clock.nowMs() - call.reportedMs) / 1000);
    call.reportedMs = this.#options.clock.nowMs();
    const microdollars = Math.round((seconds / 60) * (this.#options.dollarsPerMinute ?? 0) * 1_000_000);
    if (seconds > 0) this.#count({ ...NOTHING, seconds, microdollars });
  }

  #count(amounts: Amounts): void {
    const day = this.#day();
    void this.#own.add(day, amounts).then((sums) => this.#judge(day, sums));
    this.#unreported.set(day, addAmounts(this.#unreported.get(day) ?? NOTHING, amounts));
  }

  /** Minutes that are used up end no call. */
  #judge(day: string, sums: Amounts): void {
    if (limitReached(sums, { ...this.#options.limits, minutes: undefined }) !== undefined) this.#spentDay = day;
  }

  /** One report at a time; what the ledger does not take goes into the next. */
  #flush(): Promise<void> {
    this.#reporting = this.#reporting.then(async () => {
      for (const [day, amounts] of [...this.#unreported]) {
        this.#unreported.delete(day);
        const sums = await this.#ask('report', () => this.#options.ledger.add(day, amounts));
        if (sums === undefined) this.#unreported.set(day, addAmounts(this.#unreported.get(day) ?? NOTHING, amounts));
        else this.#judge(day, sums);
      }
    });
    return this.#reporting;
  }

  async #ask<T>(step: string, ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      this.#options.telemetry.record('usageUnknown', { step, err: error });
      return undefined;
    }
  }

  #refusal(verdict: Exclude<Verdict, 'fits'>): BotError {
    const nowMs = this.#options.clock.epochMs();
    const retryAfterSeconds = Math.ceil((DAY_MS - (nowMs % DAY_MS)) / 1000);
    const { callsPerCaller, calls, minutes, tokens, dollars } = this.#options.limits;
    const until = 'Please call again tomorrow (after midnight UTC).';
    if (verdict === 'caller-calls') {
      const text = `You have had all ${callsPerCaller ?? 0} calls of today. ${until}`;
      return new BotError('caller_limit_reached', text, { retryAfterSeconds });
    }
    const what = {
      calls: `All ${calls ?? 0} calls`,
      minutes: `All ${minutes ?? 0} minutes`,
      tokens: `All ${tokens ?? 0} tokens`,
      dollars: `All $${dollars ?? 0}`,
    }[verdict];
    return new BotError('day_quota_reached', `${what} of today are used up. ${until}`, { retryAfterSeconds });
  }

  /** `2026-11-23`, of UTC. */
  #day(): string {
    return new Date(this.#options.clock.epochMs()).toISOString().slice(0, 10);
  }
}
