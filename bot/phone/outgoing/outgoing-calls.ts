import { createHash, randomUUID } from 'node:crypto';
import type { Agents, AskedAgent } from '../../agents';
import type { Calls } from '../../call';
import { BotError } from '../../errors';
import type { OutboundConfig } from '../../phone-config';
import type { Telemetry } from '../../telemetry';
import type { Clock } from '../../time';
import type { MachineReached } from '../../transport/transport';
import type { Carrier } from '../../transport/carrier';
import type { Claims, CostLimits } from '../../usage-limits';
import type { FrontDesk } from '../front-desk';
import { answeredByOf, Verdicts } from './answered-by';
import { requireDestination } from './destination';
import { Idempotency } from './idempotency';
import { Ringing } from './ringing';

/** They travel in addresses. */
const MAX_VARIABLES_BYTES = 600;
const OVER = new Set(['completed', 'busy', 'no-answer', 'failed', 'canceled']);

const MESSAGE =
  'A machine has answered this call, and its tone has just sounded. Leave a message of ten seconds at most: who calls, for whom and why. Say nothing that only one person may hear.';

export interface CallRequest {
  readonly to: string;
  readonly from?: string | undefined;
  readonly agent?: string | undefined;
  readonly variables?: AskedAgent['variables'];
}

/** A call on its way. */
export interface Dialled {
  readonly callSid: string;
  /** The carrier's word, as `queued`. */
  readonly status: string;
}

interface OutgoingCallsOptions {
  readonly config: OutboundConfig;
  /** Numbers of ours that are answered, which may be called from as well. */
  readonly ownNumbers: readonly string[];
  readonly maxCallMs: number;
  readonly desk: FrontDesk;
  readonly carrier: Carrier;
  readonly calls: Pick<Calls, 'status'>;
  readonly agents: Pick<Agents, 'prepare'>;
  readonly limits: CostLimits;
  readonly claims: Claims | undefined;
  readonly callerKeyOf: (number: string) => string;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** The calls that the bot makes: who may be called, how often, and what is done with a machine that answers. */
export class OutgoingCalls {
  readonly #options: OutgoingCallsOptions;
  readonly #verdicts: Verdicts;
  readonly #requests: Idempotency<Dialled>;
  readonly #ringing: Ringing;

  constructor(options: OutgoingCallsOptions) {
    this.#options = options;
    this.#verdicts = new Verdicts(options.clock);
    this.#requests = new Idempotency(options.clock);
    this.#ringing = new Ringing(options.clock, options.config.ringMs, (callSid) => this.#verdicts.forget(callSid));
  }

