import type { Telemetry } from '../telemetry';
import { type Clock, endsWithin, type Timer } from '../time';
import type { SerialisedEvent } from './serialised';
import type { UndeliveredEvents } from './undelivered';

/** Who hears of events. */
export interface Destination {
  readonly name: 'bus' | 'webhook';
  /** @throws EventRefused where it will never be taken; anything else where it may be, later */
  send(event: SerialisedEvent, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** A destination's no, which trying again would not change. */
export class EventRefused extends Error {
  constructor(why: string) {
    super(`an event was refused: ${why}`);
    this.name = 'EventRefused';
  }
}

interface DeliveryOptions {
  readonly destination: Destination;
  readonly undelivered: UndeliveredEvents;
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, 'record'>;
  /** From 0 to 1. */
  readonly random?: () => number;
}

interface Waiting {
  readonly event: SerialisedEvent;
  readonly attempts: number;
}

const AT_ONCE = 8;
/** What waits for a destination that is away: memory, and nothing of a call's. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
const ANSWER_WITHIN_MS = 5_000;
/** What is under way when all is over is aborted, and has so long to notice. */
const ABORTED_WITHIN_MS = 500;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** With the pauses between them about five minutes. */
const MAX_ATTEMPTS = 10;

/**
 * Takes events to one destination, beside the calls: nobody waits for it and nothing throws. What is not taken is tried
 * again after ever longer pauses; what nobody takes in the end goes to the undelivered ones.
 */
export class Delivery {
  readonly #o: DeliveryOptions;
  readonly #closing = new AbortController();
  readonly #pauses = new Map<Waiting, Timer>();
  #queue: Waiting[] = [];
  #waitingBytes = 0;
  #underWay = 0;
  #isLast = false;
  #onIdle: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: DeliveryOptions) {
    this.#o = options;
  }

  take(event: SerialisedEvent): void {
    this.#waitingBytes += event.bytes;
    const one = { event, attempts: 0 };
    if (this.#isLast || this.#waitingBytes > MAX_WAITING_BYTES) this.#giveUp(one, 'no room');
    else {
      this.#queue.push(one);
      this.#pump();
    }
  }

  /** Everything that waits is tried once more, for `withinMs` at most; then it is undelivered. Idempotent, never rejects. */
  close(withinMs: number): Promise<void> {
    return (this.#closed ??= this.#close(withinMs));
  }

  async #close(withinMs: number): Promise<void> {
    this.#isLast = true;
    const paused = [...this.#pauses];
    this.#pauses.clear();
    for (const [one, timer] of paused) {
      timer.cancel();
      this.#queue.push(one);
    }
    const idle = new Promise<void>((resolve) => (this.#onIdle = resolve));
    this.#pump();
    await endsWithin(this.#o.clock, withinMs, idle);
    const left = this.#queue;
    this.#queue = [];
    for (const one of left) this.#giveUp(one, 'closing');
    this.#closing.abort();
    await endsWithin(this.#o.clock, ABORTED_WITHIN_MS, idle);
    this.#o.destination.close();
  }

  #pump(): void {
    while (this.#underWay < AT_ONCE) {
      const one = this.#queue.shift();
      if (one === undefined) break;
      this.#underWay += 1;
      void this.#send(one);
    }
    if (this.#underWay === 0 && this.#queue.length === 0) this.#onIdle?.();
  }

  async #send({ event, attempts }: Waiting): Promise<void> {
    const { destination, clock, telemetry } = this.#o;
    const late = new AbortController();
    const timer = clock.after(ANSWER_WITHIN_MS, () => late.abort());
    try {
      await destination.send(event, AbortSignal.any([late.signal, this.#closing.signal]));
      this.#waitingBytes -= event.bytes;
      telemetry.record('callEventDelivered', { destination: destination.name });
    } catch (error) {
      const fields = { err: error, destination: destination.name, attempt: attempts + 1 };
      telemetry.record('callEventNotDelivered', fields, attempts === 0 ? 'warn' : 'debug');
      this.#onFailed({ event, attempts: attempts + 1 }, error);
    } finally {
      timer.cancel();
      this.#underWay -= 1;
      this.#pump();
    }
  }

  #onFailed(one: Waiting, error: unknown): void {
    if (error instanceof EventRefused) this.#giveUp(one, 'refused');
    else if (this.#isLast || one.attempts >= MAX_ATTEMPTS) this.#giveUp(one, 'not taken');
    else this.#tryLater(one);
  }

  #tryLater(one: Waiting): void {
    const { clock, random = Math.random } = this.#o;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (one.attempts - 1));
    const resume = (): void => {
      this.#pauses.delete(one);
      this.#queue.push(one);
      this.#pump();
    };
    this.#pauses.set(one, clock.after(pauseMs * (0.5 + random() / 2), resume));
  }

  #giveUp({ event }: Waiting, why: string): void {
    this.#waitingBytes -= event.bytes;
    this.#o.undelivered.keep(event, this.#o.destination.name, why);
  }
}
