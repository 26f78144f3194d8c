import type { Telemetry } from '../telemetry';
import { type Clock, endsWithin, type Timer } from '../time';
import type { SpoolMirror } from './spool-mirror';
import { idOf, type Item, Spool } from './spool';

/** Where things go in the end. */
export interface Sink {
  /** Puts it there, in whole or not at all. @throws whatever keeps it from being there */
  put(item: Item, signal: AbortSignal): Promise<void>;
  close(): void;
}

interface WriterOptions {
  readonly sink: Sink;
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, 'record' | 'logger'>;
  /** What waits is there, too, and outlives the process. */
  readonly mirror?: SpoolMirror | undefined;
  /** From 0 to 1. */
  readonly random?: () => number;
}

const AT_ONCE = 4;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** A put that takes longer is tried again. */
const PUT_WITHIN_MS = 20_000;

/**
 * Takes what is to be kept to where it is kept, beside the calls: nobody waits for it and nothing throws. What cannot be
 * taken there waits, bounded, and is tried again after ever longer pauses; what finds no room is dropped and counted.
 */
export class RecordWriter {
  readonly #o: WriterOptions;
  readonly #spool: Spool;
  readonly #closing = new AbortController();
  #underWay = 0;
  /** Attempts that failed since one did not. */
  #failures = 0;
  #pause: Timer | undefined;
  #onEmpty: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: WriterOptions) {
    this.#o = options;
    this.#spool = new Spool(options.maxBytes);
  }

  /** Bytes that wait, or are on their way. */
  get waitingBytes(): number {
    return this.#spool.bytes;
  }

  /** @returns false where it was dropped, which is counted */
  write(item: Item): boolean {
    const isKept = !this.#closing.signal.aborted && this.#spool.put(item);
    if (isKept) {
      this.#o.mirror?.save(item);
      this.#pump();
    } else this.#drop(item);
    return isKept;
  }

  /** Sends what waits, for `withinMs` at most; then what is left is dropped and counted, but stays in the mirror. Idempotent. */
  close(withinMs: number): Promise<void> {
    return (this.#closed ??= this.#close(withinMs));
  }

  async #close(withinMs: number): Promise<void> {
    const { clock, sink, mirror } = this.#o;
    const empty = new Promise<void>((resolve) => (this.#onEmpty = resolve));
    this.#resume();
    if (this.#spool.isEmpty) this.#onEmpty?.();
    await endsWithin(clock, withinMs, empty);
    this.#closing.abort();
    this.#pause?.cancel();
    await mirror?.close(withinMs);
    if (mirror === undefined) for (const left of this.#spool.left) this.#drop(left);
    sink.close();
  }

  #resume(): void {
    this.#pause?.cancel();
    this.#pause = undefined;
    this.#pump();
  }

  #pump(): void {
    // After a failure one at a time asks whether it is over.
    const atOnce = this.#failures > 0 ? 1 : AT_ONCE;
    while (this.#pause === undefined && this.#underWay < atOnce && !this.#closing.signal.aborted) {
      const item = this.#spool.take();
      if (item === undefined) break;
      this.#underWay += 1;
      void this.#send(item);
    }
    if (this.#spool.isEmpty) this.#onEmpty?.();
  }

  async #send(item: Item): Promise<void> {
    const { sink, mirror, telemetry } = this.#o;
    const late = new AbortController();
    const timer = this.#o.clock.after(PUT_WITHIN_MS, () => late.abort());
    try {
      await sink.put(item, AbortSignal.any([late.signal, this.#closing.signal]));
      this.#spool.done(item);
      if (!this.#spool.has(idOf(item))) mirror?.forget(item);
      telemetry.record('callRecordWritten', { kind: kindOf(item), bytes: item.bytes.length });
      if (this.#failures > 0) telemetry.logger.info({ failures: this.#failures }, 'call records are written again');
      this.#failures = 0;
    } catch (error) {
      this.#onFailed(item, error);
    } finally {
      timer.cancel();
      this.#underWay -= 1;
      this.#pump();
    }
  }

  #onFailed(item: Item, error: unknown): void {
    this.#spool.putBack(item);
    if (this.#closing.signal.aborted) return;
    const { clock, telemetry, random = Math.random } = this.#o;
    // One line an outage, however many wait for its end.
    const level = this.#failures === 0 ? 'warn' : 'debug';
    this.#failures += 1;
    telemetry.record('callRecordNotWritten', { err: error, kind: kindOf(item) }, level);
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#failures - 1, 10));
    this.#pause ??= clock.after(pauseMs * (0.5 + random() / 2), () => this.#resume());
  }

  #drop(item: Item): void {
    this.#o.telemetry.record('callRecordDropped', { kind: kindOf(item), bytes: item.bytes.length });
  }
}

const kindOf = ({ isBulk }: Item): 'record' | 'recording' => (isBulk ? 'recording' : 'record');
