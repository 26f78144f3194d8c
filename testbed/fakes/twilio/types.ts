import type { Recording, Said } from '../../../smoke/caller';
import type { Wav } from '../../speech';
import type { TwilioError } from './errors';
import type { Clock } from './time';

export type CallStatus =
  'queued' | 'initiated' | 'ringing' | 'in-progress' | 'completed' | 'busy' | 'no-answer' | 'failed' | 'canceled';

/** What answering-machine detection may say. Source: https://www.twilio.com/docs/voice/answering-machine-detection */
export type AnsweredBy =
  'human' | 'fax' | 'unknown' | 'machine_start' | 'machine_end_beep' | 'machine_end_silence' | 'machine_end_other';

/**
 * How a request is signed. `plain` is the URL as it was given; the other good forms are those that some of Twilio's
 * back ends are said to use, the bad ones those that must be refused.
 */
export type SignatureForm =
  | 'plain'
  | 'with-slash'
  | 'with-port'
  | 'second-token'
  | 'https'
  | 'other-token'
  | 'other-url'
  | 'missing'
  | 'garbage'
  | 'shared-key';

/** What happened in a call, in order. `atMs` is since 1970 with a fraction. */
export type CallEvent = { readonly atMs: number } & (
  | { readonly kind: 'status'; readonly status: CallStatus }
  /** TwiML was asked for; `status` is 0 where no answer came. */
  | {
      readonly kind: 'twiml';
      readonly url: string;
      readonly status: number;
      readonly ms: number;
      readonly twiml: string;
    }
  | { readonly kind: 'verb'; readonly verb: string }
  /** The upgrade was answered; 0: not at all. */
  | {
      readonly kind: 'upgrade';
      readonly url: string;
      readonly landedOn: string;
      readonly status: number;
      readonly ms: number;
    }
  | { readonly kind: 'stream-started'; readonly streamSid: string }
  | {
      readonly kind: 'stream-stopped';
      readonly streamSid: string;
      readonly by: 'bot' | 'twilio';
      readonly code: number;
    }
  /** The first message with audio after none was left to play. */
  | { readonly kind: 'audio'; readonly streamSid: string }
  | { readonly kind: 'mark'; readonly name: string }
  /** `wasPlayed`: all audio before it was heard; otherwise `clear` emptied it. */
  | { readonly kind: 'echo'; readonly name: string; readonly wasPlayed: boolean }
  | { readonly kind: 'clear'; readonly unheardMs: number }
  | { readonly kind: 'key'; readonly digit: string }
  | { readonly kind: 'said'; readonly text: string }
  | { readonly kind: 'played'; readonly url: string }
  | { readonly kind: 'dialled'; readonly to: string; readonly status: CallStatus; readonly sid: string }
  | { readonly kind: 'conference'; readonly name: string; readonly change: 'joined' | 'left' }
  | { readonly kind: 'callback'; readonly about: 'call' | 'amd' | 'stream' | 'conference'; readonly status: number }
);

export type CallEventKind = CallEvent['kind'];
export type CallEventOf<K extends CallEventKind> = Extract<CallEvent, { kind: K }>;

/** Who ended a call, and with what status. */
export interface CallEnd {
  readonly status: CallStatus;
  readonly by: 'person' | 'rest' | 'twiml' | 'error' | 'timeout';
}

/** A telephone line at 8 kHz, and what is wrong with it. All randomness comes from `seed`. */
export interface LineQuality {
  /** Lets only 300–3,400 Hz through, as the telephone network does. */
  readonly bandLimited: boolean;
  /** Share of frames that the network loses, 0–1. */
  readonly lossShare: number;
  /** A frame that is lost is not sent at all, or sent as silence. */
  readonly lossAs: 'gap' | 'silence';
  /** Noise of the line, dB below full scale; undefined: none. */
  readonly noiseDb: number | undefined;
  /** Messages come up to so much later than their time, in order. */
  readonly jitterMs: number;
  /** Now and then messages are held back so long and then come at once; 0: never. */
  readonly burstMs: number;
  /** While the caller is silent no media messages are sent. */
  readonly withholdsSilence: boolean;
  readonly seed: number;
}

