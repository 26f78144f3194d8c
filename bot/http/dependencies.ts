import type { CallService } from '../call';
import type { Config } from '../config';
import type { DialInDesk, DialOutDesk, PhoneService } from '../phone';
import type { LoopLag, Telemetry } from '../telemetry';
import type { Clock } from '../time';

/** All that the HTTP layer knows of the rest. */
export interface HttpDependencies extends Omit<CallService, 'answer' | 'close' | 'dial' | 'lines'> {
  /** Undefined where the bot has no telephone. */
  readonly phone?: PhoneService | undefined;
  /** Undefined where Daily sends no telephone calls. */
  readonly dialIn?: DialInDesk | undefined;
  /** Undefined where Daily makes no calls for the bot. */
  readonly dialOut?: DialOutDesk | undefined;
  readonly config: Config;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly loopLag: () => LoopLag;
  /** Why this process can serve nobody any more, in words fit for anyone; undefined while it can. */
  readonly fault: () => string | undefined;
  readonly pageDirectory: string;
  /** Of the agent that answers a call that names nobody, as a BCP 47 tag. */
  readonly pageLanguage: () => string;
}
