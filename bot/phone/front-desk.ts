import type { AskedAgent } from '../agents';
import type { Lines } from '../call';
import { BotError } from '../errors';
import type { PhoneConfig } from '../phone-config';
import type { Telemetry } from '../telemetry';
import type { Clock } from '../time';
import type { CallTransport, CloseReason } from '../transport/transport';
import type { CostLimits, Claims } from '../usage-limits';
import { agentFor } from './answering';
import { type Caller, callerOf, hashOf } from './caller-number';
import { type LiveCall, LiveCalls } from './live-calls';
import { Recent } from './recent';
import { sealed, unsealed } from './sealed';
import { isFresh, readOffer, signOffer, type SignedOffer, type StreamOffer } from './stream-token';

/** A stream is offered so often: about half a second each, while other tasks may have room. */
const MAX_ATTEMPTS = 10;
/**
 * Behind this one a question more shifts the turn. Where requests go to tasks in turn, a stream and the question behind it
 * would go to every other task for ever; so, ten streams come to each of up to eight tasks.
 */
const SHIFTED_ATTEMPT = 4;
/** One that ended within so long of its offer never came about, or was lost at once. */
const RETRY_WITHIN_MS = 5_000;
/** Rings for ten minutes at most, and is answered then. */
const TICKET_LIFE_MS = 11 * 60_000;

export interface RingingCall {
  readonly callSid: string;
  readonly accountSid: string;
  readonly from: string;
  readonly to: string;
}

/** What a carrier is to do with a call. */
export type Decision =
  /** Connect it with a stream; `token` proves the offer. */
  | { readonly kind: 'connect'; readonly token: string; readonly attempt: number }
  /** Ask once more what next. */
  | { readonly kind: 'ask-again'; readonly token: string; readonly attempt: number }
  /** Refuse it unanswered. */
  | { readonly kind: 'busy' }
  /** Say in a recorded voice that it cannot be taken, and hang up. */
  | { readonly kind: 'apologise' }
  | { readonly kind: 'hang-up' };

/** A place for a call whose stream may come now. */
export interface Place {
  readonly callId: string;
  readonly offer: SignedOffer;
  readonly token: string;
  begin(transport: LineTransport): void;
  /** The stream did not come after all. Idempotent. */
  release(): void;
}

export interface LineTransport extends CallTransport {
  /** A machine takes a message. @param words what the model is told */
  lastWords(words: string): void;
  /** A newer stream has the call. */
  replaced(): void;
}

interface FrontDeskOptions {
  readonly config: PhoneConfig;
  readonly lines: Lines;
  /** Those of all tasks; undefined: this process's alone. */
  readonly claims: Claims | undefined;
  /** What callers who withhold their number may have in a day together. */
  readonly withheld: CostLimits | undefined;
  /** What the bot's own calls may use in a day. */
  readonly outbound: CostLimits | undefined;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** Decides what becomes of telephone calls, and gives those that come their places. Nothing of it is a carrier's own. */
export class FrontDesk {
  readonly live = new LiveCalls();
  readonly #options: FrontDeskOptions;
  readonly #transports = new Map<string, LineTransport>();
  readonly #spent: Recent;
  readonly #hungUp: Recent;

  constructor(options: FrontDeskOptions) {
    this.#options = options;
    this.#spent = new Recent(options.clock);
    this.#hungUp = new Recent(options.clock);
  }

  /** Somebody calls. Refuses at once only what every task would refuse. */
  ring({ callSid, accountSid, from, to }: RingingCall): Decision {
    const { config, lines } = this.#options;
    const caller = callerOf(from, config.streamKeys[0]);
    const refusal = this.#tooMany(caller, callSid) ?? lines.refusalFor(`phone ${caller.key}`);
    if (refusal !== undefined) {
      this.#refused(refusal);
      return { kind: 'busy' };
    }
    const agent = agentFor(to, config.numbers);
    return this.#connect({ callSid, accountSid, direction: 'in', attempt: 1, caller, agent, box: undefined });
  }

