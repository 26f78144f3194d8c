import type { PhoneConfig } from '../phone-config';
import type { LineActions, TwilioAddresses } from '../transport/twilio';
import type { CallTransport } from '../transport/transport';
import type { FrontDesk, Place } from './front-desk';
import type { OutgoingCalls } from './outgoing/outgoing-calls';

/** The bot's telephone, as its routes know it. */
export interface PhoneService {
  readonly config: PhoneConfig;
  readonly addresses: TwilioAddresses;
  readonly desk: FrontDesk;
  /** Undefined: the bot calls nobody. */
  readonly outgoing: OutgoingCalls | undefined;
  /** A WAV file. */
  readonly apology: Buffer;
  /** What is done with the line of a call. */
  readonly lineOf: (place: Pick<Place, 'token'>) => LineActions;
  /** What is said to the model first, by a stream's parameters; undefined: a greeting. */
  readonly openingOf: (parameters: Readonly<Record<string, string>>) => string | undefined;
  /** Resolves when whoever was called may be spoken to; undefined where the bot calls nobody. */
  readonly untilAnswered: (callSid: string) => ((signal: AbortSignal) => Promise<string | undefined>) | undefined;
  /** What is done when the model notices that a machine answered; undefined where the bot calls nobody. */
  readonly reachedMachine: (callSid: string) => CallTransport['reachedMachine'];
}
