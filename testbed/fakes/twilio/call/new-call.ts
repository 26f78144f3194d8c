import type { Action } from '../twiml/verbs';
import type { CallFaults, FakeCall, LineQuality } from '../types';

/** Status callbacks that somebody wants of a call. */
export interface StatusSubscription {
  readonly action: Action;
  /** `initiated`, `ringing`, `answered`, `completed`. */
  readonly events: readonly string[];
}

export interface NewCall {
  readonly from: string;
  readonly to: string;
  readonly direction: FakeCall['direction'];
  readonly parentSid?: string;
  readonly line?: Partial<LineQuality>;
  readonly faults?: Partial<CallFaults>;
  readonly records?: boolean;
  readonly subscription?: StatusSubscription | undefined;
  /** Asked once when a document cannot be fetched or is not valid. */
  readonly fallback?: Action | undefined;
}

/** Nothing goes wrong. */
export const NO_FAULTS: CallFaults = {
  signWebhook: 'plain',
  signUpgrade: 'plain',
  startDelayMs: 0,
  start: {},
  losesStop: false,
  losesMarks: false,
  reorders: false,
  duplicates: false,
  parameters: {},
  headers: {},
  callbacks: 'in-order',
};
