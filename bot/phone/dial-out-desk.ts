import type { Agents } from '../agents';
import type { Lines } from '../call';
import { BotError } from '../errors';
import type { DialOutConfig } from '../phone-config';
import type { Telemetry } from '../telemetry';
import type { Clock } from '../time';
import type { CallRooms, DialledCall } from '../transport/rooms';
import type { MachineReached } from '../transport/transport';
import type { CostLimits } from '../usage-limits';
import { hashOf } from './caller-number';
import type { PhoneLimits } from './open-phone';
import {
  type Attempt,
  type CallRequest,
  type Dialled,
  OutgoingRequests,
  type WantedCall,
} from './outgoing/outgoing-requests';

interface DialOutDeskOptions {
  readonly config: DialOutConfig;
  readonly lines: Lines;
  readonly dial: NonNullable<CallRooms['dial']>;
  readonly agents: Pick<Agents, 'prepare'>;
  readonly limits: CostLimits;
  readonly claims: PhoneLimits['claims'];
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** Calls that Daily makes for the bot, each out of a room of its own. A call has its place from the ringing on. */
export class DialOutDesk {
  readonly #options: DialOutDeskOptions;
  readonly #requests: OutgoingRequests;
  /** Asked for, ringing, or answered. */
  readonly #calls = new Set<symbol>();

  constructor(options: DialOutDeskOptions) {
    this.#options = options;
    const { config } = options;
    this.#requests = new OutgoingRequests({
      ...options,
      from: config.callerIds.map(({ number }) => number),
      callerKeyOf: (number) => hashOf(number, config.calleesKey),
      begin: (call) => this.#begin(call),
    });
  }

  /** As `OutgoingRequests.call`. */
  call(request: CallRequest, key: string | undefined): Promise<Dialled> {
    return this.#requests.call(request, key);
  }

  /** @throws BotError `at_capacity`, and as `Lines.reserve` does */
  async #begin(wanted: WantedCall): Promise<Attempt> {
    const { config, lines } = this.#options;
    if (this.#calls.size >= config.atOnce) {
      const detail = 'As many calls are being made as may be at a time.';
      throw new BotError('at_capacity', detail, { retryAfterSeconds: 10 });
    }
    const counted = Symbol('call');
    this.#calls.add(counted);
    const { to, agent: name, variables } = wanted;
    let id: string;
    try {
      const asked = { name, variables, givenBy: 'server' } as const;
      id = await lines.reserve(`phone ${hashOf(to, config.calleesKey)}`, asked);
    } catch (error) {
      this.#calls.delete(counted);
      throw error;
    }
    let hasBegun = false;
    return {
      dial: async () => {
        await this.#dial(id, wanted, () => this.#calls.delete(counted));
        hasBegun = true;
        return { callSid: id, status: 'queued' };
      },
      end: () => {
        if (hasBegun) return;
        this.#calls.delete(counted);
        lines.release(id);
      },
    };
  }

  async #dial(id: string, { to, from }: WantedCall, onEnded: () => void): Promise<void> {
    const { config, lines, dial, limits, telemetry } = this.#options;
    const callerId = config.callerIds.find(({ number }) => number === from)?.id ?? '';
    const onOutcome: DialledCall['onOutcome'] = (status) =>
      telemetry.record('phoneCallChanged', { callSid: id, status });
    const reachedMachine = (): MachineReached => this.#reachedMachine(id);
    const transport = await dial({ to, callerId, ringMs: config.ringMs, onOutcome, reachedMachine });
    limits.joined(id);
    lines.begin(id, transport, onEnded);
  }

  /** Daily does not tell machines from people: the model does. */
  #reachedMachine(id: string): MachineReached {
    if (this.#options.config.onMachine === 'message') return 'takes-message';
    this.#options.lines.end(id, 'voicemail').catch(() => undefined); // It has ended by itself.
    return 'hangs-up';
  }
}
