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
  /** Whose streams are at the door: they count from there on, so that many at once are not let in together. */
  readonly #coming = new Set<Pick<LiveCall, 'callSid' | 'callerKey'>>();

  /** @returns what is called when it has its place, or gets none. Idempotent. */
  expect(call: Pick<LiveCall, 'callSid' | 'callerKey'>): () => void {
    this.#coming.add(call);
    return () => void this.#coming.delete(call);
  }

  add(call: LiveCall): void {
    this.#calls.set(call.callSid, call);
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
