import { createHash, randomUUID } from 'node:crypto';
import type { Agents, AskedAgent } from '../../agents';
import { BotError } from '../../errors';
import type { OutboundConfig } from '../../phone-config';
import type { Telemetry } from '../../telemetry';
import type { Clock } from '../../time';
import type { Claims, CostLimits } from '../../usage-limits';
import { requireDestination } from './destination';
import { Idempotency } from './idempotency';

/** They travel in addresses. */
const MAX_VARIABLES_BYTES = 600;

export interface CallRequest {
  readonly to: string;
  readonly from?: string | undefined;
  readonly agent?: string | undefined;
  readonly variables?: AskedAgent['variables'];
}

/** Whom to call, from which number of ours, and who speaks. */
export type WantedCall = CallRequest & { readonly from: string };

/** A call on its way. */
export interface Dialled {
  readonly callSid: string;
  /** The carrier's word, as `queued`. */
  readonly status: string;
}

/** A call that counts among those that may be made at a time, from before the carrier is asked. */
export interface Attempt {
  /** Asks the carrier. @throws BotError `carrier_refused`, `carrier_unavailable`, and why there can be no room */
  dial(): Promise<Dialled>;
  /** The carrier has answered, or is not asked after all. Idempotent. */
  end(): void;
}

interface OutgoingRequestsOptions {
  readonly config: Pick<OutboundConfig, 'prefixes'>;
  /** Numbers of ours that may be called from, by default the first one; none of them is called. */
  readonly from: readonly string[];
  readonly agents: Pick<Agents, 'prepare'>;
  /** @throws BotError `at_capacity`, `draining`, and why there can be no call */
  readonly begin: (call: WantedCall) => Attempt | Promise<Attempt>;
  readonly limits: CostLimits;
  readonly claims: Claims | undefined;
  readonly callerKeyOf: (number: string) => string;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** Requests that the bot call somebody: who may be called, how often, and each once. */
export class OutgoingRequests {
  readonly #options: OutgoingRequestsOptions;
  readonly #requests: Idempotency<Dialled>;

  constructor(options: OutgoingRequestsOptions) {
    this.#options = options;
    this.#requests = new Idempotency(options.clock);
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

  /** @param claim resolves where nobody else has asked the carrier for it */
  async #dial(request: CallRequest, claim: () => Promise<void>): Promise<Dialled> {
    const { config, from: own, begin, limits, callerKeyOf, telemetry } = this.#options;
    const [ours = ''] = own;
    const { to, from = ours, agent, variables } = request;
    requireDestination(to, config.prefixes);
    if (own.includes(to)) {
      throw new BotError('destination_refused', 'to: it is a number of the bot, which would talk to itself.');
    }
    if (!own.includes(from)) throw new BotError('bad_request', 'from: it is no number of the bot.');
    await this.#requireAgent(agent, variables);
    const countedAs = `dial ${randomUUID()}`;
    const attempt = await begin({ ...request, from });
    try {
      await limits.admit(countedAs, callerKeyOf(to));
      await claim();
      const dialled = await attempt.dial();
      limits.counts(countedAs);
      telemetry.record('phoneDialled', { callSid: dialled.callSid });
      return dialled;
    } catch (error) {
      limits.ended(countedAs);
      throw error;
    } finally {
      attempt.end();
    }
  }

  /** @throws BotError `bad_request` */
  async #requireAgent(name: string | undefined, variables: CallRequest['variables']): Promise<void> {
    if (Buffer.byteLength(JSON.stringify(variables ?? {})) > MAX_VARIABLES_BYTES) {
      throw new BotError('bad_request', `variables: ${MAX_VARIABLES_BYTES} bytes at most in all, as JSON.`);
    }
    await this.#options.agents.prepare({ name, variables, givenBy: 'server' });
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
