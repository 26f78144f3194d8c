import { randomUUID } from 'node:crypto';
import { BotError } from '../errors';
import { logEvent } from '../telemetry/events';
import type { Timer } from '../time/clock';
import type { CallTransport, CloseReason } from '../transport/transport';
import { Call } from './call';
import type { CallDeps } from './call-deps';
import { aboutToStop, CallManager } from './call-manager';
import type { CallsStatus, CallSummary } from './calls';

/** A goodbye, and the closing of model and transport: after the drain limit a call has this long to end by itself. */
const GOODBYE_WITHIN_MS = 25_000;

/** What calls have in common, however they come in: places, the calls themselves, and the end of them all. */
export class CallSlots {
  readonly #deps: CallDeps;
  readonly #registry: CallManager;
  #drained: Promise<void> | undefined;

  constructor(options: { deps: CallDeps; maxCalls: number }) {
    this.#deps = options.deps;
    const { clock, admission } = options.deps;
    this.#registry = new CallManager({
      clock,
      maxCalls: options.maxCalls,
      onFreed: (id) => admission.released(id),
    });
  }

  get status(): CallsStatus {
    const { health } = this.#deps.model;
    return {
      activeCalls: this.#registry.size,
      maxCalls: this.#registry.maxCalls,
      draining: this.#registry.draining,
      standingDown: this.#deps.admission.standingDown,
      ...(health === undefined ? {} : { model: health }),
    };
  }

  /**
   * Takes a place for a new call, and has it admitted.
   * @returns its id
   * @throws BotError `draining`, `at_capacity`, `model_down`, `caller_limit_reached`, `day_quota_reached`, counted and logged
   */
  async reserve(caller: string | undefined): Promise<string> {
    const id = randomUUID();
    try {
      this.#registry.reserve(id);
      this.#requireModel();
      await this.#deps.admission.admit(id, caller);
      // A call that was admitted while the process was told to stop would be the first to be cut off.
      if (this.#registry.draining) throw aboutToStop();
    } catch (error) {
      this.release(id);
      throw this.refused(error);
    }
    return id;
  }

  /** Counts and logs why a call is not taken. */
  refused(error: unknown): BotError {
    const refusal = BotError.from(error);
    this.#deps.metrics.callRefused(refusal.code);
    logEvent(this.#deps.logger, 'callRefused', { code: refusal.code });
    return refusal;
  }

  /** A caller who would only hear an apology is refused at once. */
  #requireModel(): void {
    const { health } = this.#deps.model;
    if (health === undefined || health.ok) return;
    const retryAfterSeconds = Math.ceil(health.retryAfterMs / 1000);
    const detail = 'The voice model cannot be reached at the moment. Please try again soon.';
    throw new BotError('model_down', detail, { retryAfterSeconds });
  }

  isReserved(id: string): boolean {
    return this.#registry.isReserved(id);
  }

  /** Gives up a place that no call has begun in. */
  release(id: string): void {
    this.#deps.admission.withdrawn(id);
    this.#registry.release(id);
  }

  /** Begins the call that the place `id` was taken for. `onEnded` hears when nothing of it is left. */
  begin(id: string, transport: CallTransport, onEnded: () => void = () => undefined): void {
    const call = new Call(id, transport, this.#deps);
    this.#registry.begin(call);
    this.#deps.admission.begun(id);
    void call.ended.then(() => {
      this.#registry.release(id);
      onEnded();
    });
    void call.start();
  }

  list(): readonly CallSummary[] {
    return this.#registry.calls.map((call) => call.summary);
  }

  get(id: string): CallSummary {
    return this.#registry.get(id).summary;
  }

  end(id: string, reason: CloseReason): Promise<void> {
    return this.#registry.get(id).close(reason);
  }

  drain(limitMs: number): Promise<void> {
    this.#drained ??= this.#drain(limitMs);
    return this.#drained;
  }

  async #drain(limitMs: number): Promise<void> {
    this.#registry.stopAccepting();
    this.#deps.logger.info({ activeCalls: this.#registry.size, limitMs }, 'draining');
    const empty = this.#registry.whenEmpty();
    if (await this.#within(limitMs, empty)) return;
    this.#registry.releaseReserved();
    for (const call of this.#registry.calls) void call.close('drained', 'drain-goodbye');
    if (await this.#within(GOODBYE_WITHIN_MS, empty)) return;
    this.#deps.logger.error({ activeCalls: this.#registry.size }, 'calls did not close in time');
  }

  async #within(limitMs: number, done: Promise<void>): Promise<boolean> {
    let timer: Timer | undefined;
    const late = new Promise<boolean>((resolve) => (timer = this.#deps.clock.after(limitMs, () => resolve(false))));
    const inTime = await Promise.race([done.then(() => true), late]);
    timer?.cancel();
    return inTime;
  }
}
