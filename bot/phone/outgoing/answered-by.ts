import { BotError } from '../../errors';
import type { Clock } from '../../time';

/** A person who has said "Hello?" waits no longer for an answer. */
const VERDICT_WITHIN_MS = 2_500;

export type AnsweredBy = 'human' | 'machine' | 'machine-waits' | 'unknown';

/** What detection says. Source: https://www.twilio.com/docs/voice/answering-machine-detection */
export function answeredByOf(said: string): AnsweredBy {
  if (said === 'human') return 'human';
  if (said.startsWith('machine_end')) return 'machine-waits';
  return said === 'machine_start' || said === 'fax' ? 'machine' : 'unknown';
}

/** Who has answered the calls that the bot makes: told while they are waited for, or later. */
export class Verdicts {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, (by: AnsweredBy) => void>();
  readonly #early = new Map<string, AnsweredBy>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns whether somebody waited for it */
  tell(callSid: string, by: AnsweredBy): boolean {
    const settle = this.#waiting.get(callSid);
    if (settle !== undefined) settle(by);
    return settle !== undefined;
  }

  /** Comes before the call's stream does. */
  keep(callSid: string, by: AnsweredBy): void {
    this.#early.set(callSid, by);
  }

  /** The call is over, or never came about. */
  forget(callSid: string): void {
    this.#early.delete(callSid);
  }

  /** Who answered; `unknown` when that was not said in time. @throws BotError `peer_failed` when the call ends meanwhile */
  of(callSid: string, signal: AbortSignal): Promise<AnsweredBy> {
    const early = this.#early.get(callSid);
    this.#early.delete(callSid);
    if (early !== undefined) return Promise.resolve(early);
    return new Promise((resolve, reject) => {
      const end = (): void => {
        timer.cancel();
        this.#waiting.delete(callSid);
        signal.removeEventListener('abort', onAbort);
      };
      const settle = (by: AnsweredBy): void => {
        end();
        resolve(by);
      };
      const onAbort = (): void => {
        end();
        reject(new BotError('peer_failed', 'the call ended before anybody spoke'));
      };
      const timer = this.#clock.after(VERDICT_WITHIN_MS, () => settle('unknown'));
      this.#waiting.set(callSid, settle);
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
    });
  }
}
