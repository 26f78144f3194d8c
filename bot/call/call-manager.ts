import { randomUUID } from 'node:crypto';
import type { AskedAgent, CallAgent } from '../agents';
import { BotError } from '../errors';
import { endsWithin, type Timer } from '../time';
import type { CallRooms, RoomsHealth } from '../transport/rooms';
import type { CallTransport, CloseReason } from '../transport/transport';
import { Call } from './call';
import type { CallDeps } from './call-deps';
import type { Calls, CallsStatus, CallSummary, Lines, StartedCall } from './calls';

/** A client that got a session has this long to send its offer. */
const OFFER_WITHIN_MS = 60_000;
/** While draining, only this long: an honest client sends its offer within a second. */
const OFFER_WITHIN_DRAINING_MS = 5_000;
/** When to try again after a refusal, in seconds: a slot is free when some call ends. */
const RETRY_WHEN_FULL_SECONDS = 10;
const RETRY_WHEN_DRAINING_SECONDS = 1;
/** A goodbye, and the closing of model and transport: after the drain limit a call has this long to end by itself. */
const GOODBYE_WITHIN_MS = 25_000;

type Slot =
  | { readonly kind: 'reserved'; readonly timer: Timer; readonly agent: CallAgent; readonly caller: string | undefined }
  | { readonly kind: 'live'; readonly call: Call };

/**
 * The calls of a process, each in a slot that is reserved before it begins. A call too many is refused, never queued:
 * a caller who waits for a ring tone has gone. With `rooms`, `start` takes the bot into one; without, whoever connects
 * the caller takes the reserved slot by `begin`.
 */
export class CallManager implements Calls, Lines {
  readonly #deps: CallDeps;
  readonly #rooms: CallRooms | undefined;
  readonly #slots = new Map<string, Slot>();
  #draining = false;
  #drained: Promise<void> | undefined;
  #onEmpty: () => void = () => undefined;

  constructor(deps: CallDeps, rooms?: CallRooms) {
    this.#deps = deps;
    this.#rooms = rooms;
  }

