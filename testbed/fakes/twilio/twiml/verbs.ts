/** A URL that Twilio asks, and how. */
export interface Action {
  readonly url: string;
  readonly method: 'GET' | 'POST';
}

export interface Stream {
  readonly url: string;
  readonly name: string | undefined;
  readonly statusCallback: Action | undefined;
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

export interface Conference {
  readonly name: string;
  readonly startsOnEnter: boolean;
  readonly endsOnExit: boolean;
  readonly muted: boolean;
  readonly maxParticipants: number;
  readonly waitUrl: Action | undefined;
  readonly statusCallback: Action | undefined;
  readonly statusEvents: readonly string[];
  readonly label: string | undefined;
}

export type DialTarget =
  | {
      readonly kind: 'number';
      readonly to: string;
      readonly statusCallback: Action | undefined;
      readonly statusEvents: readonly string[];
      readonly screening: Action | undefined;
    }
  | {
      readonly kind: 'sip';
      readonly to: string;
      readonly statusCallback: Action | undefined;
      readonly statusEvents: readonly string[];
      readonly screening: Action | undefined;
    }
  | ({ readonly kind: 'conference' } & Conference);

export interface Dial {
  readonly kind: 'dial';
  readonly action: Action | undefined;
  readonly timeoutSeconds: number;
  readonly timeLimitSeconds: number;
  readonly answersOnBridge: boolean;
  readonly callerId: string | undefined;
  readonly target: DialTarget;
}

/** What a document may say: those verbs that a bot needs, and no other. */
export type Verb =
  | { readonly kind: 'connect'; readonly action: Action | undefined; readonly stream: Stream }
  | Dial
  | ({ readonly kind: 'redirect' } & Action)
  | { readonly kind: 'reject'; readonly reason: 'busy' | 'rejected' }
  | { readonly kind: 'play'; readonly url: string; readonly loop: number }
  | { readonly kind: 'play-digits'; readonly digits: string }
  | { readonly kind: 'say'; readonly text: string; readonly loop: number }
  | { readonly kind: 'pause'; readonly seconds: number }
  | { readonly kind: 'hangup' };
