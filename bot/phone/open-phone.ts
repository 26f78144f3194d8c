import type { Agents } from '../agents';
import { wavOf } from '../audio';
import type { Calls, Lines } from '../call';
import type { PhoneConfig } from '../phone-config';
import type { Telemetry } from '../telemetry';
import type { Clock } from '../time';
import { Downsampler, TwilioAddresses, TwilioLine, TwilioRest } from '../transport/twilio';
import type { Claims, CostLimits } from '../usage-limits';
import { requireServed } from './answering';
import { hashOf } from './caller-number';
import { FrontDesk } from './front-desk';
import { openingOf } from './opening';
import { OutgoingCalls } from './outgoing/outgoing-calls';
import type { PhoneService } from './phone-service';

/** As a telephone plays it. */
const PLAYED_HZ = 8_000;

/** Limits of the telephone alone, each where it is configured. */
export interface PhoneLimits {
  /** For those who withhold their number, together. */
  readonly withheld: CostLimits | undefined;
  /** For calls that the bot makes. */
  readonly outbound: CostLimits | undefined;
  /** What may be done once, whichever task does it. */
  readonly claims: Claims | undefined;
}

interface PhoneOptions {
  readonly config: PhoneConfig;
  readonly limits: PhoneLimits;
  readonly calls: Pick<Calls, 'status'>;
  readonly lines: Lines;
  readonly agents: Pick<Agents, 'prepare' | 'names'>;
  readonly maxCallMs: number;
  /** What callers hear whom no task can take, 24 kHz mono. */
  readonly apology: Int16Array;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** The bot's telephone, over Twilio. @throws BotError `config_invalid` for a number whose agent is not served */
export function openPhone(options: PhoneOptions): PhoneService {
  const { config, limits, lines, calls, agents, maxCallMs, apology, clock, telemetry } = options;
  requireServed(config.numbers, agents);
  const { accountSid, rest } = config.twilio;
  const addresses = new TwilioAddresses(config.publicUrl);
  const line = new TwilioLine({ rest: new TwilioRest({ accountSid, ...rest, clock }), addresses, clock, telemetry });
  const desk = new FrontDesk({ config, lines, ...limits, clock, telemetry });
  const outgoing =
    config.outbound === undefined || limits.outbound === undefined
      ? undefined
      : new OutgoingCalls({
          config: config.outbound,
          ownNumbers: config.numbers.map(({ number }) => number),
          maxCallMs,
          desk,
          carrier: line,
          calls,
          agents,
          limits: limits.outbound,
          claims: limits.claims,
          callerKeyOf: (number) => hashOf(number, config.streamKeys[0]),
          clock,
          telemetry,
        });
  return {
    config,
    addresses,
    desk,
    outgoing,
    apology: wavOf(new Downsampler().push(apology), PLAYED_HZ),
    lineOf: ({ token }) => ({
      hangUp: (callSid) => {
        desk.hangsUp(callSid);
        return line.hangUp(callSid);
      },
      transfer: (transfer) => line.transfer(transfer, token, transfer.parameters['line']),
    }),
    openingOf,
    untilAnswered: (callSid) =>
      outgoing === undefined ? undefined : (signal) => outgoing.untilAnswered(callSid, signal),
    reachedMachine: (callSid) => (outgoing === undefined ? undefined : () => outgoing.reachedMachine(callSid)),
  };
}
