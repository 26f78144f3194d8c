import type { OutputEvent } from '../protocol/parse-output';
import type { StreamFailure } from './failure';

/** How a stream ended: as we asked, or otherwise. */
export type StreamEnd = { readonly kind: 'closed' } | { readonly kind: 'failed'; readonly failure: StreamFailure };

/**
 * How far an open stream has got: `preparing` (credentials, signing), `connecting`, `connected` (the peer speaks
 * HTTP/2 and takes audio), `accepted` (the service took the request).
 */
export type StreamProgress = 'preparing' | 'connecting' | 'connected' | 'accepted';

/** What a stream tells its conversation. None is called after `onClose`. */
export interface StreamEvents {
  /** The service took the request; its first event may be long in coming. */
  onAccepted(): void;
  onOutput(event: OutputEvent): void;
  /** Exactly once, whatever the wire does. */
  onClose(end: StreamEnd): void;
}

/** One stream to the model. No method throws, none waits for the network but `close`. */
export interface ModelStream {
  /** Undefined once it is closing or closed. */
  readonly progress: StreamProgress | undefined;
  /** When the credentials it was opened with expire, by the clock's `nowMs()`; undefined: never, or not known yet. */
  readonly credentialsExpireAtMs: number | undefined;
  /** Queues control events, which are never dropped. */
  send(events: readonly Uint8Array[]): void;
  /** Queues an audio event, dropping those that have waited too long. */
  sendAudio(event: Uint8Array): void;
  /** Says goodbye and ends the stream, politely but within a limit; resolves after `onClose`. Idempotent. */
  close(): Promise<void>;
  /** Ends the stream now; `onClose` gets `failure`, or `closed` without one. Without effect once it has ended. */
  abort(failure?: StreamFailure): void;
}

/** What is sent first and last, in order. */
export interface Script {
  readonly opening: readonly Uint8Array[];
  /** Asked when it is needed: what must be closed depends on what has been opened. */
  goodbye(): readonly Uint8Array[];
}

/** Opens streams to one model. */
export interface StreamOpener {
  /** Never throws, and never calls `events` before it returns. */
  open(script: Script, events: StreamEvents): ModelStream;
}
