import { BotError } from '../../../errors';
import type { Clock, Timer } from '../../../time';
import type { HeldCall } from '../../rooms';
import type { Leg } from './leg';

/** Callers should not hear music for longer: beyond it a caller counts as held too long, whatever becomes of the call. */
const HELD_LONG_MS = 6_000;
/** So long a caller hears music at most; Daily then speaks its `timeout_config.message`. */
const HELD_AT_MOST_MS = 20_000;
/** A call that was put through is in the room within seconds, or its caller has gone. */
const JOINS_WITHIN_MS = 15_000;

interface PhoneLineOptions {
  readonly call: HeldCall;
  /** Puts the call through. @throws BotError `daily_*` */
  readonly connect: () => Promise<void>;
  readonly clock: Clock;
  /** The caller has been on hold for longer than callers should be, and still is. Called at most once. */
  readonly onHeldLong: () => void;
  /** The call was put through, after so long. */
  readonly onConnected: (heldMs: number) => void;
  /** There will be no caller. Called at most once. */
  readonly onLost: (error: BotError) => void;
}

/** A telephone call on its way from Daily's music into the room: put through once, when the room can be called. */
export class PhoneLine implements Leg {
  readonly mayTalk = true;
  readonly #options: PhoneLineOptions;
  #state: 'held' | 'connecting' | 'connected' | 'over' = 'held';
  #timer: Timer;
  readonly #heldLong: Timer;

  constructor(options: PhoneLineOptions) {
    this.#options = options;
    const { clock, call, onHeldLong } = options;
    const afterRing = (limitMs: number): number => Math.max(0, limitMs - (clock.nowMs() - call.rangAtMs));
    this.#heldLong = clock.after(afterRing(HELD_LONG_MS), onHeldLong);
    this.#timer = clock.after(afterRing(HELD_AT_MOST_MS), () =>
      this.#lose('a telephone call could not be put through in time'),
    );
  }

  joined(): void {
    // It can be called a moment later.
  }

  answered(): void {
    // Nobody was rung.
  }

  /** Before that Daily refuses. */
  async ready(): Promise<void> {
    if (this.#state !== 'held') return;
    this.#state = 'connecting';
    const { clock, call, connect, onConnected } = this.#options;
    try {
      await connect();
    } catch (error) {
      this.#lose('Daily did not put a telephone call through', error);
      return;
    }
    if (this.#isOver()) return;
    this.#state = 'connected';
    this.#heldLong.cancel();
    this.#timer.cancel();
    this.#timer = clock.after(JOINS_WITHIN_MS, () => this.#lose('a telephone caller did not come into the room'));
    onConnected(clock.nowMs() - call.rangAtMs);
  }

  failed(): void {
    this.#lose('a telephone caller did not come into the room');
  }

  stop(): void {
    this.#state = 'over';
    this.#heldLong.cancel();
    this.#timer.cancel();
  }

  /** Asked after a wait. */
  #isOver(): boolean {
    return this.#state === 'over';
  }

  #lose(message: string, cause?: unknown): void {
    if (this.#isOver()) return;
    this.stop();
    this.#options.onLost(new BotError('peer_failed', message, { cause }));
  }
}