/** What goes wrong in a call on purpose; what is not set works. May be changed while the call goes on. */
export interface CallFaults {
  signWebhook: SignatureForm;
  signUpgrade: SignatureForm;
  /** `start` comes so long after `connected`; Infinity: never. */
  startDelayMs: number;
  /** Laid over what `start` says under `start`. */
  start: Readonly<Record<string, unknown>>;
  /** The socket ends without `stop`. */
  losesStop: boolean;
  /** Marks are taken and never echoed. */
  losesMarks: boolean;
  /** Pairs of media messages change places; duplicates are sent. */
  reorders: boolean;
  duplicates: boolean;
  /** Laid over what webhooks are told of the call: `StirVerstat`, a header's `From`. */
  parameters: Readonly<Record<string, string>>;
  /** Laid over the headers of webhooks and upgrades, as a proxy or an attacker may send them. */
  headers: Readonly<Record<string, string>>;
  /** Status callbacks come twice, and the later ones first. */
  callbacks: 'in-order' | 'reversed' | 'twice' | 'lost';
}

/** One media stream of a call, from the upgrade to its end. */
export interface FakeStream {
  readonly sid: string;
  readonly callSid: string;
  /** As the TwiML had it. */
  readonly url: string;
  /** Since 1970; undefined until then. */
  readonly startedMs: number | undefined;
  readonly isOpen: boolean;
  /** Audio that was taken and has not been played. */
  readonly unheardMs: number;
  readonly mostUnheardMs: number;
  /** Media messages of the bot. */
  readonly framesTaken: number;
  /** Beats at which nothing was left to play although a mark or audio of the same turn came within 200 ms. */
  readonly underruns: number;
  readonly closed: Promise<{ readonly by: 'bot' | 'twilio'; readonly code: number }>;
  /** Sends text or bytes as they are. */
  sendRaw(data: string | Buffer): void;
  /** Nothing is read or written any more, and the connection stays. */
  goHalfOpen(): void;
  /** The connection ends without a closing handshake and without `stop`. */
  cut(): void;
}

/** A call, and the person at the other end of it from the bot. */
export interface FakeCall {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly direction: 'inbound' | 'outbound-api' | 'outbound-dial';
  readonly status: CallStatus;
  readonly events: readonly CallEvent[];
  /** Newest last. */
  readonly streams: readonly FakeStream[];
  readonly stream: FakeStream | undefined;
  readonly faults: CallFaults;
  /** What the person heard since the call was answered: 8 kHz, each sample at its time. Empty where it is not recorded. */
  readonly heard: Recording;
  readonly ended: Promise<CallEnd>;
  /** Says it after what is being said. A string is a WAV file. Resolves when the last of it was spoken. */
  speak(sound: Wav | string): Promise<Said>;
  /** Presses keys, one every `gapMs` [120]; `w` waits half a second. */
  press(keys: string, gapMs?: number): Promise<void>;
  /** Resolves when the person has heard nothing for so long from now on, or the call is over. */
  quiet(quietMs: number): Promise<void>;
  /** The person hangs up. Idempotent. */
  hangUp(): void;
  /** Asks the webhook again and opens another stream, while the one there is stays. */
  startAgain(): Promise<void>;
  /** The first event of this kind, of those there are and those to come. @throws Error in time, or when the call ends */
  waitFor<K extends CallEventKind>(
    kind: K,
    options?: { fits?: (event: CallEventOf<K>) => boolean; after?: CallEvent | number; timeoutMs?: number },
  ): Promise<CallEventOf<K>>;
}

/** Who answers when somebody is dialled. */
export type Callee =
  | {
      readonly kind: 'answers';
      readonly afterMs?: number;
      /** What detection finds, and when: from the answer on. Default: a human, at once. */
      readonly answeredBy?: AnsweredBy;
      readonly verdictAfterMs?: number;
      readonly line?: Partial<LineQuality>;
      readonly faults?: Partial<CallFaults>;
      /** Called with the leg once it is answered: to talk, listen and hang up. */
      readonly onAnswered?: (call: FakeCall) => void;
    }
  /** `afterMs`: the network gives up before the time that it was given. */
  | { readonly kind: 'busy' | 'no-answer' | 'failed'; readonly afterMs?: number };

