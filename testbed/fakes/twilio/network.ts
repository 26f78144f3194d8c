import type { Conferences } from './call/conferences';
import type { Leg } from './call/leg';
import type { NewCall } from './call/new-call';
import type { RuleBroken } from './errors';
import type { Beats, Clock } from './time';
import type { Callee } from './types';
import type { Landing } from './web/landing';
import type { Webhooks } from './web/webhook';

/** What calls share: one account on one machine. */
export interface Network {
  readonly accountSid: string;
  readonly clock: Clock;
  readonly beats: Beats;
  readonly landing: Landing;
  readonly webhooks: Webhooks;
  readonly conferences: Conferences;
  /** The one that signs comes first. */
  readonly tokens: () => readonly [string, ...string[]];
  /** Who answers at a number or SIP address; undefined where there is nobody of that number. */
  readonly calleeAt: (to: string) => Callee | undefined;
  /** Makes a call that is not ringing yet, and keeps it. */
  readonly newCall: (options: NewCall) => Leg;
  /** Writes a broken rule into the debugger. */
  readonly report: (callSid: string, error: RuleBroken) => void;
}
