import { BotError } from '../../../errors';
import type { Clock, Timer } from '../../../time';
import type { DialledCall } from '../../rooms';
import type { Leg } from './leg';

/** Beyond the time that it rings: the network's own. */
const SLACK_MS = 5_000;
/** Whoever has answered is in the room within seconds. */
const JOINS_WITHIN_MS = 15_000;

interface RingingLegOptions {
  readonly call: Pick<DialledCall, 'ringMs' | 'onOutcome'>;
  /** Has Daily ring. */
  readonly dial: () => void;
  readonly clock: Clock;
  /** There will be nobody. Called at most once. */
  readonly onLost: (error: BotError) => void;
}

/** A telephone that the bot rings from a room. Daily may let it into the room before anybody answers: what is heard then is a network. */
export class RingingLeg implements Leg {
  readonly #options: RingingLegOptions;
  #state: 'new' | 'ringing' | 'answered' | 'over' = 'new';
  #timer: Timer | undefined;

  constructor(options: RingingLegOptions) {
    this.#options = options;
  }

  get mayTalk(): boolean {
    return this.#state === 'answered';
  }

  joined(): void {
    if (this.#state !== 'new') return;
    this.#state = 'ringing';
    const { call, dial, clock } = this.#options;
    this.#timer = clock.after(call.ringMs + SLACK_MS, () => this.#lose('no-answer', 'nobody answered in time'));
    dial();
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  answered(): void {
    if (this.#state !== 'ringing') return;
    this.#state = 'answered';
    const { call, clock } = this.#options;
    this.#timer?.cancel();
    this.#timer = clock.after(JOINS_WITHIN_MS, () => this.#lose('failed', 'who answered did not come into the room'));
    call.onOutcome('in-progress');
  }

  failed(): void {
    this.#lose(this.#state === 'ringing' ? 'no-answer' : 'failed', 'nobody answered, or the call failed');
  }

  stop(): void {
    this.#state = 'over';
    this.#timer?.cancel();
  }

  #lose(outcome: 'no-answer' | 'failed', message: string): void {
    if (this.#state === 'over') return;
    this.stop();
    this.#options.call.onOutcome(outcome);
    this.#options.onLost(new BotError('peer_failed', message));
  }
}
