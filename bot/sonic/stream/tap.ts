import type { StreamEnd } from './model-stream';

/** Somebody who reads along on one stream. No method throws, and none may take long. */
export interface StreamTap {
  /** An event was queued for the service. */
  onSent(bytes: Uint8Array, nowMs: number): void;
  /** The service sent this. */
  onReceived(bytes: Uint8Array, nowMs: number): void;
  /** Once, last. */
  onEnd(end: StreamEnd, nowMs: number): void;
}
