import type { MediaStream } from '../media/stream';
import type { Action } from '../twiml/verbs';
import type { CallEnd, CallEventOf, FakeCall } from '../types';
import type { Conference } from './conference';
import type { EventLog } from './event-log';
import type { NewCall } from './new-call';

/** What the person is connected with: takes 20 ms of them, and gives 20 ms of what they hear. */
export type Exchange = (spoken: Int16Array | undefined, dueMs: number) => Int16Array | undefined;

/** How somebody joins a conference. */
export interface JoinOptions {
  readonly conference: Conference;
  readonly label: string | undefined;
  readonly startsOnEnter: boolean;
  readonly endsOnExit: boolean;
  readonly muted: boolean;
  readonly statusCallback: Action | undefined;
  /** `start`, `end`, `join`, `leave`. */
  readonly statusEvents: readonly string[];
}

/** What a call does next. */
export type Next =
  | { readonly kind: 'ask'; readonly action: Action; readonly parameters?: Readonly<Record<string, string>> }
  | { readonly kind: 'inline'; readonly twiml: string }
  | { readonly kind: 'conference'; readonly join: JoinOptions }
  | { readonly kind: 'end'; readonly end: CallEnd };

/** A call as Twilio's own parts have it: what verbs and the REST API may do with it. */
export interface Leg extends FakeCall {
  readonly options: NewCall;
  readonly parentSid: string | undefined;
  readonly log: EventLog;
  readonly streams: MediaStream[];
  readonly stream: MediaStream | undefined;
  readonly createdMs: number;
  /** Since the answer; 0 where nobody answered. */
  readonly durationMs: number;
  readonly isOver: boolean;
  readonly isAnswered: boolean;
  /** Aborted when the call is over. */
  readonly over: AbortSignal;
  /** What detection has found. */
  answeredBy: string | undefined;
  /** Tells a customer's server; nobody waits for it. */
  tell(about: CallEventOf<'callback'>['about'], action: Action, more: Readonly<Record<string, string>>): void;
  /** It is on its way to the other end. */
  proceed(status: 'initiated' | 'ringing'): void;
  /** Picked up; from now on the person hears and is heard. Idempotent. */
  answer(): void;
  /** What the person is connected with from now on; undefined: nothing. */
  connect(exchange: Exchange | undefined): void;
  /** Runs documents, the first of them from `first`, until the call is over. */
  run(first: Next): void;
  /** Runs one document of a leg that another one leads. @returns whether the leg goes on */
  runAside(document: Next): Promise<boolean>;
  /** Drops what the call is doing, for something else. */
  redirect(next: Next): void;
  /** Idempotent. */
  end(end: CallEnd): void;
}