  /**
   * Begins to call somebody.
   * @param key made up by the client: the same request with it is done once
   * @throws BotError `destination_refused`, `bad_request`, `at_capacity`, `draining`, `caller_limit_reached`,
   *   `day_quota_reached`, `request_conflict`, `carrier_refused`, `carrier_unavailable`
   */
  async call(request: CallRequest, key: string | undefined): Promise<Dialled> {
    if (key === undefined) return this.#dial(request, () => Promise.resolve());
    return this.#requests.once(key, request, (spend) =>
      this.#dial(request, async () => {
        await this.#claim(key);
        spend();
      }),
    );
  }

  /** What the carrier tells of a call. */
  changed(callSid: string, status: string): void {
    if (!OVER.has(status)) return;
    this.#ringing.isOver(callSid);
    this.#verdicts.forget(callSid);
  }

  /** Who answered, as the carrier says. @returns whether the call is here */
  answeredBy(callSid: string, said: string): boolean {
    const by = answeredByOf(said);
    if (this.#verdicts.tell(callSid, by)) return true;
    const isHere = this.#options.desk.live.get(callSid) !== undefined;
    if (!isHere && this.#ringing.has(callSid)) this.#verdicts.keep(callSid, by);
    else if (by === 'machine' && isHere) void this.#leave(callSid);
    else if (by === 'machine-waits' && isHere) this.#onMachineWaits(callSid);
    return isHere;
  }

  /** The model has noticed a machine that the carrier had not, or not yet. */
  reachedMachine(callSid: string): MachineReached {
    if (this.#options.config.onMachine === 'message') return 'takes-message';
    void this.#leave(callSid);
    return 'hangs-up';
  }

  /** Resolves when whoever answered may be spoken to: with what is to be said to a machine. */
  async untilAnswered(callSid: string, signal: AbortSignal): Promise<string | undefined> {
    this.#ringing.isOver(callSid);
    const by = await this.#verdicts.of(callSid, signal);
    if (by === 'human' || by === 'unknown') return undefined;
    if (by === 'machine-waits' && this.#options.config.onMachine === 'message') return MESSAGE;
    await this.#leave(callSid);
    throw new BotError('peer_failed', 'a machine answered');
  }

  #onMachineWaits(callSid: string): void {
    const { config, desk } = this.#options;
    if (config.onMachine === 'message') desk.lastWords(callSid, MESSAGE);
    else void this.#leave(callSid);
  }

  async #leave(callSid: string): Promise<void> {
    await this.#options.desk.end(callSid, 'voicemail').catch(() => undefined); // It has ended by itself.
  }

  /** @param claim resolves where nobody else has asked the carrier for it */
  async #dial(request: CallRequest, claim: () => Promise<void>): Promise<Dialled> {
    const { config, ownNumbers, maxCallMs, desk, carrier, telemetry } = this.#options;
    const { to, from = config.defaultFrom, agent, variables } = request;
    requireDestination(to, config.prefixes);
    if ([...config.from, ...ownNumbers].includes(to)) {
      throw new BotError('destination_refused', 'to: it is a number of the bot, which would talk to itself.');
    }
    if (![...config.from, ...ownNumbers].includes(from)) {
      throw new BotError('bad_request', 'from: it is none of PHONE_CALLS_FROM and PHONE_NUMBERS.');
    }
    await this.#requireAgent(agent, variables);
    this.#requireRoom();
    const countedAs = `dial ${randomUUID()}`;
    const dialling = this.#ringing.dial();
    try {
      await this.#options.limits.admit(countedAs, this.#options.callerKeyOf(to));
      await claim();
      const leavesMessage = config.onMachine === 'message';
      const ticket = desk.ticketFor(to, agent, variables);
      const dialled = await carrier.dial({ to, from, ticket, ringMs: config.ringMs, maxCallMs, leavesMessage });
      this.#options.limits.counts(countedAs);
      dialling.rings(dialled.callSid);
      telemetry.record('phoneDialled', { callSid: dialled.callSid });
      return dialled;
    } catch (error) {
      this.#options.limits.ended(countedAs);
      throw error;
    } finally {
      dialling.end();
    }
  }

  /** @throws BotError `bad_request` */
  async #requireAgent(name: string | undefined, variables: CallRequest['variables']): Promise<void> {
    if (Buffer.byteLength(JSON.stringify(variables ?? {})) > MAX_VARIABLES_BYTES) {
      throw new BotError('bad_request', `variables: ${MAX_VARIABLES_BYTES} bytes at most in all, as JSON.`);
    }
    await this.#options.agents.prepare({ name, variables, givenBy: 'server' });
  }

  /** @throws BotError `draining`, `at_capacity` */
  #requireRoom(): void {
    const { calls, config, desk } = this.#options;
    const { draining, activeCalls, maxCalls } = calls.status;
    if (draining)
      throw new BotError('draining', 'This server is about to stop. Please try again.', { retryAfterSeconds: 1 });
    const ringing = this.#ringing.count;
    if (activeCalls + ringing >= maxCalls || ringing + desk.live.out >= config.atOnce) {
      const detail = 'As many calls are being made as may be at a time.';
      throw new BotError('at_capacity', detail, { retryAfterSeconds: 10 });
    }
  }

  /** Another task may have had the same request. @throws BotError `request_conflict` */
  async #claim(key: string): Promise<void> {
    const { claims, clock, telemetry } = this.#options;
    const name = `dial#${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;
    try {
      if ((await claims?.claim(name, clock.epochMs())) !== false) return;
    } catch (error) {
      telemetry.record('usageUnknown', { step: 'claim', err: error });
      return;
    }
    throw new BotError('request_conflict', 'Another task has had this request: look there what became of it.');
  }
}