  get status(): CallsStatus {
    const { model, admission, settings, agents, overload } = this.#deps;
    const busy = overload?.reason(this.#slots.size);
    return {
      activeCalls: this.#slots.size,
      maxCalls: settings.maxCalls,
      draining: this.#draining,
      agents: agents.names,
      standingDown: admission.standingDown,
      ...(busy === undefined ? {} : { busy }),
      ...(model.health === undefined ? {} : { model: model.health }),
      ...(this.#rooms === undefined ? {} : { rooms: this.#rooms.health }),
    };
  }

  async start(caller?: string, asked?: AskedAgent): Promise<StartedCall> {
    const { id: sessionId, language } = await this.#take(caller, asked);
    if (this.#rooms === undefined) return { sessionId, language };
    try {
      const { transport, entrance } = await this.#rooms.open();
      // The process may have begun to drain, or the slot been given up, while the room was made.
      if (!this.isReserved(sessionId)) {
        await transport.close('never-connected');
        throw aboutToStop();
      }
      this.begin(sessionId, transport);
      return { sessionId, language, entrance };
    } catch (error) {
      this.release(sessionId);
      const refusal = BotError.from(error);
      // The HTTP layer records all others.
      if (refusal.code === 'at_capacity' || refusal.code === 'draining') this.#recordRefusal(refusal);
      throw refusal;
    }
  }

  /**
   * Takes a slot for a new call, and has it admitted; given up after a minute unless `begin` comes.
   * @returns the call's id
   * @throws BotError `bad_request` or `unauthorized` for what was asked of the agent; and `draining`, `at_capacity`, `model_down`, `too_many_unanswered`, `caller_limit_reached`,
   *   `day_quota_reached`, counted and logged
   */
  async reserve(caller: string | undefined, asked?: AskedAgent): Promise<string> {
    return (await this.#take(caller, asked)).id;
  }

  async #take(caller: string | undefined, asked: AskedAgent | undefined): Promise<{ id: string; language: string }> {
    const agent = await this.#deps.agents.prepare(asked);
    const id = randomUUID();
    try {
      this.#requireSlot();
      this.#requireModel();
      this.#hold(id, agent, caller, OFFER_WITHIN_MS);
      await this.#deps.admission.admit(id, caller);
      // A call that was admitted while the process was told to stop would be the first to be cut off.
      if (this.#draining) throw aboutToStop();
    } catch (error) {
      this.release(id);
      const refusal = BotError.from(error);
      this.#recordRefusal(refusal);
      throw refusal;
    }
    return { id, language: agent.language };
  }

  refusalFor(caller: string): BotError | undefined {
    return this.#modelRefusal() ?? this.#deps.admission.refusalFor(caller);
  }

  isReserved(id: string): boolean {
    return this.#slots.get(id)?.kind === 'reserved';
  }

  /** Gives up a slot that no call has begun in; the call is not counted. */
  release(id: string): void {
    this.#free(id);
  }

  /** Begins the call that the slot `id` was reserved for. `onEnded` hears when nothing of it is left. */
  begin(id: string, transport: CallTransport, onEnded: () => void = () => undefined): void {
    const slot = this.#slots.get(id);
    if (slot?.kind !== 'reserved') throw new BotError('internal', 'a call was begun in no slot');
    const call = new Call(id, transport, this.#deps, slot.agent, slot.caller);
    this.#cancelTimer(id);
    this.#slots.set(id, { kind: 'live', call });
    void call.ended.then(() => {
      this.#free(id);
      onEnded();
    });
    void call.start();
  }

  list(): readonly CallSummary[] {
    return this.#calls.map((call) => call.summary);
  }

  get(id: string): CallSummary {
    return this.#get(id).summary;
  }

  end(id: string, reason: CloseReason): Promise<void> {
    return this.#get(id).close(reason);
  }

  deepCheck(): Promise<RoomsHealth | undefined> {
    return this.#rooms?.check() ?? Promise.resolve(undefined);
  }

  drain(limitMs: number): Promise<void> {
    return (this.#drained ??= this.#drain(limitMs));
  }

  async #drain(limitMs: number): Promise<void> {
    const { clock, telemetry } = this.#deps;
    this.#draining = true;
    // Whoever has just been promised a slot still gets it.
    for (const [id, slot] of this.#slots) {
      if (slot.kind === 'reserved') this.#hold(id, slot.agent, slot.caller, OFFER_WITHIN_DRAINING_MS);
    }
    telemetry.logger.info({ activeCalls: this.#slots.size, limitMs }, 'draining');
    const empty = new Promise<void>((resolve) => (this.#onEmpty = resolve));
    if (this.#slots.size === 0) this.#onEmpty();
    if (await endsWithin(clock, limitMs, empty)) return;
    for (const id of this.#reservedIds) this.#free(id);
    for (const call of this.#calls) void call.close('drained', 'drain-goodbye');
    if (await endsWithin(clock, GOODBYE_WITHIN_MS, empty)) return;
    telemetry.logger.error({ activeCalls: this.#slots.size }, 'calls did not close in time');
  }

  get #calls(): Call[] {
    return [...this.#slots.values()].flatMap((slot) => (slot.kind === 'live' ? [slot.call] : []));
  }

  get #reservedIds(): string[] {
    return [...this.#slots.keys()].filter((id) => this.isReserved(id));
  }

  /** @throws BotError `not_found` */
  #get(id: string): Call {
    const slot = this.#slots.get(id);
    if (slot?.kind !== 'live') throw new BotError('not_found', 'There is no such call.');
    return slot.call;
  }

  #requireSlot(): void {
    if (this.#draining) throw aboutToStop();
    const { settings, overload } = this.#deps;
    if (this.#slots.size < settings.maxCalls && overload?.reason(this.#slots.size) === undefined) return;
    const retryAfterSeconds = RETRY_WHEN_FULL_SECONDS;
    throw new BotError('at_capacity', 'All lines are busy. Please try again in a moment.', { retryAfterSeconds });
  }

  /** A caller who would only hear an apology is refused at once. */
  #requireModel(): void {
    const refusal = this.#modelRefusal();
    if (refusal !== undefined) throw refusal;
  }

  #modelRefusal(): BotError | undefined {
    const { health } = this.#deps.model;
    if (health === undefined || health.ok) return undefined;
    const retryAfterSeconds = Math.ceil(health.retryAfterMs / 1000);
    const detail = 'The voice model cannot be reached at the moment. Please try again soon.';
    return new BotError('model_down', detail, { retryAfterSeconds });
  }

  #recordRefusal({ code }: BotError): void {
    this.#deps.telemetry.record('callRefused', { code });
  }

  #hold(id: string, agent: CallAgent, caller: string | undefined, forMs: number): void {
    this.#cancelTimer(id);
    const timer = this.#deps.clock.after(forMs, () => this.#free(id));
    this.#slots.set(id, { kind: 'reserved', timer, agent, caller });
  }

  #cancelTimer(id: string): void {
    const slot = this.#slots.get(id);
    if (slot?.kind === 'reserved') slot.timer.cancel();
  }

  #free(id: string): void {
    this.#cancelTimer(id);
    if (this.#slots.delete(id)) this.#deps.admission.released(id);
    if (this.#slots.size === 0) this.#onEmpty();
  }
}

function aboutToStop(): BotError {
  const retryAfterSeconds = RETRY_WHEN_DRAINING_SECONDS;
  return new BotError('draining', 'This server is about to stop. Please try again.', { retryAfterSeconds });
}
