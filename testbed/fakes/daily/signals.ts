/* What the fake call machine and the room on the server tell each other, as JSON over one WebSocket. */

/** Somebody in a room, as everybody else sees them. */
export interface Person {
  readonly sessionId: string;
  readonly userId: string;
  readonly userName: string;
  readonly owner: boolean;
  readonly joinedAtMs: number;
  readonly audio: boolean;
}

/** Of one connection between two people. */
export interface PeerSignal {
  readonly description?: { readonly type: 'offer' | 'answer'; readonly sdp: string };
  readonly candidate?: RTCIceCandidateInit;
}

export type ToServer =
  | { readonly kind: 'join'; readonly room: string; readonly token: string | undefined; readonly userName: string }
  | { readonly kind: 'signal'; readonly to: string; readonly signal: PeerSignal }
  | { readonly kind: 'app'; readonly to: string; readonly data: unknown }
  | { readonly kind: 'audio'; readonly on: boolean }
  | { readonly kind: 'transfer'; readonly id: number; readonly sessionId: string; readonly toEndPoint: string }
  | { readonly kind: 'dial-out'; readonly id: number; readonly options: Readonly<Record<string, unknown>> }
  | { readonly kind: 'leave' };

export type ToClient =
  | { readonly kind: 'joined'; readonly self: Person; readonly others: readonly Person[] }
  | { readonly kind: 'refused'; readonly type: FatalType; readonly message: string }
  | { readonly kind: 'person-joined'; readonly person: Person }
  | { readonly kind: 'person-updated'; readonly person: Person }
  | { readonly kind: 'person-left'; readonly person: Person }
  | { readonly kind: 'signal'; readonly from: string; readonly signal: PeerSignal }
  | { readonly kind: 'app'; readonly from: string; readonly data: unknown }
  | { readonly kind: 'over'; readonly type: FatalType; readonly message: string }
  /** An event of the telephone, as daily-js hands it on. */
  | { readonly kind: 'phone'; readonly event: string; readonly fields: object }
  /** What came of a request: fields of the answer, among them perhaps an error. */
  | { readonly kind: 'answer'; readonly id: number; readonly fields: object }
  /** The network between this client and everything else breaks without a word: see the fault of that name. */
  | { readonly kind: 'vanish' };

/** Daily's types of fatal errors. Source: DailyFatalErrorType in @daily-co/daily-js/index.d.ts. */
export type FatalType =
  | 'ejected'
  | 'nbf-room'
  | 'nbf-token'
  | 'exp-room'
  | 'exp-token'
  | 'no-room'
  | 'meeting-full'
  | 'end-of-life'
  | 'not-allowed'
  | 'connection-error';
