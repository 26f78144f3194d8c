import type { CarriedBy } from '../../contract/transports';
import type { BotError } from '../errors';
import type { RtviMessage } from '../rtvi/messages';

/** Why a call ended; goes to logs, metrics and the transport. */
export type CloseReason =
  | 'caller-left'
  | 'caller-vanished'
  | 'caller-absent'
  /** The agent said goodbye and hung up. */
  | 'agent-ended'
  /** The caller was connected with a person, and is no longer the bot's. */
  | 'transferred'
  /** A machine has answered whom the bot called. */
  | 'voicemail'
  | 'never-connected'
  | 'too-long'
  | 'budget-spent'
  | 'client-request'
  | 'operator'
  | 'drained'
  | 'model-failed'
  | 'transport-failed'
  | 'internal';

/** Somebody a caller can be connected with. */
export interface TransferDestination {
  /** As the agent's `transfer()` has it. */
  readonly name: string;
  /** As `TRANSFER_DESTINATIONS` has it, such as `sip:desk@example.com` or `tel:+14155550100`; the transport knows what it can reach. */
  readonly address: string;
  /** What the person is told before they meet the caller; left out: the caller is given away as they are. */
  readonly summary?: { readonly text: string; /** BCP 47. */ readonly language: string } | undefined;
}

/** Why nobody was connected. */
export type TransferFailure = 'busy' | 'no-answer' | 'refused' | 'unreachable';

/** What is done with a machine that answered whom the bot called. */
export type MachineReached = 'hangs-up' | 'takes-message';

/** What came of a transfer. */
export type TransferOutcome =
  /** The caller is on the way to the person: the call closes as `transferred`. */
  | { readonly kind: 'given-away' }
  /** The person was asked to come to where the caller is; the bot stays with the caller. */
  | { readonly kind: 'invited' }
  /** The caller is still here. */
  | { readonly kind: 'failed'; readonly why: TransferFailure };

/** What a transport tells its call. No method throws. None is called after `close()`. */
export interface TransportEvents {
  /** Caller's audio, 16 kHz mono; the array is the receiver's to keep. */
  onAudio(pcm16k: Int16Array): void;
  /** A message of the caller's client, parsed from JSON but not checked. */
  onMessage(message: unknown): void;
  /** Nobody is there to talk with, but a machine that takes a message: the model is told this, says it, and the call ends. */
  onLastWords?(words: string): void;
  /** One more human came to where the caller is. */
  onJoined?(): void;
  /** A human left; `remaining` are still there. */
  onLeft(remaining: number): void;
  /** The connection is lost for good; the call should close. Called at most once. */
  onFailed(error: BotError): void;
  /** The caller muted or unmuted the microphone: silence is then meant. */
  onMuted(muted: boolean): void;
  /** The client sent something that is no message, or too many of them; it was dropped. */
  onMalformed(): void;
}

/** One caller's connection: audio both ways and messages. */
export interface CallTransport {
  readonly kind: CarriedBy;
  /** Audio taken by `play()` and not yet on its way to the caller, in ms. */
  readonly queuedMs: number;
  /** How much audio the transport wants ahead to bridge its own unevenness; the playout's own choice unless told. */
  readonly leadMs?: number;
  /**
   * Resolves when media and messages flow.
   * @throws BotError `peer_failed` when that does not happen in time or `signal` aborts.
   */
  start(events: TransportEvents, signal: AbortSignal): Promise<void>;
  /** Queues 24 kHz mono audio behind what is queued. The caller of this paces it; see call/playout.ts. */
  play(pcm24k: Int16Array): void;
  /** Barge-in: drops what is queued, silence within one frame; resolves once none of it can be sent. */
  flush(): Promise<void>;
  /** Sends a message, or queues it (bounded) until the client can take it. Never throws. */
  send(message: RtviMessage): void;
  /**
   * Connects the caller with a person; left out by a transport that cannot. Called when the caller has heard that it is
   * coming, one at a time, and resolves within 20 s, or 70 s where a person is told a summary first. A line that only afterwards learns that nobody answered gives the call away
   * and comes back as a call of its own. Never rejects.
   * @param signal aborted when it took too long, or the call ends; the caller then stays where they are
   */
  transfer?(to: TransferDestination, signal: AbortSignal): Promise<TransferOutcome>;
  /** Somebody is being called: until they answer, which `start` waits for, no model need listen. */
  readonly isRinging?: boolean;
  /** Left out where the caller has called: a machine answered whom the bot called, as the model has noticed. */
  readonly reachedMachine?: (() => MachineReached) | undefined;
  /**
   * Leaves, and on a line hangs up: on a caller who is still there, but on nobody who was `transferred`. Idempotent, bounded in
   * time, never throws.
   */
  close(reason: CloseReason): Promise<void>;
}