export interface RingOptions {
  /** Who calls, E.164 or as the network says it, [+14155550142]; '' is a withheld number. */
  readonly from?: string;
  /** The number that is called: one of the account's [the first]. */
  readonly to?: string;
  /** Instead of the number's own. */
  readonly webhook?: string;
  readonly line?: Partial<LineQuality>;
  readonly faults?: Partial<CallFaults>;
  /** Whether what is heard is kept [true]. */
  readonly records?: boolean;
}

/** A number of the account: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource */
export interface OwnNumber {
  readonly sid: string;
  readonly phoneNumber: string;
  voiceUrl: string;
  voiceMethod: string;
  voiceFallbackUrl: string;
  voiceFallbackMethod: string;
  statusCallback: string;
  statusCallbackMethod: string;
  /** With one of these Twilio does not ask `voiceUrl`. */
  voiceApplicationSid: string;
  trunkSid: string;
}

export interface TwilioOptions {
  /** 0, the default: any free one, on 127.0.0.1. */
  readonly port?: number;
  readonly accountSid?: string;
  /** The first one is the primary one, which signs; the second is for `second-token`. */
  readonly authTokens?: readonly [string, ...string[]];
  readonly apiKeys?: readonly { readonly sid: string; readonly secret: string }[];
  readonly numbers?: readonly string[];
  /**
   * Takes `http:` and `ws:` of loopback [true]. Twilio itself takes https: and wss: only: with false, give `hosts`.
   */
  readonly allowsLoopback?: boolean;
  /**
   * Public hosts, as `voice.example.com`, and the tasks behind them on loopback: as behind a load balancer that ends
   * TLS, requests are signed for the public URL and go to one after the other.
   */
  readonly hosts?: Readonly<Record<string, readonly string[]>>;
  readonly clock?: Clock;
}

/** A request of the REST API, without its body. */
export interface SeenRequest {
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Twilio's error code, 0 for success. */
  readonly code: number;
}

/** Answered to REST requests that match, instead of what they ask for. */
export interface RestFault {
  readonly status: number;
  readonly code?: number;
  /** Requests as `POST /Calls/CA….json`; all unless told. */
  readonly match?: RegExp;
  /** How many [all]. */
  readonly count?: number;
  /** Answered so much later. */
  readonly delayMs?: number;
  /** The connection is reset instead. */
  readonly resets?: boolean;
  /** It is obeyed, and the answer lost. */
  readonly losesAnswer?: boolean;
}

export interface FakeTwilio {
  /** For TWILIO_API_URL. */
  readonly url: string;
  readonly accountSid: string;
  readonly authTokens: readonly string[];
  /** What the bot's environment must say of the account. */
  readonly environment: Readonly<Record<string, string>>;
  readonly numbers: readonly OwnNumber[];
  readonly calls: readonly FakeCall[];
  /** Everything that Twilio would put into the debugger, oldest first: empty when nobody broke a rule. */
  readonly errors: readonly TwilioError[];
  readonly requests: readonly SeenRequest[];
  /** Somebody calls. */
  ring(options?: RingOptions): FakeCall;
  /** Who answers at this number or SIP address. Whom nobody knows does not exist. */
  callee(to: string, callee: Callee): void;
  /** The first call, of now or later, that fits. */
  waitForCall(fits?: (call: FakeCall) => boolean, timeoutMs?: number): Promise<FakeCall>;
  /** The tasks behind a public host from now on; the function chooses for itself. */
  landOn(
    host: string,
    tasks: readonly string[] | ((request: { kind: 'http' | 'upgrade'; path: string }) => string),
  ): void;
  failRest(fault: RestFault): void;
  /** Signs as Twilio would, by the official library: for requests that a test sends itself. */
  sign(url: string, parameters?: Readonly<Record<string, string>>, form?: SignatureForm): string;
  /** Promotes the second auth token: it signs from now on. */
  promoteSecondToken(): void;
  /** Ends everything. Idempotent. */
  close(): Promise<void>;
}
