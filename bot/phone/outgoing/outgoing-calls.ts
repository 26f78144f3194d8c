import type { Agents } from '../../agents';
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
import { type Attempt, type CallRequest, type Dialled, OutgoingRequests, type WantedCall } from './outgoing-requests';
import { Ringing } from './ringing';

const OVER = new Set(['completed', 'busy', 'no-answer', 'failed', 'canceled']);

const MESSAGE =
  'A machine has answered this call, and its tone has just sounded. Leave a message of ten seconds at most: who calls, for whom and why. Say nothing that only one person may hear.';

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
  readonly #requests: OutgoingRequests;
  readonly #ringing: Ringing;

  constructor(options: OutgoingCallsOptions) {
    this.#options = options;
    this.#verdicts = new Verdicts(options.clock);
    this.#requests = new OutgoingRequests({
      ...options,
      from: [...new Set([options.config.defaultFrom, ...options.config.from, ...options.ownNumbers])],
      begin: (call) => this.#begin(call),
    });
    this.#ringing = new Ringing(options.clock, options.config.ringMs, (callSid) => this.#verdicts.forget(callSid));
  }

  /** As `OutgoingRequests.call`. */
  call(request: CallRequest, key: string | undefined): Promise<Dialled> {
    return this.#requests.call(request, key);
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

  /** @throws BotError `draining`, `at_capacity` */
  #begin({ to, from, agent, variables }: WantedCall): Attempt {
    this.#requireRoom();
    const { config, maxCallMs, desk, carrier } = this.#options;
    const dialling = this.#ringing.dial();
    return {
      dial: async () => {
        const leavesMessage = config.onMachine === 'message';
        const ticket = desk.ticketFor(to, agent, variables);
        const dialled = await carrier.dial({ to, from, ticket, ringMs: config.ringMs, maxCallMs, leavesMessage });
        dialling.rings(dialled.callSid);
        return dialled;
      },
      end: () => dialling.end(),
    };
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
}