  /** Somebody whom the bot calls has answered. @param ticket as `ticketFor` made it */
  answered(ticket: string, call: Pick<RingingCall, 'callSid' | 'accountSid'>): Decision {
    const offer = readOffer(ticket, this.#options.config.streamKeys);
    const isOurs = offer?.direction === 'out' && offer.callSid === '';
    if (!isOurs || this.#options.clock.epochMs() - offer.issuedMs > TICKET_LIFE_MS) return { kind: 'hang-up' };
    return this.#connect({ ...offer, ...call });
  }

  /** What comes back when somebody answers whom the bot calls. */
  ticketFor(to: string, agent: string | undefined, variables: AskedAgent['variables']): string {
    const [key] = this.#options.config.streamKeys;
    const offer: StreamOffer = {
      callSid: '',
      accountSid: '',
      direction: 'out',
      attempt: 1,
      caller: { key: hashOf(to, key), isWithheld: false },
      agent,
      box: variables === undefined ? undefined : sealed(JSON.stringify(variables), key),
    };
    return signOffer(offer, this.#options.clock.epochMs(), key);
  }

  /**
   * A stream has ended, or could not begin, and the caller is still there.
   * @param token of its offer @param isAskedAgain this is the question that shifts the turn
   */
  streamEnded(token: string, isAskedAgain: boolean): Decision {
    const { config, clock, telemetry } = this.#options;
    const offer = readOffer(token, config.streamKeys);
    // Ended by us, where the carrier was told so and did not hear.
    if (offer === undefined || this.#hungUp.has(offer.callSid)) return { kind: 'hang-up' };
    const isEarly = clock.epochMs() - offer.issuedMs < RETRY_WITHIN_MS;
    if (isEarly && offer.attempt < MAX_ATTEMPTS) {
      const { attempt } = offer;
      if (attempt === SHIFTED_ATTEMPT && !isAskedAgain) return { kind: 'ask-again', token, attempt };
      return this.#connect({ ...offer, attempt: attempt + 1 });
    }
    telemetry.record('phoneStreamLost', {
      why: isEarly ? 'no-room' : 'broken',
      attempts: offer.attempt,
      callSid: offer.callSid,
    });
    return { kind: 'apologise' };
  }

  /** Nobody took a call that was to be given away: it comes back to the bot. @param token of the stream it had */
  comeBack(token: string): Decision {
    const offer = readOffer(token, this.#options.config.streamKeys);
    return offer === undefined ? { kind: 'hang-up' } : this.#connect({ ...offer, attempt: 1 });
  }

  /**
   * A stream is at the door: takes the call's place.
   * @throws BotError `stream_refused`, `stream_spent`, `caller_busy`, and what `Lines.reserve` throws
   */
  async takeUp(token: string): Promise<Place> {
    const { config, clock } = this.#options;
    const offer = readOffer(token, config.streamKeys);
    if (offer === undefined || offer.callSid === '' || !isFresh(offer, clock.epochMs())) {
      throw new BotError('stream_refused', 'This address of a stream is not valid, or not any more.');
    }
    await this.#claim(offer);
    const { callSid, caller } = offer;
    const busy = offer.direction === 'in' ? this.#tooMany(caller, callSid) : undefined;
    if (busy !== undefined) throw this.#refused(busy);
    const older = this.live.get(callSid);
    if (older !== undefined) this.#replace(older);
    const coming = { callSid, callerKey: caller.key, isOut: offer.direction === 'out' };
    const reserve = () => this.#reserve(offer);
    return this.#placeOf(offer, token, await this.live.take(coming, reserve, (other) => this.#replace(other)));
  }

  #placeOf(offer: SignedOffer, token: string, live: LiveCall): Place {
    const { lines } = this.#options;
    const { callId } = live;
    return {
      callId,
      offer,
      token,
      begin: (transport) => {
        this.#transports.set(callId, transport);
        if (offer.direction === 'out') this.#options.outbound?.joined(callId);
        lines.begin(callId, transport, () => {
          this.live.remove(live);
          this.#transports.delete(callId);
        });
      },
      release: () => {
        this.live.remove(live);
        lines.release(callId);
      },
    };
  }

  /** @throws BotError as `Lines.reserve` does, and for the limits of those who withhold their number */
  async #reserve(offer: SignedOffer): Promise<string> {
    const { lines, withheld } = this.#options;
    const { key, isWithheld } = offer.caller;
    const callId = await lines.reserve(`phone ${key}`, this.#asked(offer));
    try {
      if (isWithheld) await withheld?.admit(callId, key);
      return callId;
    } catch (error) {
      lines.release(callId);
      throw error;
    }
  }

  /** Ends a call by the carrier's name of it, where it is here. */
  async end(callSid: string, reason: CloseReason): Promise<void> {
    const call = this.live.get(callSid);
    if (call !== undefined) await this.#options.lines.end(call.callId, reason);
  }

  /** Has a call that is here speak to a machine, and end. */
  lastWords(callSid: string, words: string): void {
    const call = this.live.get(callSid);
    if (call !== undefined) this.#transports.get(call.callId)?.lastWords(words);
  }

  #connect(offer: StreamOffer): Decision {
    const { config, clock } = this.#options;
    const token = signOffer(offer, clock.epochMs(), config.streamKeys[0]);
    return { kind: 'connect', token, attempt: offer.attempt };
  }

  /** Takes an offer, once. @throws BotError `stream_spent` */
  async #claim({ callSid, attempt, issuedMs }: SignedOffer): Promise<void> {
    // A call that came back begins to count its attempts anew.
    const name = `stream#${callSid}#${attempt}#${issuedMs}`;
    const isOurs = this.#spent.add(name) && (await this.#claimOfAll(name));
    if (!isOurs) throw new BotError('stream_spent', 'This address of a stream has been used.');
  }

  async #claimOfAll(name: string): Promise<boolean> {
    const { claims, clock, telemetry } = this.#options;
    try {
      return (await claims?.claim(name, clock.epochMs())) ?? true;
    } catch (error) {
      // What was spent here is known here: a table that is down is no reason to refuse everybody.
      telemetry.record('usageUnknown', { step: 'claim', err: error });
      return true;
    }
  }

  #asked({ agent, direction, box }: SignedOffer): AskedAgent {
    const { config } = this.#options;
    const text = box === undefined ? undefined : unsealed(box, config.streamKeys);
    // Sealed by us: it was checked before.
    const variables = text === undefined ? undefined : (JSON.parse(text) as AskedAgent['variables']);
    return { name: agent, variables, givenBy: direction === 'out' ? 'server' : 'browser' };
  }

  /** The bot hangs up: the carrier may ask what next all the same. */
  hangsUp(callSid: string): void {
    this.#hungUp.add(callSid);
  }

  /** One stream a call: the older one ends, and the caller is not hung up on. */
  #replace(older: LiveCall): void {
    this.#transports.get(older.callId)?.replaced();
    this.live.remove(older);
    this.#options.lines.end(older.callId, 'caller-vanished').catch(() => undefined); // It ended by itself.
  }

  #tooMany(caller: Caller, callSid: string): BotError | undefined {
    return this.live.refusalFor(caller, callSid, this.#options.config);
  }

  #refused(refusal: BotError): BotError {
    this.#options.telemetry.record('phoneCallRefused', { code: refusal.code });
    return refusal;
  }
}
