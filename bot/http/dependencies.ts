import type { CallService } from '../call';
import type { Config } from '../config';
import type { DialInDesk, PhoneService } from '../phone';
import type { LoopLag, Telemetry } from '../telemetry';
import type { Clock } from '../time';

/** All that the HTTP layer knows of the rest. */
export interface HttpDependencies extends Omit<CallService, 'answer' | 'close' | 'lines'> {
  /** Undefined where the bot has no telephone. */
  readonly phone?: PhoneService | undefined;
  /** Undefined where Daily sends no telephone calls. */
  readonly dialIn?: DialInDesk | undefined;
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
