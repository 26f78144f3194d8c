import type { Agents } from '../agents';
import type { Lines } from '../call';
import { BotError } from '../errors';
import type { DialInConfig } from '../phone-config';
import type { Telemetry } from '../telemetry';
import type { Clock } from '../time';
import type { CallRooms } from '../transport/rooms';
import type { CallTransport } from '../transport/transport';
import { agentFor, requireServed } from './answering';
import { type Caller, callerOf } from './caller-number';
import { LiveCalls } from './live-calls';
import type { PhoneLimits } from './open-phone';
import { Recent } from './recent';

/** As long as Daily's word of a call is valid, whichever of the two clocks is behind. */
const REMEMBERED_MS = 10 * 60_000;

/** A telephone call that Daily holds. */
interface HeldRing {
  readonly callId: string;
  readonly callDomain: string;
  readonly from: string;
  readonly to: string;
  /** By the process's clock. */
  readonly rangAtMs: number;
}

interface DialInDeskOptions {
  readonly config: DialInConfig;
  readonly lines: Lines;
  readonly answer: NonNullable<CallRooms['answer']>;
  readonly agents: Pick<Agents, 'names'>;
  readonly limits: Pick<PhoneLimits, 'claims' | 'withheld'>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** Takes telephone calls that Daily holds: each once, within its caller's limits, into a room of its own. */
export class DialInDesk {
  readonly #options: DialInDeskOptions;
  readonly #live = new LiveCalls();
  readonly #taken: Recent;

  /** @throws BotError `config_invalid` for a number whose agent is not served */
  constructor(options: DialInDeskOptions) {
    requireServed(options.config.numbers, options.agents);
    this.#options = options;
    this.#taken = new Recent(options.clock, REMEMBERED_MS);
  }

  get config(): DialInConfig {
    return this.#options.config;
  }

  /**
   * Somebody is on hold. Resolves when the bot is on its way into their room. Whom it refuses hears Daily's message in the end.
   * @throws BotError `stream_spent` for a call that was told of before, `caller_busy`, and why there can be no call or room
   */
  async ring({ callId, callDomain, from, to, rangAtMs }: HeldRing): Promise<void> {
    const { config, answer, lines, telemetry } = this.#options;
    this.#requireNew(callId);
    const caller = callerOf(from, config.callersKey);
    const busy = this.#live.refusalFor(caller, callId, config);
    if (busy !== undefined) {
      telemetry.record('phoneCallRefused', { code: busy.code });
      throw busy;
    }
    const coming = { callSid: callId, callerKey: caller.key, isOut: false };
    const live = await this.#live.take(coming, () => this.#reserve(caller, to, callId));
    const id = live.callId;
    let transport: CallTransport | undefined;
    try {
      transport = await answer({ callId, callDomain, rangAtMs });
      lines.begin(id, transport, () => this.#live.remove(live));
    } catch (error) {
      this.#live.remove(live);
      lines.release(id);
      await transport?.close('never-connected');
      throw error;
    }
    telemetry.record('phoneCallTaken', { callId: id, callSid: callId, direction: 'in', attempt: 1 });
  }

  /** A call is claimed once it has a place: one that has none here may have one with another task. */
  async #reserve(caller: Caller, to: string, callId: string): Promise<string> {
    const { config, limits, lines } = this.#options;
    const asked = { name: agentFor(to, config.numbers), variables: undefined, givenBy: 'browser' } as const;
    const id = await lines.reserve(`phone ${caller.key}`, asked);
    try {
      await this.#claim(callId);
      if (caller.isWithheld) await limits.withheld?.admit(id, caller.key);
      return id;
    } catch (error) {
      lines.release(id);
      throw error;
    }
  }

  /** @throws BotError `stream_spent` */
  async #claim(callId: string): Promise<void> {
    this.#requireNew(callId);
    this.#taken.add(callId);
    if (!(await this.#claimOfAll(`dial-in#${callId}`))) throw toldBefore();
  }

  /** As far as this task knows. @throws BotError `stream_spent` */
  #requireNew(callId: string): void {
    if (this.#taken.has(callId)) throw toldBefore();
  }

  async #claimOfAll(name: string): Promise<boolean> {
    const { limits, clock, telemetry } = this.#options;
    try {
      return (await limits.claims?.claim(name, clock.epochMs())) ?? true;
    } catch (error) {
      // What was taken here is known here: a table that is down is no reason to refuse everybody.
      telemetry.record('usageUnknown', { step: 'claim', err: error });
      return true;
    }
  }
}

const toldBefore = (): BotError => new BotError('stream_spent', 'This call was told of before.');
