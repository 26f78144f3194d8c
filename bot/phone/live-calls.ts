import { BotError } from '../errors';
import type { PhoneConfig } from '../phone-config';
import type { Caller } from './caller-number';

/** A call that a stream carries, here. */
export interface LiveCall {
  readonly callSid: string;
  /** Ours. */
  readonly callId: string;
  readonly callerKey: string;
  /** The bot called. */
  readonly isOut: boolean;
}

/** The calls that this process carries, by the carrier's name of them: one stream each, and so many a caller. */
export class LiveCalls {
  readonly #calls = new Map<string, LiveCall>();
  /** Calls that have no place yet: they count from there on, so that many at once are not let in together. */
  readonly #coming = new Set<Omit<LiveCall, 'callId'>>();

  /**
   * Adds a call that `reserve` gets a place for.
   * @param onOlder told of a call of the same name that came meanwhile
   * @throws what `reserve` rejects with
   */
  async take(
    coming: Omit<LiveCall, 'callId'>,
    reserve: () => Promise<string>,
    onOlder: (older: LiveCall) => void = () => undefined,
  ): Promise<LiveCall> {
    this.#coming.add(coming);
    try {
      const call = { ...coming, callId: await reserve() };
      const older = this.#calls.get(call.callSid);
      if (older !== undefined) onOlder(older);
      this.#calls.set(call.callSid, call);
      return call;
    } finally {
      this.#coming.delete(coming);
    }
  }

  get(callSid: string): LiveCall | undefined {
    return this.#calls.get(callSid);
  }

  /** Idempotent; a newer call of the same name stays. */
  remove({ callSid, callId }: LiveCall): void {
    if (this.#calls.get(callSid)?.callId === callId) this.#calls.delete(callSid);
  }

  /** Calls that the bot made. */
  get out(): number {
    return [...this.#calls.values()].filter((call) => call.isOut).length;
  }

  /** Why a caller may have no call besides those that they have here; undefined where they may. */
  refusalFor(
    { key, isWithheld }: Caller,
    besides: string,
    { liveCallsPerNumber, liveCallsWithheld }: Pick<PhoneConfig, 'liveCallsPerNumber' | 'liveCallsWithheld'>,
  ): BotError | undefined {
    const calls = [...this.#calls.values(), ...this.#coming].filter((call) => call.callerKey === key);
    const others = new Set(calls.map(({ callSid }) => callSid).filter((callSid) => callSid !== besides));
    if (others.size < (isWithheld ? liveCallsWithheld : liveCallsPerNumber)) return undefined;
    return new BotError('caller_busy', 'This caller has as many calls as a number may have at a time.');
  }
}
